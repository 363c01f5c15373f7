// The same request in two ways, each over a connection of its own: as plain as commands send it, which the fast lane reads,
// or with its body in chunks, which is node:http's.
import { RawConnection } from './raw-http.ts';
import { registerSecretsOf } from './secrets-at-rest.ts';

export const WAYS = ['plain', 'ordinary'] as const;
export type Way = (typeof WAYS)[number];

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export async function send(
  way: Way,
  url: string,
  body: Record<string, string> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  const { origin, pathname } = new URL(url);
  const isForm = typeof body !== 'string';
  const text = isForm ? new URLSearchParams(body).toString() : body;
  const length = Buffer.byteLength(text);
  const type = isForm ? 'application/x-www-form-urlencoded;charset=UTF-8' : 'application/json';
  const lines = Object.entries({ host: new URL(url).host, 'content-type': type, 'user-agent': 'test', ...headers });
  const framing = way === 'plain' ? `content-length: ${length}` : 'transfer-encoding: chunked';
  const framed = way === 'plain' ? text : `${length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${framing}`;
  const connection = await RawConnection.open(origin);
  try {
    await connection.send(`${head}\r\n\r\n${framed}`);
    const answer = await connection.answer();
    const parsed: unknown = JSON.parse(answer.body);
    registerSecretsOf(parsed);
    return { ...answer, body: parsed };
  } finally {
    connection.close();
  }
}
