// The X-TeamDay-* headers of an answer: what a service behind a gateway is told of its caller. All of them are on every
// answer, empty where there is nothing to say, so that a gateway that copies them overwrites whatever a client sent.
import type { ActiveIntrospection } from '../oauth/introspection.ts';

/** Header -> member of the introspection response. */
const MEMBERS = {
  'X-TeamDay-Subject': 'sub',
  'X-TeamDay-Username': 'username',
  'X-TeamDay-Organization': 'org_id',
  'X-TeamDay-Role': 'role',
  'X-TeamDay-Token-Use': 'token_use',
  'X-TeamDay-Client-Id': 'client_id',
  'X-TeamDay-Scope': 'scope',
  'X-TeamDay-Session': 'sid',
  'X-TeamDay-Token-Id': 'jti',
  'X-TeamDay-Expires': 'exp',
} as const satisfies Record<string, keyof ActiveIntrospection>;

/**
 * The refusal as JSON once more, in a header: nginx shows nothing of its subrequest's body to the client. Never for a
 * service to read.
 */
export const REFUSAL_HEADER = 'X-TeamDay-Refusal';

/** @param who undefined: nobody is let in */
export function identityHeaders(who: ActiveIntrospection | undefined): Record<string, string> {
  const headers: Record<string, string> = { [REFUSAL_HEADER]: '' };
  for (const [name, member] of Object.entries(MEMBERS)) headers[name] = headerValue(who?.[member]);
  return headers;
}

/** As encodeURIComponent writes it, but with `@ + :` and spaces as they are: no other byte could end a line or a list. */
function headerValue(value: string | number | undefined): string {
  const encoded = encodeURIComponent(String(value ?? ''));
  return encoded.replaceAll(/%(?:40|2B|3A|20)/g, decodeURIComponent);
}
