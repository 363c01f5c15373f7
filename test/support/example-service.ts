// A service of examples/ as a real child process, introspecting at a real server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface ExampleService {
  readonly url: string;
  /** Everything it printed, on both streams. */
  readonly output: string;
  stop(): Promise<void>;
}

const examples = resolve(import.meta.dirname, '../../examples');
const PATIENCE_MS = 15_000;

/** @param env with TEAMDAY_ISSUER, TEAMDAY_CLIENT_ID and TEAMDAY_CLIENT_SECRET */
export async function startExample(
  name: 'newsletter' | 'agents',
  env: Readonly<Record<string, string>>,
): Promise<ExampleService> {
  const child = spawn(process.execPath, [resolve(examples, name, 'server.ts')], {
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.off('exit', orphaned));
  let output = '';
  const url = await new Promise<string>((found, failed) => {
    const fail = () => failed(new Error(`The example ${name} did not become ready:\n${output}`));
    const patience = setTimeout(fail, PATIENCE_MS);
    child.once('exit', fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const ready = /is ready at (\S+)\n/.exec(output)?.[1];
        if (ready === undefined) return;
        clearTimeout(patience);
        found(ready);
      });
    }
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    url,
    get output() {
      return output;
    },
    async stop() {
      child.kill();
      await exited;
    },
  };
}
