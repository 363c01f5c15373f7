// The requests that are sent again and again, as texts, and those that prepare.
import { requestText } from './http.ts';

export const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
export const bearer = (token: string) => `Bearer ${token}`;

export function formRequest(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = new URLSearchParams(fields).toString();
  return requestText(url, { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body);
}

export function jsonRequest(url: string, authorization: string, body: object): string {
  return requestText(url, { authorization, 'content-type': 'application/json' }, JSON.stringify(body));
}

/** What a service sends to ask what `token` stands for. */
export function introspectionOf(url: string, authorization: string, token: string): string {
  return formRequest(url, { token }, { authorization });
}
