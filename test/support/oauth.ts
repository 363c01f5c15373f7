// The OAuth endpoints as a client sees them: forms in, JSON out.
import { CLI_CLIENT_ID, CLI_SCOPES, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { registerSecretsOf } from './secrets-at-rest.ts';
import { Visitor } from './visitor.ts';

export interface JsonAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export interface DeviceAuthorizationResponse {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

export interface TokenResponse {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
}

export async function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  return await read(await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers }));
}

export async function read(response: Response): Promise<JsonAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = isJson ? JSON.parse(text) : text;
  registerSecretsOf(body);
  return { status: response.status, headers: response.headers, body };
}

export async function startLogin(url: string, more: Record<string, string> = {}): Promise<DeviceAuthorizationResponse> {
  const fields = {
    client_id: CLI_CLIENT_ID,
    scope: CLI_SCOPES.join(' '),
    device_name: 'ada-laptop',
    device_system: 'Linux x64',
    ...more,
  };
  const answer = await postForm(`${url}/oauth/device_authorization`, fields);
  if (answer.status !== 200)
    throw new Error(`device authorization answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export function redeem(url: string, deviceCode: string, more: Record<string, string> = {}): Promise<JsonAnswer> {
  return postForm(`${url}/oauth/token`, {
    grant_type: DEVICE_CODE_GRANT,
    device_code: deviceCode,
    client_id: CLI_CLIENT_ID,
    ...more,
  });
}

export function refresh(url: string, refreshToken: string, more: Record<string, string> = {}): Promise<JsonAnswer> {
  return postForm(`${url}/oauth/token`, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: CLI_CLIENT_ID,
    ...more,
  });
}

export function revoke(url: string, token: string, more: Record<string, string> = {}): Promise<JsonAnswer> {
  return postForm(`${url}/oauth/revoke`, { token, client_id: CLI_CLIENT_ID, ...more });
}

export function introspect(url: string, authorization: string, token: string): Promise<JsonAnswer> {
  return postForm(`${url}/oauth/introspect`, { token }, { authorization });
}

/** A login from start to tokens, approved over the pages. */
export async function logIn(
  url: string,
  person: { email: string; password: string; organizationId: string },
  visitor?: Visitor,
): Promise<TokenResponse> {
  const browser = visitor ?? new Visitor(url);
  if (visitor === undefined) await browser.signIn(person);
  const { device_code: deviceCode, user_code: userCode } = await startLogin(url);
  await browser.decide(userCode, 'authorize', person.organizationId);
  const answer = await redeem(url, deviceCode);
  if (answer.status !== 200) throw new Error(`redemption answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
