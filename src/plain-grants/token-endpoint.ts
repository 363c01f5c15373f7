// POST /oauth/token in the fast lane: the plain case of what every command sends again and again, a refresh (RFC 6749 §6),
// the polls of a login, and what it ends with, the redemption of an approved device code (RFC 8628 §3.4). Whatever has
// anything more or less to it, or would be refused, is left to oidc-provider (../oidc), which judges it from the beginning.
import type { KeyObject } from 'node:crypto';
import type { Actor } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { DeviceLogins } from '../device/device-logins.ts';
import type { FastEndpoint } from '../fast-lane/fast-lane.ts';
import type { PlainRequest } from '../fast-lane/plain-request.ts';
import type { Form } from '../http/body.ts';
import type { createClientAddress } from '../http/client-address.ts';
import { HttpError } from '../http/http-error.ts';
import { userAgentOf } from '../http/request-context.ts';
import { DEVICE_CODE_GRANT } from '../oauth/device-grant.ts';
import type { AccessTokenSigner } from '../sessions/access-token.ts';
import { formatRefreshToken, parseRefreshToken } from '../sessions/refresh-token.ts';
import type { GrantedSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { clientFor, readPlainForm } from './plain-form.ts';

export interface TokenEndpointDependencies {
  readonly accessTokenSeconds: number;
  readonly addressOf: ReturnType<typeof createClientAddress>;
  readonly clients: Config['clients'];
  readonly clock: Clock;
  readonly deviceLogins: DeviceLogins;
  readonly refreshTokenKey: KeyObject;
  readonly sessions: Sessions;
  readonly signAccessToken: AccessTokenSigner;
}

/**
 * The session that the tokens are of; undefined: this is not a plain case.
 * @throws HttpError 400 for a login that waits
 */
type Grant = (form: Form, clientId: string, actor: Actor) => Promise<GrantedSession | undefined>;

export function createTokenEndpoint(dependencies: TokenEndpointDependencies): FastEndpoint {
  const { accessTokenSeconds, addressOf, clients, clock, deviceLogins, refreshTokenKey, sessions, signAccessToken } =
    dependencies;

  /** Each with the one parameter that it takes beside grant_type and client_id. */
  const grants: Readonly<Record<string, { readonly parameter: string; readonly grant: Grant }>> = {
    refresh_token: {
      parameter: 'refresh_token',
      grant: async ({ refresh_token: token = '' }, clientId, { address = '' }) => {
        const shown = parseRefreshToken(token, refreshTokenKey);
        return shown && (await sessions.rotateAtOnce({ ...shown, clientId, address }));
      },
    },
    [DEVICE_CODE_GRANT]: {
      parameter: 'device_code',
      grant: async ({ device_code: deviceCode = '' }, clientId, actor) => {
        const session = await deviceLogins.redeemAtOnce({ deviceCode, clientId, actor });
        if (session === undefined && (await deviceLogins.pollAtOnce({ deviceCode, clientId }))) throw pending();
        return session;
      },
    },
  };

  return {
    method: 'POST',
    path: '/oauth/token',
    isLogged: true,
    answer(request, reply) {
      const plain = readPlain(request);
      if (plain === undefined) {
        reply.decline();
        return;
      }
      const { grant, form, clientId } = plain;
      const { requestId } = reply;
      const actor = { requestId, address: addressOf(request), userAgent: userAgentOf(request.headers) };
      reply.settleOrDecline(async () => {
        const session = await grant(form, clientId, actor);
        return session && JSON.stringify(tokensOf(session));
      });
    },
  };

  function readPlain(request: PlainRequest) {
    const form = readPlainForm(request);
    if (form === undefined) return undefined;
    const { grant_type: type = '', client_id: clientId = '' } = form;
    const found = Object.hasOwn(grants, type) ? grants[type] : undefined;
    if (found === undefined || clientFor(type, clientId, clients) === undefined) return undefined;
    if (!(found.parameter in form) || Object.keys(form).length !== 3) return undefined;
    return { form, clientId, grant: found.grant };
  }

  /** RFC 6749 §5.1. */
  function tokensOf(session: GrantedSession): object {
    return {
      access_token: signAccessToken(session, clock.now()),
      expires_in: accessTokenSeconds,
      refresh_token: formatRefreshToken(session, refreshTokenKey),
      scope: session.scope,
      token_type: 'Bearer',
    };
  }
}

/** RFC 8628 §3.5, in oidc-provider's words. Commands poll every few seconds. */
function pending(): HttpError {
  return new HttpError(
    400,
    "authorization request is still pending as the end-user hasn't yet completed the user interaction steps",
    { code: 'authorization_pending', isRoutine: true },
  );
}
