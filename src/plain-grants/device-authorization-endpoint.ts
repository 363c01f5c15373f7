// POST /oauth/device_authorization in the fast lane (RFC 8628 §3.1, §3.2), as commands ask for it. Whatever has anything more
// or less to it is left to oidc-provider (../oidc), which judges it from the beginning.
import { after, type Clock, SECOND } from '../clock.ts';
import type { Config, FirstPartyClient } from '../config.ts';
import type { DeviceLogins } from '../device/device-logins.ts';
import { cleanDeviceName } from '../device/device-name.ts';
import { newUserCode, showUserCode, verificationUris } from '../device/user-code.ts';
import { newSecret } from '../digest.ts';
import type { FastEndpoint } from '../fast-lane/fast-lane.ts';
import type { PlainRequest } from '../fast-lane/plain-request.ts';
import type { createClientAddress } from '../http/client-address.ts';
import { HttpError } from '../http/http-error.ts';
import type { LimitLogins } from '../http/login-limit.ts';
import { userAgentOf } from '../http/request-context.ts';
import { CLI_SCOPES, DEVICE_CODE_GRANT } from '../oauth/device-grant.ts';
import { clientFor, readPlainForm } from './plain-form.ts';

export interface DeviceAuthorizationDependencies {
  readonly addressOf: ReturnType<typeof createClientAddress>;
  readonly clients: Config['clients'];
  readonly clock: Clock;
  readonly deviceLogins: DeviceLogins;
  readonly issuer: string;
  readonly limitLogins: LimitLogins;
  readonly settings: Config['settings']['deviceAuthorization'];
}

export function createDeviceAuthorizationEndpoint(dependencies: DeviceAuthorizationDependencies): FastEndpoint {
  const { addressOf, clients, clock, deviceLogins, issuer, limitLogins, settings } = dependencies;
  const { lifetimeSeconds, pollIntervalSeconds } = settings;

  return {
    method: 'POST',
    path: '/oauth/device_authorization',
    isLogged: true,
    answer(request, reply) {
      const plain = readPlain(request);
      if (plain === undefined) reply.decline();
      else reply.settle(() => open(request, plain));
    },
  };

  function readPlain(request: PlainRequest) {
    const form = readPlainForm(request);
    if (form === undefined) return undefined;
    const { client_id: clientId = '', scope = '' } = form;
    const client = clientFor(DEVICE_CODE_GRANT, clientId, clients);
    if (client === undefined || !isPlainScope(scope, client)) return undefined;
    if (Object.keys(form).some((name) => !PARAMETERS.has(name))) return undefined;
    return { clientId, scope, name: form['device_name'], system: form['device_system'] };
  }

  /** RFC 8628 §3.2. */
  async function open(
    request: PlainRequest,
    { clientId, scope, name, system }: NonNullable<ReturnType<typeof readPlain>>,
  ): Promise<string> {
    const address = addressOf(request);
    await limitLogins(address);
    const deviceCode = newSecret();
    const userCode = newUserCode();
    const isOpen = await deviceLogins.open({
      deviceCode,
      userCode,
      clientId,
      scope,
      device: {
        name: cleanDeviceName(name),
        system: cleanDeviceName(system),
        address,
        userAgent: userAgentOf(request.headers),
      },
      expiresAt: after(clock.now(), lifetimeSeconds * SECOND),
    });
    if (!isOpen) {
      throw new HttpError(503, 'No free user code was found, try again.', {
        code: 'temporarily_unavailable',
        headers: { 'retry-after': '1' },
      });
    }
    const shown = showUserCode(userCode);
    return JSON.stringify({
      device_code: deviceCode,
      user_code: shown,
      ...verificationUris(issuer, shown),
      expires_in: lifetimeSeconds,
      interval: pollIntervalSeconds,
    });
  }
}

const PARAMETERS = new Set(['client_id', 'scope', 'device_name', 'device_system']);

/** One or more of the client's, each once. */
function isPlainScope(scope: string, client: FirstPartyClient): boolean {
  const known: readonly string[] = CLI_SCOPES;
  const its = client.scope.split(' ');
  const asked = scope.split(' ');
  return asked.every((one, n) => known.includes(one) && its.includes(one) && asked.indexOf(one) === n);
}
