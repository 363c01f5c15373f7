// Everything that an introspection is measured on: the requests, and the servers side by side that can be asked.
import { randomBytes } from 'node:crypto';
import { type Load, run } from './load.ts';
import type { Measured, Subject } from './measure.ts';
import { type Peer, startPeer } from './peers.ts';
import { basic, introspectionOf } from './requests.ts';
import type { Stoppable } from './running.ts';
import { type BenchServer, startBenchServer } from './server.ts';
import { mistyped, newToken } from './tokens.ts';

const TOKENS = 100;
const TIMES = 6_000;
/** Services keep connections open, and ask for all of their callers at once. */
export const CONNECTIONS = 32;

const many = (make: () => string) => Array.from({ length: TOKENS }, make);

/** What is asked of a server that answers everybody the same. */
export function constantLoad({ url }: Peer): Load {
  const authorization = basic('bench', randomBytes(32).toString('base64url'));
  return { url, requests: many(() => introspectionOf(url, authorization, newToken())), answers: '"active":true' };
}

/** What is asked of ours. */
export function introspectionLoad({ url, service }: BenchServer, tokens: readonly string[], active = true): Load {
  const path = `${url}/oauth/introspect`;
  const requests = tokens.map((token) => introspectionOf(path, service, token));
  return { url: path, requests, answers: active ? '"active":true' : '{"active":false}' };
}

/** @param connections that send at once */
export function subjectOf(
  name: string,
  server: Measured,
  load: Load,
  connections = CONNECTIONS,
  times = TIMES,
): Subject {
  return { name, server, times, run: (count) => run(load, count, connections) };
}

/**
 * @param only keys of subjects; undefined: all. The bare server is always the first.
 * @param keep what to call with each server that is started
 */
export async function allIntrospections(
  keep: <Server extends Stoppable>(starting: Promise<Server>) => Promise<Server>,
  only: readonly string[] | undefined,
): Promise<readonly Subject[]> {
  const isWanted = (key: string) => only === undefined || only.includes(key);
  const bare = await keep(startPeer('bare'));
  const subjects = [subjectOf('bare node:http', bare, constantLoad(bare))];
  if (isWanted('koa')) {
    const koa = await keep(startPeer('koa'));
    subjects.push(subjectOf('koa and a body parser', koa, constantLoad(koa)));
  }
  if (isWanted('provider')) {
    const provider = await keep(startPeer('provider'));
    const url = `${provider.url}token/introspection`;
    const requests = [introspectionOf(url, basic('bench', 'bench'), provider.said)];
    subjects.push(subjectOf("oidc-provider's own (memory)", provider, { url, requests, answers: '"active":true' }));
  }
  if (['personal', 'organization', 'access', 'rubbish', 'unknown'].some(isWanted)) {
    const server = await keep(startBenchServer('teamday_bench_introspection'));
    const loads: Record<string, readonly [string, Load]> = {
      personal: ['personal access token', introspectionLoad(server, await server.issue('personal', TOKENS))],
      organization: ['organization token', introspectionLoad(server, await server.issue('organization', TOKENS))],
      access: ['access token', introspectionLoad(server, await server.signIn(TOKENS))],
      rubbish: ['rubbish (bad checksum)', introspectionLoad(server, many(newToken).map(mistyped), false)],
      unknown: ['unknown token', introspectionLoad(server, many(newToken), false)],
    };
    for (const [key, [name, load]] of Object.entries(loads))
      if (isWanted(key)) subjects.push(subjectOf(name, server, load));
  }
  if (isWanted('embedded')) {
    const server = await keep(startBenchServer(undefined));
    const load = introspectionLoad(server, await server.issue('personal', TOKENS));
    subjects.push(subjectOf('personal access token, embedded database', server, load));
  }
  return subjects;
}
