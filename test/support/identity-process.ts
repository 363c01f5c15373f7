// The built server as a real child process on a backend of its own, and the operator's command beside it. For tests of
// what a process does and of what people see; startIdentity() in identity.ts is quicker where neither matters.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { Settings } from '../../src/config.ts';
import { type Backend, type BackendKind, createBackend } from './backends.ts';
import { freePort } from './free-port.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { registerSecret, registerSecretsOf, searchForSecrets } from './secrets-at-rest.ts';

/** Runs `teamday-identity …`; gives its standard output, throws with its standard error. */
type RunCommand = (args: readonly string[], stdin?: string) => Promise<string>;

export interface IdentityProcess {
  readonly url: string;
  readonly kind: BackendKind;
  /** What the server and the commands are configured by. */
  readonly env: Readonly<Record<string, string>>;
  /** Who a first start made; undefined when `before` made people. */
  readonly demo: { readonly email: string; readonly password: string } | undefined;
  /** Everything it printed, on both streams, over all its starts. */
  readonly output: string;
  readonly pid: number;
  readonly runCommand: RunCommand;
  /** Ends the process and keeps its data; gives the exit code, or the signal that ended it. */
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Starts it again on the same data, after `kill`. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends the process, searches what it leaves behind for secrets, and removes it. */
  stop(): Promise<void>;
}

export interface IdentityProcessOptions {
  readonly settings?: (given: Settings) => Settings;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the first start: on the embedded database a command needs the server to be stopped. */
  readonly before?: (runCommand: RunCommand) => Promise<void>;
  /** One to share with others. Whoever made it removes it. */
  readonly backend?: Backend;
}

const root = resolve(import.meta.dirname, '../..');
const command = join(root, 'bin/teamday-identity.js');
const PATIENCE_MS = 30_000;

export async function startIdentityProcess(options: IdentityProcessOptions = {}): Promise<IdentityProcess> {
  const backend = options.backend ?? (await createBackend());
  const configDir = await writeConfiguration(options.settings);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...backend.env, PORT: String(port), PUBLIC_URL: url, CONFIG_DIR: configDir, ...options.env };
  const printed = { stdout: '', stderr: '' };
  let output = '';
  let server: ChildProcess | undefined;

  const runCommand: RunCommand = async (args, stdin = '') => {
    if (args.includes('--password-stdin')) registerSecret('password', stdin.trimEnd());
    const child = spawn(process.execPath, [...NODE_FLAGS, command, ...args], { env });
    child.stdin.end(stdin);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`teamday-identity ${args.join(' ')}: ${err}`);
    if (args.includes('--json')) registerSecretsOf(JSON.parse(out));
    return out;
  };

  async function start(): Promise<void> {
    const child = spawn(process.execPath, [...NODE_FLAGS, command, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = child;
    const orphaned = () => child.kill('SIGKILL');
    process.once('exit', orphaned);
    child.once('exit', () => process.off('exit', orphaned));
    let started = '';
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        printed[name] += chunk;
        output += chunk;
        started += chunk;
      });
    }
    const signal = AbortSignal.timeout(PATIENCE_MS);
    // It listens a moment before it has made the first account and said so.
    while (!started.includes('is ready at') || !(await isReady(url))) {
      if (child.exitCode !== null || child.signalCode !== null || signal.aborted)
        throw new Error(`The server did not become ready:\n${output}`);
      await setTimeout(20);
    }
  }

  async function kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    if (server === undefined) throw new Error('it never ran');
    if (server.exitCode === null && server.signalCode === null) {
      const closed = once(server, 'close');
      server.kill(signal);
      await closed;
    }
    return server.exitCode ?? server.signalCode ?? 'SIGKILL';
  }

  async function removeData(): Promise<void> {
    if (options.backend === undefined) await backend.dispose();
    await rm(configDir, { recursive: true, force: true });
  }

  try {
    await options.before?.(runCommand);
    await start();
  } catch (error) {
    if (server !== undefined) await kill('SIGKILL');
    await removeData();
    throw error;
  }
  return {
    url,
    kind: backend.kind,
    env,
    get demo() {
      const [, email, password] = /Email: +(\S+)\s+Password: +(\S+)/.exec(output) ?? [];
      return email === undefined || password === undefined ? undefined : { email, password };
    },
    get output() {
      return output;
    },
    get pid() {
      return server?.pid ?? 0;
    },
    runCommand,
    kill,
    restart: start,
    async stop() {
      try {
        await kill();
        const { stdout, stderr } = printed;
        await searchForSecrets(backend.env, { 'standard output': lessFirstStart(stdout), 'standard error': stderr });
      } finally {
        await removeData();
      }
    },
  };
}

/** The two secrets that a first start prints on purpose, once each: taken out there and looked for everywhere else. */
function lessFirstStart(stdout: string): string {
  return stdout
    .replace(/^ {2}Password: (\S+)$/m, (_, password: string) => {
      registerSecret('demo password', password);
      return '';
    })
    .replace(/^ {2}\S+\/set-up\?token=(\S+)$/m, (_, token: string) => {
      registerSecret('set-up token', token);
      return '';
    });
}

/** The project's config/ with other settings. */
async function writeConfiguration(change: (given: Settings) => Settings = (given) => given): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'teamday-config-'));
  await cp(join(root, 'config'), folder, { recursive: true });
  const file = join(folder, 'settings.json');
  const given = JSON.parse(await readFile(file, 'utf8')) as Settings;
  await writeFile(file, JSON.stringify(change(given)));
  return folder;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
