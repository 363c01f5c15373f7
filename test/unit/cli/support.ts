// What the command's tests share: a world of its own for each command, and a small server that speaks the wire
// contract of sign-in, refresh and revocation. Journeys with the real server are in test/journeys.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/cli/clock.ts';
import type { Input, Io, Output } from '../../../src/cli/io.ts';
import { runTeamday } from '../../../src/cli/program.ts';

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'teamday-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A real Io but for the person: a home of its own, streams that are kept, no browser. */
export function testIo(overrides: Partial<Io> = {}): Io {
  return {
    version: '0.0.0',
    stdin: new PassThrough().end(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    homeDir: temporaryDirectory(),
    hostname: hostname(),
    platform: 'linux',
    arch: 'x64',
    pid: process.pid,
    uid: process.getuid?.(),
    clock: systemClock,
    fetch: globalThis.fetch,
    interrupted: new AbortController().signal,
    sleep: (milliseconds) => setTimeout(milliseconds),
    openUrl: async () => {},
    isAlive: (pid) => pid === process.pid,
    ...overrides,
  };
}

export function asTerminal<T extends Input | Output>(stream: T): T {
  const still = () => true;
  return Object.assign(stream, { isTTY: true, cursorTo: still, moveCursor: still, clearLine: still });
}

/** A stream to read back, a terminal where the other one is, and as wide. */
function like({ isTTY, columns }: Output): PassThrough {
  return isTTY ? Object.assign(asTerminal(new PassThrough()), { columns }) : new PassThrough();
}

/** Runs a command line as the process would, and gives what it left behind. */
export async function teamday(io: Io, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const stdout = like(io.stdout);
  const stderr = like(io.stderr);
  const code = await runTeamday({ ...io, stdout, stderr }, args);
  return { code, out: await text(stdout.end()), err: await text(stderr.end()) };
}

type Listener = (...exchange: Parameters<RequestListener>) => void | Promise<void>;

/** Serves on a free port until the test ends; gives the address. */
export async function listen(listener: Listener): Promise<string> {
  const server = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request));
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One person's sign-in. Tests set its fields to steer it and read its counters. */
export class IdentityServer {
  url = '';
  /** Seconds. */
  accessTokenLifetime = 900;
  generation = 0;
  rotations = 0;
  revoked: string[] = [];
  live = false;
  /** Answers of the token endpoint to a device code, one a poll; after the last: tokens. */
  polls: Reply[] = [];
  /** Answers given instead of the true one, by path, or by method and path: `POST /x`. */
  instead = new Map<string, Reply>();
  /** Called when a refresh token has been rotated, before it is answered. */
  onRotated: () => Promise<void> = async () => {};
  name = 'Demo';
  organization = { id: 'org_acme', name: 'Acme Corp', role: 'admin' };
  organizations = [this.organization, { id: 'org_beta', name: 'Beta Ltd', role: 'member' }];
  requests: { method: string | undefined; path: string; authorization: string | undefined; body: string }[] = [];
  #accessTokens = new Map<string, number>();
  #rotatedAt = 0;

  static async start(): Promise<IdentityServer> {
    const server = new IdentityServer();
    server.url = await listen(async (request, response) => {
      const path = request.url ?? '';
      const body = await text(request);
      server.requests.push({ method: request.method, path, authorization: request.headers.authorization, body });
      const instead = server.instead.get(`${request.method} ${path}`) ?? server.instead.get(path);
      const reply = instead ?? (await server.#reply(request, path, body));
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
    });
    return server;
  }

  /** A sign-in as it would lie in the file. */
  signedIn(): Record<string, unknown> {
    this.live = true;
    const { access_token, refresh_token } = this.#issue();
    const expiresAt = new Date(Date.now() + this.accessTokenLifetime * 1000).toISOString();
    return { url: this.url, accessToken: access_token, refreshToken: refresh_token, expiresAt };
  }

  async #reply(request: IncomingMessage, path: string, body: string): Promise<Reply> {
    const form = new URLSearchParams(body);
    if (path === '/oauth/device_authorization') {
      const device = { device_code: 'device', user_code: 'WDJB-MJHT', expires_in: 600, interval: 1 };
      const page = `${this.url}/cli-auth`;
      const uris = { verification_uri: page, verification_uri_complete: `${page}?code=WDJB-MJHT` };
      return { status: 200, body: { ...device, ...uris } };
    }
    if (path === '/oauth/token') {
      if (form.get('grant_type') === 'refresh_token') return await this.#refresh(form.get('refresh_token') ?? '');
      const pending = this.polls.shift();
      if (pending !== undefined) return pending;
      this.live = true;
      return { status: 200, body: this.#issue() };
    }
    if (path === '/oauth/revoke') {
      this.revoked.push(form.get('token') ?? '');
      this.live = false;
      return { status: 200 };
    }
    const endsAt = this.#accessTokens.get(request.headers.authorization?.replace('Bearer ', '') ?? '') ?? 0;
    if (!this.live || endsAt < Date.now()) return { status: 401, body: { statusCode: 401, message: 'Unauthorized' } };
    if (path === '/api/users/me') return { status: 200, body: this.#profile() };
    if (path === '/api/users/me/organization') {
      const { organizationId } = JSON.parse(body) as { organizationId: string };
      const organization = this.organizations.find(({ id }) => id === organizationId);
      if (organization === undefined) {
        return { status: 403, body: { statusCode: 403, message: 'Not a member of this organization' } };
      }
      this.organization = organization;
      return { status: 200, body: this.#profile() };
    }
    return { status: 404, body: { statusCode: 404, message: 'Not Found' } };
  }

  async #refresh(token: string): Promise<Reply> {
    const current = token === `refresh-${this.generation}`;
    const retry = token === `refresh-${this.generation - 1}` && Date.now() - this.#rotatedAt < 10_000;
    if (!this.live || !(current || retry)) {
      this.live = false;
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    if (current) {
      this.generation += 1;
      this.rotations += 1;
      this.#rotatedAt = Date.now();
    }
    const body = this.#issue();
    await this.onRotated();
    return { status: 200, body };
  }

  #issue() {
    const access_token = `access-${this.#accessTokens.size}`;
    this.#accessTokens.set(access_token, Date.now() + this.accessTokenLifetime * 1000);
    const refresh_token = `refresh-${this.generation}`;
    return { access_token, refresh_token, token_type: 'Bearer', expires_in: this.accessTokenLifetime };
  }

  #profile() {
    const end = new Date(Date.now() + 85 * 86_400_000).toISOString();
    return {
      id: 'user_demo',
      email: 'demo@example.com',
      name: this.name,
      organization: this.organization,
      organizations: this.organizations,
      session: { id: 'sess_1', createdAt: new Date().toISOString(), expiresAt: end },
    };
  }
}
