// Requests over kept-alive connections, so many at once, until so many were answered. Sends to this machine only.
import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the i-th request. */
  readonly body: (i: number) => string;
  readonly times: number;
  readonly connections: number;
}

/** @throws when an answer is not 200 */
export async function run({ url, headers, body, times, connections }: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const one = async () => {
    while (next < times) {
      const i = next;
      next += 1;
      await post(url, agent, headers, body(i));
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
}

function post(url: string, agent: Agent, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
