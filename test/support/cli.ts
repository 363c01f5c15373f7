// A person's terminal: the built `teamday` command as a child process, with a home directory and a "browser" of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Settings } from '../../src/config.ts';
import type { IdentityProcess } from './identity-process.ts';
import { registerSecret } from './secrets-at-rest.ts';
import { until } from './until.ts';

const teamday = resolve(import.meta.dirname, '../../src/cli/bin/teamday.js');

interface Finished {
  code: number | null;
  out: string;
  err: string;
}

/** A command under way. */
interface Running {
  /** The code it shows for the browser. */
  code(): Promise<string>;
  interrupt(): void;
  finished: Promise<Finished>;
}

/** The file where the command keeps a sign-in. */
interface SavedSignIn {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
  refreshAt: string;
  user: { email: string; organizationId: string };
}

export interface Cli {
  readonly configFile: string;
  run(...args: string[]): Promise<Finished>;
  start(...args: string[]): Running;
  /** The address that the command opened in the browser last. */
  openedAddress(): Promise<string>;
  hasOpenedBrowser(): boolean;
  saved(): Promise<SavedSignIn>;
  save(changed: Partial<SavedSignIn>): Promise<void>;
  remove(): Promise<void>;
}

/** @param server what TEAMDAY_URL says */
export async function createCli(server: string): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), 'teamday-home-'));
  const configFile = join(home, '.teamday/config.json');
  const opened = join(home, 'opened');
  const browser = join(home, 'browser');
  await writeFile(browser, `#!/bin/sh\nprintf %s "$1" > '${opened}.half' && mv '${opened}.half' '${opened}'\n`);
  await chmod(browser, 0o700);
  // FORCE_COLOR: no terminal, no colour, whatever a CI machine sets.
  const env = { HOME: home, TEAMDAY_URL: server, BROWSER: browser, PATH: '/usr/bin:/bin', FORCE_COLOR: '1' };

  function start(...args: string[]): Running {
    const child = spawn(process.execPath, [teamday, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const result: Finished = { code: null, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      result.out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      result.err += chunk;
    });
    const finished = new Promise<Finished>((done, fail) => {
      child.once('error', fail);
      child.once('close', (code) => done({ ...result, code }));
    });
    const shownCode = () => /code(?: there)?: ([A-Z]{4}-[A-Z]{4})\n/.exec(result.out)?.[1];
    return {
      async code() {
        const code = await until(`a code from teamday ${args.join(' ')}`, shownCode);
        for (const spelling of [code, code.replace('-', '')]) registerSecret('user_code', spelling);
        return code;
      },
      interrupt: () => void child.kill('SIGINT'),
      finished,
    };
  }

  async function saved(): Promise<SavedSignIn> {
    const signIn = JSON.parse(await readFile(configFile, 'utf8')) as SavedSignIn;
    registerSecret('access_token', signIn.accessToken);
    registerSecret('refresh_token', signIn.refreshToken);
    return signIn;
  }
  return {
    configFile,
    run: (...args) => start(...args).finished,
    start,
    openedAddress: async () => {
      await until('a browser to be opened', () => existsSync(opened) || undefined);
      return await readFile(opened, 'utf8');
    },
    hasOpenedBrowser: () => existsSync(opened),
    saved,
    save: async (changed) => writeFile(configFile, JSON.stringify({ ...(await saved()), ...changed })),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** A terminal for one test. */
export async function terminalOf(server: string): Promise<Cli> {
  const cli = await createCli(server);
  onTestFinished(() => cli.remove());
  return cli;
}

export const POLL_SECONDS = 1;

/** Settings of a server for people in a hurry: the terminal asks each second. */
export function quickPolls(lives: { code?: number; accessToken?: number } = {}): (given: Settings) => Settings {
  return (given) => ({
    ...given,
    accessToken: { lifetimeSeconds: lives.accessToken ?? given.accessToken.lifetimeSeconds },
    deviceAuthorization: {
      lifetimeSeconds: lives.code ?? given.deviceAuthorization.lifetimeSeconds,
      pollIntervalSeconds: POLL_SECONDS,
    },
  });
}

/** Whom the first start of a server without people made. */
export function demoOf({ demo }: IdentityProcess): { email: string; password: string } {
  if (demo === undefined) throw new Error('the server printed no demo account');
  return demo;
}
