// The composition root: builds everything from the configuration, and takes it down again.
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createAccounts } from './accounts/accounts.ts';
import { createSetUp } from './accounts/set-up.ts';
import { createNewTokenEndpoint } from './api/new-token-endpoint.ts';
import { createApp } from './app.tsx';
import { type Background, startBackground } from './background.ts';
import { createResourceServerAuthentication } from './clients/resource-server-authentication.ts';
import { type Clock, SECOND, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open-database.ts';
import { createDeviceLogins } from './device/device-logins.ts';
import { type FastEndpoint, type FastLane, openFastLane } from './fast-lane/fast-lane.ts';
import { KEEP_ALIVE_SECONDS } from './fast-lane/lane.ts';
import { createForwardAuthEndpoint, type ForwardAuthEndpoint } from './forward-auth/forward-auth-endpoint.ts';
import { createClientAddress, createProxyCheck } from './http/client-address.ts';
import { createLoginLimit } from './http/login-limit.ts';
import type { RateCounters } from './http/rate-counter.ts';
import { createMemoryCounters } from './http/rate-counter-memory.ts';
import { createRedisCounters } from './http/rate-counter-redis.ts';
import { createIntrospectionEndpoint, type IntrospectionEndpoint } from './introspection/introspection-endpoint.ts';
import { createRequestLimits } from './introspection/request-limits.ts';
import { createCredentialResolver } from './introspection/resolve-credential.ts';
import { createStandings } from './introspection/standings.ts';
import { type KeyRing, openKeyRing } from './keys/key-ring.ts';
import { createLeakReports } from './leaks/leak-reports.ts';
import type { Mail } from './mail/mailer.ts';
import { createInvitations } from './members/invitations.ts';
import { createMembers } from './members/members.ts';
import { createPolicies } from './members/policies.ts';
import { createMetrics } from './metrics.ts';
import { createOidcProvider } from './oidc/provider.ts';
import { createDeviceAuthorizationEndpoint } from './plain-grants/device-authorization-endpoint.ts';
import { createTokenEndpoint } from './plain-grants/token-endpoint.ts';
import type { Services } from './services.ts';
import { createAccessTokenSigner } from './sessions/access-token.ts';
import { createBrowserSessions } from './sessions/browser-sessions.ts';
import { createSessions } from './sessions/sessions.ts';
import { createPasswordChange } from './sign-ins/password-change.ts';
import { createSignIns } from './sign-ins/sign-ins.ts';
import { createCredentials } from './tokens/credentials.ts';
import { createTokens } from './tokens/tokens.ts';
import { createTrail } from './trail/trail.ts';

/** How long requests under way may take to finish when the server is told to stop. */
const DRAIN_MS = 10_000;

export interface RunningServer {
  readonly services: Services;
  /** Where it listens, which behind a proxy is not PUBLIC_URL. */
  readonly url: string;
  /** Takes no new connections, lets requests under way finish, closes the database. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly clock?: Clock;
  /** Counts where Redis is not configured; without it this process counts for itself. */
  readonly counters?: RateCounters;
  /** Takes mails with a secret where no SMTP server is configured; without it they go nowhere. */
  readonly showMail?: (mail: Mail) => void;
  /** Wraps the database, for tests that slow it down. */
  readonly wrapDatabase?: (database: Database) => Database;
}

/**
 * Starts a server: database, migrations, keys, routes, port.
 * @throws DirectoryInUse, KeyProblem, DatabaseUnavailable, or the listening socket's error
 */
export async function startServer(config: Config, log: Logger, options: ServerOptions = {}): Promise<RunningServer> {
  const { clock = systemClock, wrapDatabase = (database: Database) => database } = options;
  const database = wrapDatabase(
    await openDatabase(config, (err) => log.warn({ err }, 'a database connection was lost')),
  );
  let counters: RateCounters | undefined;
  let background: Background | undefined;
  let metricsServer: Server | undefined;
  try {
    await database.migrate();
    const keys = await openKeyRing(database, config, clock.now());
    counters =
      config.redisUrl === undefined
        ? (options.counters ?? createMemoryCounters())
        : await createRedisCounters(config.redisUrl, (err) =>
            log.warn({ err }, 'Redis is away: each instance counts for itself'),
          );
    background = startBackground(config, database, clock, log, keys, options.showMail);
    const services = createServices(config, clock, database, keys, counters, background);
    const provider = createOidcProvider({
      ...services,
      onServerError: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    });
    const app = createApp(services, provider, log).callback();
    const introspection = createIntrospection(services, log);
    const forwardAuth = createForwardAuth(services, log);
    const server = createServer((request, response) => {
      if (request.socket.remoteAddress === undefined)
        request.destroy(); // reset by its client, who can't be told from others
      else if (introspection.owns(request)) introspection.handle(request, response);
      else if (forwardAuth.owns(request)) void forwardAuth.handle(request, response);
      else void app(request, response);
    });
    if (config.metricsPort !== undefined) {
      metricsServer = await services.metrics.listen(config.metricsPort, config.host);
    }
    server.keepAliveTimeout = KEEP_ALIVE_SECONDS * SECOND;
    const fastLane = openFastLane(server, [introspection, ...createPlainGrants(services), createNewToken(services)], {
      addressOf: createClientAddress(config.trustedProxies),
      log: ({ isRoutine, ...request }) => log[isRoutine ? 'debug' : 'info'](request, 'request'),
      observe: services.metrics.observeRequest,
      onFault: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    });
    await listen(server, config.port, config.host);
    return {
      services,
      url: urlOf(server),
      async close() {
        await drain(server, fastLane);
        metricsServer?.close();
        metricsServer?.closeAllConnections();
        await services.background.stop();
        await services.counters.close();
        await database.close();
      },
    };
  } catch (error) {
    metricsServer?.close();
    await background?.stop();
    await counters?.close();
    await database.close();
    throw error;
  }
}

function createServices(
  config: Config,
  clock: Clock,
  database: Database,
  keys: KeyRing,
  counters: RateCounters,
  background: Background,
): Services {
  const { settings, publicUrl } = config;
  const retrySeconds = settings.session.refreshRetrySeconds;
  const sessions = createSessions(database, clock, retrySeconds);
  const browserSessions = createBrowserSessions(database, clock, settings.browserSession.lifetimeDays);
  const tokens = createTokens(
    database,
    clock,
    settings.limits.tokenCreationPerPerson,
    settings.personalTokens.maxLifetimeDays,
  );
  const ask = createStandings(database);
  const resolver = createCredentialResolver({
    ask,
    clientIds: new Set(config.clients.map(({ client_id: id }) => id)),
    clock,
    issuer: publicUrl,
    keys,
    sessions,
    tokens,
  });
  return {
    accounts: createAccounts(database, clock),
    ask,
    background,
    browserSessions,
    changePassword: createPasswordChange(database, clock, browserSessions, publicUrl),
    clock,
    config,
    counters,
    credentials: createCredentials(database, clock, settings.personalTokens.maxLifetimeDays),
    database,
    deviceLogins: createDeviceLogins(database, clock, sessions, keys.userCodeKey, {
      pollIntervalSeconds: settings.deviceAuthorization.pollIntervalSeconds,
      sessionLifetimeDays: settings.session.lifetimeDays,
      retrySeconds,
    }),
    invitations: createInvitations(database, clock, {
      key: keys.invitationKey,
      hasMail: config.smtp !== undefined || !config.production,
      limits: settings.limits,
    }),
    keys,
    limitLogins: createLoginLimit(counters, settings.limits),
    members: createMembers(database, clock),
    metrics: createMetrics(),
    policies: createPolicies(database, clock),
    leakReports: createLeakReports({ clock, publicUrl, resolver, sessions, tokens }),
    requestLimits: createRequestLimits(counters, settings.requestLimits),
    resolver,
    resourceServerAuthentication: createResourceServerAuthentication(database, clock, [
      publicUrl,
      `${publicUrl}/oauth/introspect`,
    ]),
    sessions,
    setUp: createSetUp(database, clock),
    signIns: createSignIns(database, clock, config.clients),
    tokenPolicy: { personalMaxDays: settings.personalTokens.maxLifetimeDays, services: Object.keys(config.services) },
    tokens,
    trail: createTrail(database, clock),
  };
}

function createIntrospection(services: Services, log: Logger): IntrospectionEndpoint {
  const { ask, background, clock, config, metrics, requestLimits, resolver, resourceServerAuthentication } = services;
  return createIntrospectionEndpoint({
    ask,
    authentication: resourceServerAuthentication,
    clock,
    issuer: config.publicUrl,
    limits: requestLimits,
    observe: metrics.observeRequest,
    onFault: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    resolver,
    usage: background.usage,
  });
}

function createPlainGrants({
  clock,
  config: { clients, publicUrl: issuer, settings, trustedProxies },
  deviceLogins,
  keys: { refreshTokenKey, signingKeys },
  limitLogins,
  sessions,
}: Services): readonly FastEndpoint[] {
  const { lifetimeSeconds: accessTokenSeconds } = settings.accessToken;
  const common = { addressOf: createClientAddress(trustedProxies), clients, clock, deviceLogins };
  return [
    createDeviceAuthorizationEndpoint({ ...common, issuer, limitLogins, settings: settings.deviceAuthorization }),
    createTokenEndpoint({
      ...common,
      accessTokenSeconds,
      refreshTokenKey,
      sessions,
      signAccessToken: createAccessTokenSigner({ signingKeys, issuer, lifetimeSeconds: accessTokenSeconds }),
    }),
  ];
}

function createNewToken({ ask, background, clock, config, resolver, tokens }: Services): FastEndpoint {
  const addressOf = createClientAddress(config.trustedProxies);
  return createNewTokenEndpoint({ addressOf, ask, clock, resolver, tokens, usage: background.usage });
}

function createForwardAuth(services: Services, log: Logger): ForwardAuthEndpoint {
  const { background, clock, config, metrics, requestLimits, resolver } = services;
  return createForwardAuthEndpoint({
    addressOf: createClientAddress(config.trustedProxies),
    clock,
    isFromTrustedProxy: createProxyCheck(config.trustedProxies),
    issuer: config.publicUrl,
    limits: requestLimits,
    observe: metrics.observeRequest,
    onFault: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    resolver,
    services: Object.keys(config.services),
    usage: background.usage,
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function drain(server: Server, fastLane: FastLane): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  fastLane.close();
  // Again and again: a connection that has just had its answer would be kept open for a next request.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const impatience = setTimeout(() => {
    fastLane.destroy();
    server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(impatience);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
