// A Postgres of a test's own that may be killed: restarted as after a crash, or failed over to a standby. With one
// synchronous standby, as an operator has it who wants no acknowledged commit to be lost.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

export interface PostgresCluster {
  /** Of the server that writes. */
  readonly url: string;
  /** Kills it, and starts it again on what it had written. */
  restart(): Promise<void>;
  /** The standby hears nothing more, a moment later the server is killed and the standby takes over, at another URL. */
  failOver(onTakenOver: (url: string) => void): Promise<void>;
  stop(): Promise<void>;
}

interface Server {
  readonly folder: string;
  readonly url: string;
  readonly process: ChildProcess;
}

interface Standby extends Server {
  /** Between it and the server that it follows. */
  readonly link: TcpProxy;
}

/** What is written in that time is on the server alone. */
const BEHIND_MS = 500;

/** Where initdb and postgres are; undefined: nowhere on this machine. */
export function postgresBinaries(): string | undefined {
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

export async function startPostgresCluster(binaries: string): Promise<PostgresCluster> {
  const identity = unprivileged();
  const root = await mkdtemp(join(tmpdir(), 'teamday-postgres-'));
  if (identity !== undefined) await chown(root, identity.uid, identity.gid);
  let serial = 0;

  async function newFolder(): Promise<string> {
    serial += 1;
    const folder = join(root, `server-${serial}`);
    await mkdir(folder, { mode: 0o700 });
    if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
    return folder;
  }

  async function execute(program: string, ...args: string[]): Promise<void> {
    const child = spawn(join(binaries, program), args, { ...identity, cwd: root });
    const [said] = await Promise.all([text(child.stderr), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`${program}: ${said}`);
  }

  function launch(folder: string, url: string): ChildProcess {
    const { port } = new URL(url);
    const options = [
      '-p',
      port,
      '-c',
      'listen_addresses=127.0.0.1',
      '-k',
      folder,
      '-c',
      'wal_retrieve_retry_interval=200ms',
    ];
    const server = spawn(join(binaries, 'postgres'), ['-D', folder, ...options], { ...identity, stdio: 'ignore' });
    const orphaned = () => server.kill('SIGQUIT');
    process.once('exit', orphaned);
    server.once('exit', () => process.off('exit', orphaned));
    return server;
  }

  async function start(folder: string, url = ''): Promise<Server> {
    const at = url === '' ? `postgres://postgres@127.0.0.1:${await freePort()}/postgres` : url;
    const server = { folder, url: at, process: launch(folder, at) };
    await until('Postgres to answer', () => ask(at, 'SELECT 1'));
    return server;
  }

  /** As `kill -9` of all its processes, without leaving any. */
  async function kill(server: Server): Promise<void> {
    const ended = once(server.process, 'exit');
    server.process.kill('SIGQUIT');
    await ended;
  }

  async function addStandby(): Promise<Standby> {
    const folder = await newFolder();
    const link = await startTcpProxy(primary.url);
    await execute('pg_basebackup', '-D', folder, '-d', link.url, '-R', '-X', 'stream', '-c', 'fast');
    const made = { ...(await start(folder)), link };
    await ask(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await ask(primary.url, 'SELECT pg_reload_conf()');
    await until('the standby to be synchronous', () =>
      ask(primary.url, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"),
    );
    // A commit that waits for the standby: it has all that was written before, too.
    await ask(primary.url, "COMMENT ON DATABASE postgres IS 'has a standby'");
    return made;
  }

  const folder = await newFolder();
  await execute('initdb', '-D', folder, '-U', 'postgres', '-A', 'trust');
  let primary = await start(folder);
  let standby = await addStandby();

  return {
    get url() {
      return primary.url;
    },

    async restart() {
      await kill(primary);
      primary = await start(primary.folder, primary.url);
    },

    async failOver(onTakenOver) {
      await standby.link.cut();
      await pause(BEHIND_MS);
      await kill(primary);
      await rm(primary.folder, { recursive: true });
      await execute('pg_ctl', 'promote', '-D', standby.folder, '-w');
      primary = standby;
      onTakenOver(primary.url);
      standby = await addStandby();
    },

    async stop() {
      await Promise.all([kill(standby), kill(primary)]);
      await standby.link.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The first row; undefined: there is none, or no answer. */
async function ask(connectionString: string, statement: string): Promise<object | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {}); // it ends in the query's
  try {
    await client.connect();
    return (await client.query<object>(statement)).rows[0];
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
