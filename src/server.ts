// The composition root: builds everything from the configuration, and takes it down again.
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createAccounts } from './accounts/accounts.ts';
import { createSetUp } from './accounts/set-up.ts';
import { createApp } from './app.tsx';
import { type Background, settingsUrl, startBackground } from './background.ts';
import { createResourceServers } from './clients/resource-server.ts';
import { createResourceServerAuthentication } from './clients/resource-server-authentication.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open-database.ts';
import { createDeviceLogins } from './device/device-logins.ts';
import type { RateCounters } from './http/rate-counter.ts';
import { createMemoryCounters } from './http/rate-counter-memory.ts';
import { createRedisCounters } from './http/rate-counter-redis.ts';
import { createIntrospectionEndpoint, type IntrospectionEndpoint } from './introspection/introspection-endpoint.ts';
import { createCredentialResolver } from './introspection/resolve-credential.ts';
import { type KeyRing, openKeyRing } from './keys/key-ring.ts';
import { createLeakReports } from './leaks/leak-reports.ts';

import { createMetrics } from './metrics.ts';
import { createOidcProvider } from './oidc/provider.ts';
import type { Services } from './services.ts';
import { createBrowserSessions } from './sessions/browser-sessions.ts';
import { createSessions } from './sessions/sessions.ts';
import { createTokens } from './tokens/tokens.ts';

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
        ? createMemoryCounters()
        : await createRedisCounters(config.redisUrl, (err) =>
            log.warn({ err }, 'Redis is away: each instance counts for itself'),
          );
    background = startBackground(config, database, clock, log);
    const services = createServices(config, clock, database, keys, counters, background);
    const provider = createOidcProvider({
      ...services,
      onServerError: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    });
    const app = createApp(services, provider, log).callback();
    const introspection = createIntrospection(services, log);
    const server = createServer((request, response) => {
      if (introspection.owns(request)) void introspection.handle(request, response);
      else void app(request, response);
    });
    if (config.metricsPort !== undefined) {
      metricsServer = await services.metrics.listen(config.metricsPort, config.host);
    }
    await listen(server, config.port, config.host);
    return {
      services,
      url: urlOf(server),
      async close() {
        await drain(server);
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
  const tokens = createTokens(
    database,
    clock,
    settings.limits.tokenCreationPerPerson,
    settings.personalTokens.maxLifetimeDays,
  );
  const resolver = createCredentialResolver(sessions, tokens, keys, publicUrl, clock);
  return {
    accounts: createAccounts(database, clock),
    background,
    browserSessions: createBrowserSessions(database, clock, settings.browserSession.lifetimeDays),
    clock,
    config,
    counters,
    database,
    deviceLogins: createDeviceLogins(database, clock, sessions, keys.userCodeKey, {
      pollIntervalSeconds: settings.deviceAuthorization.pollIntervalSeconds,
      sessionLifetimeDays: settings.session.lifetimeDays,
      retrySeconds,
    }),
    keys,
    metrics: createMetrics(),
    leakReports: createLeakReports({ clock, resolver, sessions, settingsUrl: settingsUrl(config), tokens }),
    resolver,
    resourceServerAuthentication: createResourceServerAuthentication(
      createResourceServers(database, clock),
      database,
      clock,
      [publicUrl, `${publicUrl}/oauth/introspect`],
    ),
    sessions,
    setUp: createSetUp(database, clock),
    tokenPolicy: { personalMaxDays: settings.personalTokens.maxLifetimeDays, services: Object.keys(config.services) },
    tokens,
  };
}

function createIntrospection(services: Services, log: Logger): IntrospectionEndpoint {
  const { background, clock, config, metrics, resolver, resourceServerAuthentication } = services;
  return createIntrospectionEndpoint({
    authentication: resourceServerAuthentication,
    clock,
    issuer: config.publicUrl,
    observe: metrics.observeRequest,
    onFault: (err, requestId) => log.error({ err, requestId }, 'request failed'),
    resolver,
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

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Again and again: a connection that has just had its answer would be kept open for a next request.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const impatience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
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
