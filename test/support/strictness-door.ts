// HTTP as the strictness test speaks it: kept-alive connections, a time limit, and when each request left and its answer
// had come. Quicker than fetch, and what went wrong on the way is an answer, too.
import { Agent, request } from 'node:http';
import { monotonicMs } from '../../src/clock.ts';

export interface Answer {
  /** 0: none came. */
  readonly status: number;
  readonly body: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Call {
  readonly path: string;
  readonly authorization?: string;
  /** A text is a form's. */
  readonly body: string | object;
}

export interface Door {
  post(call: Call, patienceMs: number): Promise<Answer>;
  close(): void;
}

export function openDoor(url: string): Door {
  const { hostname, port } = new URL(url);
  /** A path's connections are its own, like a service's or a command's: what is plain stays in the fast lane. */
  const agents = new Map<string, Agent>();
  const agentFor = (path: string) => {
    const agent = agents.get(path) ?? new Agent({ keepAlive: true });
    agents.set(path, agent);
    return agent;
  };
  return {
    post: ({ path, authorization, body: content }, patienceMs) =>
      new Promise((resolve) => {
        const [type, text] =
          typeof content === 'string'
            ? ['application/x-www-form-urlencoded', content]
            : ['application/json', JSON.stringify(content)];
        const headers: Record<string, string | number> = {
          'content-type': type,
          'content-length': Buffer.byteLength(text),
          ...(authorization === undefined ? {} : { authorization }),
        };
        const sentAt = monotonicMs();
        const outgoing = request({ agent: agentFor(path), hostname, port, path, method: 'POST', headers });
        const settle = (status: number, body: string) => {
          clearTimeout(patience);
          resolve({ status, body, sentAt, answeredAt: monotonicMs() });
        };
        const patience = setTimeout(() => outgoing.destroy(new Error('out of patience')), patienceMs);
        outgoing.on('error', () => settle(0, ''));
        outgoing.on('response', (incoming) => {
          let body = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => {
            body += chunk;
          });
          incoming.on('end', () => settle(incoming.complete ? (incoming.statusCode ?? 0) : 0, body));
          incoming.on('error', () => settle(0, ''));
        });
        outgoing.end(text);
      }),
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
