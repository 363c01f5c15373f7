// A real nginx in front of a real service, on the configuration that docs/gateways/nginx.conf shows. Unprivileged, in a
// directory of its own, a single process that ends with its test.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/project-root.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** Also where a plain user's PATH does not lead. */
const env = { PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` };

/** A line for the end of the run where there is no nginx. */
export function missingNginx(): readonly string[] {
  const { error } = spawnSync('nginx', ['-v'], { env });
  return error === undefined ? [] : ['nginx is not installed: docs/gateways/nginx.conf was not tested.'];
}

export interface Nginx {
  readonly port: number;
  /** What it complained about. */
  readonly log: string;
  stop(): Promise<void>;
}

/**
 * Starts nginx on the documented configuration.
 * @param replacements what an operator would change in it -> to what; each must be there exactly once
 */
export async function startNginx(replacements: Readonly<Record<string, string>>): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'teamday-nginx-'));
  const port = await freePort();
  let documented = await readFile(join(projectRoot, 'docs/gateways/nginx.conf'), 'utf8');
  for (const [from, to] of Object.entries({ ...replacements, 'listen 80;': `listen 127.0.0.1:${port};` })) {
    const parts = documented.split(from);
    if (parts.length !== 2) throw new Error(`docs/gateways/nginx.conf has ${parts.length - 1} × ${from}`);
    documented = parts.join(to);
  }
  await writeFile(join(folder, 'teamday.conf'), documented);
  await writeFile(join(folder, 'nginx.conf'), main(folder));
  // One process: workers of root would be another user's, who may not write here.
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  const ended = once(child, 'close');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  await until('nginx to listen', async () => {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${log}`);
    return (await listens(port)) || undefined;
  });
  return {
    port,
    get log() {
      return log;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', orphaned);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function main(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    events {}
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
      include ${folder}/teamday.conf;
    }`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
