// What both endpoints take as plain: a form of a public client, with nothing to it that only oidc-provider knows of.
import type { FirstPartyClient } from '../config.ts';
import type { PlainRequest } from '../fast-lane/plain-request.ts';
import { type Form, isPlainForm, parseForm } from '../http/body.ts';

/** Of browsers, and of other ways to authenticate or to bind tokens: not for commands, and not to be passed over. */
const NOT_PLAIN = ['origin', 'authorization', 'dpop', 'oauth-client-attestation'];

/** Undefined: not plain. */
export function readPlainForm({ headers, body }: PlainRequest): Form | undefined {
  if (!isPlainForm(headers['content-type']) || NOT_PLAIN.some((name) => name in headers)) return undefined;
  try {
    return parseForm(body);
  } catch {
    return undefined;
  }
}

/** The client, if it may use that grant type. */
export function clientFor(
  grantType: string,
  clientId: string,
  clients: readonly FirstPartyClient[],
): FirstPartyClient | undefined {
  return clients.find(({ client_id: id, grant_types: types }) => id === clientId && types.includes(grantType));
}
