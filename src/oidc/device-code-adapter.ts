// oidc-provider's DeviceCode on our device logins: its payload is rebuilt from columns, the code itself never stored.
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { type Clock, epochSeconds, fromEpochSeconds } from '../clock.ts';
import { type DeviceAuthorization, isExpired } from '../device/device-authorization.ts';
import type { DeviceLogins } from '../device/device-logins.ts';
import { cleanDeviceName } from '../device/device-name.ts';
import { CLI_SCOPES } from '../oauth/device-grant.ts';
import { requestScope } from './request-scope.ts';
import { unused } from './unused-adapter.ts';

export function deviceCodeAdapter(logins: DeviceLogins, audience: string, clock: Clock): Adapter {
  return {
    ...unused('DeviceCode'),

    /** POST /oauth/device_authorization. */
    async upsert(deviceCode, payload) {
      const { clientId, userCode, exp } = payload;
      const params = (payload.params ?? {}) as Record<string, string | undefined>;
      if (clientId === undefined || userCode === undefined || exp === undefined)
        throw new Error('incomplete device code');
      const scope = knownScope(params['scope']);
      const { address, userAgent } = requestScope();
      const device = {
        name: cleanDeviceName(params['device_name']),
        system: cleanDeviceName(params['device_system']),
        address,
        userAgent,
      };
      if (!(await logins.open({ deviceCode, userCode, clientId, scope, device, expiresAt: fromEpochSeconds(exp) })))
        throw new errors.TemporarilyUnavailable('no free user code was found, try again');
    },

    /** POST /oauth/token. A pending login is polled by this: too soon is refused here (RFC 8628 §3.5). */
    async find(deviceCode) {
      const authorization = await logins.findByDeviceCode(deviceCode);
      if (authorization === undefined) return undefined;
      const polled = authorization.state === 'pending' && !isExpired(authorization, clock.now());
      const ownClient = Provider.ctx?.oidc.client?.clientId === authorization.clientId;
      if (polled && ownClient && !(await logins.poll(deviceCode))) {
        throw new errors.SlowDown('you are polling too quickly: wait 5 seconds longer between polls from now on');
      }
      return payloadOf(deviceCode, authorization, audience);
    },

    /** The exchange itself. oidc-provider doesn't look at the result, so "no" must be thrown. */
    async consume(deviceCode) {
      const scope = requestScope();
      const session = await logins.redeem(deviceCode, scope);
      if (session !== undefined) {
        scope.session = session;
        return;
      }
      if ((await logins.findByDeviceCode(deviceCode))?.state === 'denied') return; // the provider answers access_denied
      throw new errors.InvalidGrant('device code was used already, or the sign-in is no longer allowed');
    },
  };
}

/** RFC 6749 §3.3: the provider passes over what it doesn't know, but it would be stored, and introspected, as granted. */
function knownScope(requested = ''): string {
  const known: readonly string[] = CLI_SCOPES;
  const scopes = new Set(requested.split(' '));
  if ([...scopes].every((scope) => known.includes(scope))) return [...scopes].join(' ');
  throw new errors.InvalidScope(`scope must name one or more of: ${known.join(' ')}`, requested);
}

function payloadOf(deviceCode: string, authorization: DeviceAuthorization, audience: string): AdapterPayload {
  const { clientId, scope, createdAt, expiresAt } = authorization;
  const common = {
    kind: 'DeviceCode',
    jti: deviceCode,
    clientId,
    params: { client_id: clientId, scope },
    iat: epochSeconds(createdAt),
    exp: epochSeconds(expiresAt),
  };
  switch (authorization.state) {
    case 'pending':
      return common;
    case 'denied':
      return { ...common, error: 'access_denied', errorDescription: 'the person pressed Cancel' };
    default:
      return {
        ...common,
        accountId: authorization.personId,
        grantId: authorization.sessionId,
        sid: authorization.sessionId,
        authTime: epochSeconds(authorization.authenticatedAt),
        scope,
        resource: audience,
      };
  }
}
