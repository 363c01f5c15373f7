// What a request shows of its client (RFC 6749 §2.3, RFC 7523 §2.2): read here, believed nowhere.
import { decodeJwt } from 'jose';
import { sha256 } from '../digest.ts';

export type ClientCredentials =
  | { readonly method: 'client_secret'; readonly clientId: string /** SHA-256. */; readonly secretDigest: Buffer }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string }
  | { readonly method: 'none'; readonly clientId: string };

/** `malformed`: more than one method, a mismatch, a broken header. `missing`: nothing at all. */
export type ClientCredentialsProblem = 'malformed' | 'missing';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Of a request's headers, what a client may authenticate by. */
export type ClientHeaders = Readonly<Partial<Record<'authorization', string | undefined>>>;

export function readClientCredentials(
  headers: ClientHeaders,
  form: Readonly<Record<string, string>>,
): ClientCredentials | ClientCredentialsProblem {
  const { client_id: given, client_secret: secret, client_assertion: assertion } = form;
  const shown = [headers.authorization, secret, assertion].filter((one) => one !== undefined);
  if (shown.length > 1) return 'malformed';

  const credentials = readOne(headers, form);
  if (typeof credentials === 'string') return credentials;
  return given !== undefined && given !== credentials.clientId ? 'malformed' : credentials;
}

function readOne(
  headers: ClientHeaders,
  {
    client_id: clientId,
    client_secret: secret,
    client_assertion: assertion,
    client_assertion_type: type,
  }: Readonly<Record<string, string>>,
): ClientCredentials | ClientCredentialsProblem {
  const { authorization } = headers;
  if (authorization !== undefined) return readBasic(headers, authorization);
  if (assertion !== undefined) return type === ASSERTION_TYPE ? readAssertion(assertion) : 'malformed';
  if (clientId === undefined) return 'missing';
  return secret === undefined
    ? { method: 'none', clientId }
    : { method: 'client_secret', clientId, secretDigest: sha256(secret) };
}

/** What headers said. On a connection of the fast lane they are the same at every request. */
const readHeaders = new WeakMap<ClientHeaders, ClientCredentials | 'malformed'>();

function readBasic(headers: ClientHeaders, authorization: string): ClientCredentials | 'malformed' {
  const read = readHeaders.get(headers) ?? parseBasic(authorization);
  readHeaders.set(headers, read);
  return read;
}

function parseBasic(authorization: string): ClientCredentials | 'malformed' {
  const base64 = /^basic ([A-Za-z0-9+/_-]+={0,2})$/i.exec(authorization)?.[1];
  if (base64 === undefined) return 'malformed';
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return 'malformed';
  try {
    const secret = formDecode(text.slice(colon + 1));
    return { method: 'client_secret', clientId: formDecode(text.slice(0, colon)), secretDigest: sha256(secret) };
  } catch {
    return 'malformed';
  }
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. */
function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}

function readAssertion(assertion: string): ClientCredentials | 'malformed' {
  try {
    const { sub }: { sub?: unknown } = decodeJwt(assertion); // anything, whatever its type says
    return typeof sub === 'string' ? { method: 'private_key_jwt', clientId: sub, assertion } : 'malformed';
  } catch {
    return 'malformed';
  }
}
