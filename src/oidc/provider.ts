// oidc-provider, configured: device flow, refresh, JWT access tokens (RFC 8628, 6749, 9068), metadata and keys.
// Its own pages, introspection and revocation are off; only the paths in PROVIDER_PATHS ever reach it.
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Adapter, type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { DatabaseUnavailable } from '../database/database.ts';
import type { DeviceLogins } from '../device/device-logins.ts';
import { verificationUris } from '../device/user-code.ts';
import { oauthError, toHttpError } from '../http/error-responses.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { CLI_SCOPES } from '../oauth/device-grant.ts';
import { formatRefreshToken } from '../sessions/refresh-token.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { deviceCodeAdapter } from './device-code-adapter.ts';
import { type RequestScope, requestScope, runInScope } from './request-scope.ts';
import { accessTokenAdapter, grantAdapter, refreshTokenAdapter } from './session-adapters.ts';
import { unused } from './unused-adapter.ts';

/** The paths that oidc-provider answers, to the letter (it would also take other spellings), and by which method. */
export const PROVIDER_PATHS: ReadonlyMap<string, 'GET' | 'POST'> = new Map([
  ['/.well-known/oauth-authorization-server', 'GET'],
  ['/.well-known/openid-configuration', 'GET'],
  ['/oauth/jwks', 'GET'],
  ['/oauth/device_authorization', 'POST'],
  ['/oauth/token', 'POST'],
]);

export interface OidcProvider {
  /** Answers a request whose path is one of PROVIDER_PATHS. */
  handle(request: IncomingMessage, response: ServerResponse, scope: RequestScope): Promise<void>;
}

export interface OidcDependencies {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly sessions: Sessions;
  readonly deviceLogins: DeviceLogins;
  readonly clock: Clock;
  /** Told of what the provider could not handle. */
  readonly onServerError: (error: Error, requestId: string) => void;
}

export function createOidcProvider({
  config,
  keys,
  sessions,
  deviceLogins,
  clock,
  onServerError,
}: OidcDependencies): OidcProvider {
  const issuer = config.publicUrl;
  const adapters: Readonly<Record<string, Adapter>> = {
    DeviceCode: deviceCodeAdapter(deviceLogins, issuer, clock),
    RefreshToken: refreshTokenAdapter(sessions, keys.refreshTokenKey, issuer),
    AccessToken: accessTokenAdapter(),
    Grant: grantAdapter(issuer),
    Client: { ...unused('Client'), find: async () => undefined },
  };
  const provider = new Provider(
    issuer,
    configuration(config, keys, (model) => adapters[model] ?? unused(model)),
  );

  deriveRefreshTokens(provider, keys.refreshTokenKey);

  provider.on('device_authorization.success', (_ctx: KoaContextWithOIDC, body: Record<string, unknown>) => {
    Object.assign(body, verificationUris(issuer, String(body['user_code'])));
    body['interval'] = config.settings.deviceAuthorization.pollIntervalSeconds;
  });
  provider.on('grant.error', (_ctx: KoaContextWithOIDC, { error }: errors.OIDCProviderError) => {
    if (error === 'authorization_pending' || error === 'slow_down') requestScope().isRoutine = true;
  });
  provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
    if (error instanceof DatabaseUnavailable) {
      const refusal = toHttpError(error);
      ctx.status = refusal.status;
      ctx.set(refusal.headers);
      ctx.body = oauthError(refusal);
    }
    onServerError(error, requestScope().requestId);
  });

  provider.use(trueMetadata);
  provider.proxy = true; // believes the x-forwarded-proto that `handle` sets, and nobody else can
  const callback = provider.callback();
  const { host, protocol } = new URL(issuer);

  return {
    handle(request, response, scope) {
      // The provider makes URLs of the Host header: it gets the issuer's, whatever the caller said.
      request.headers.host = host;
      request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
      for (const name of ['x-forwarded-host', 'x-forwarded-for', 'forwarded']) delete request.headers[name];
      return runInScope(scope, () => callback(request, response));
    },
  };
}

function configuration(config: Config, keys: KeyRing, adapter: (model: string) => Adapter): Configuration {
  const { settings, publicUrl: audience } = config;
  const sessionSeconds = Math.floor(settings.session.lifetimeDays * 86_400);
  const scope = CLI_SCOPES.join(' ');

  return {
    adapter,
    jwks: { keys: keys.signingKeys as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: [keys.cookieKey.toString('base64url')] },
    clients: config.clients.map((client) => ({
      ...client,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    })),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: [...CLI_SCOPES],
    claims: {},
    responseTypes: [],
    clientAuthMethods: ['none'],
    clientBasedCORS: () => false,
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    routes: {
      device_authorization: '/oauth/device_authorization',
      token: '/oauth/token',
      jwks: '/oauth/jwks',
    },
    discovery: metadata(audience),
    extraParams: ['device_name', 'device_system'],
    ttl: {
      AccessToken: settings.accessToken.lifetimeSeconds,
      DeviceCode: settings.deviceAuthorization.lifetimeSeconds,
      Grant: sessionSeconds,
      RefreshToken: sessionSeconds,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      introspection: { enabled: false },
      revocation: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****' },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_ctx, resource) {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            scope,
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: settings.accessToken.lifetimeSeconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken(ctx) {
      // The handler rotates before it looks at `resource`: a bad one must not use up a generation.
      const { resource } = ctx.oidc.params ?? {};
      if (resource !== undefined && resource !== audience) throw new errors.InvalidTarget();
      return true;
    },
    expiresWithSession: () => false,
    findAccount(_ctx, personId) {
      const { session } = requestScope();
      return session?.personId === personId ? { accountId: personId, claims: () => ({ sub: personId }) } : undefined;
    },
    formats: {
      customizers: {
        jwt(_ctx, _token, jwt) {
          const { session } = requestScope();
          if (session === undefined) throw new Error('an access token without a session');
          jwt.payload['sid'] = session.id;
        },
      },
    },
    renderError(ctx, out) {
      ctx.type = 'json';
      ctx.body = out;
    },
  };
}

/** What RFC 8414 and OpenID Connect Discovery say beyond what the provider fills in itself. */
function metadata(issuer: string): Record<string, unknown> {
  const introspectionAuth = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    introspection_endpoint: `${issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: introspectionAuth,
    introspection_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
    revocation_endpoint: `${issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: ['none'],
    ui_locales_supported: ['en', 'cs'],
  };
}

/** What the provider always announces, and what this server does not do: it has no authorization endpoint. */
const NOT_SERVED = [
  'authorization_endpoint',
  'authorization_response_iss_parameter_supported',
  'claims_supported',
  'claim_types_supported',
  'claims_parameter_supported',
  'code_challenge_methods_supported',
  'request_uri_parameter_supported',
  'response_modes_supported',
];

async function trueMetadata(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (!ctx.path.startsWith('/.well-known/')) return;
  const body = ctx.body as Record<string, unknown>;
  for (const name of NOT_SERVED) delete body[name];
  body['scopes_supported'] = [...CLI_SCOPES];
}

/** A refresh token's value follows from its session and generation: nothing random, so a retry gets the same again. */
function deriveRefreshTokens(provider: Provider, key: KeyObject): void {
  Object.defineProperty(provider.RefreshToken.prototype, 'generateTokenId', {
    value(this: { rotations?: number; grantId?: string }): string {
      const { session } = requestScope();
      if (session === undefined || session.id !== this.grantId) throw new Error('a refresh token without its session');
      return formatRefreshToken({ refreshId: session.refreshId, generation: this.rotations ?? 0 }, key);
    },
  });
}
