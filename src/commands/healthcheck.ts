import { loadConfig } from '../config.ts';
import { CommandProblem } from './report-failure.ts';

const TIMEOUT_MS = 3_000;
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** For a container's HEALTHCHECK: GET /health/ready of the server with this configuration. */
export async function healthcheck(): Promise<void> {
  const { host, port } = loadConfig();
  const url = `http://${ANY_ADDRESS.has(host) ? '127.0.0.1' : host}:${port}/health/ready`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    throw new CommandProblem(`no answer from ${url} (${(error as Error).message})`);
  });
  const body = await answer.text();
  if (!answer.ok) throw new CommandProblem(`not ready: ${answer.status} ${body}`);
  process.stdout.write(`${body}\n`);
}
