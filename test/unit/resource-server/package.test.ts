// The package as a service gets it: packed, installed without a network into an empty project, imported, type-checked.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const NAME = '@teamday/resource-server';
const ENTRIES = ['', '/express', '/fastify', '/fetch', '/hono', '/koa', '/testing'];

let folder: string;
let project: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamday-package-'));
  // A copy of what it is built from: packing builds anew, and others use what is built here.
  const source = join(folder, 'source');
  for (const part of ['src/oauth', 'src/resource-server', 'tsconfig.base.json']) {
    const isSource = (path: string) => !/\/(?:dist|node_modules)$/.test(path);
    await cp(join(root, part), join(source, part), { recursive: true, filter: isSource });
  }
  await writeFile(join(source, 'package.json'), JSON.stringify({ type: 'module' }));
  await symlink(join(root, 'node_modules'), join(source, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: join(source, 'src/resource-server') });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';

  project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'service', private: true, type: 'module' }));
  const { stdout } = await run('npm', ['install', join(folder, tarball), '--offline', '--no-audit'], { cwd: project });
  installed = stdout;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is one package, and brings no other', async () => {
  expect(installed).toContain('added 1 package');
  expect((await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['@teamday']);
  expect(await readdir(join(project, 'node_modules', NAME))).toEqual(['README.md', 'dist', 'package.json']);
});

it('has in it what it needs, and neither sources nor maps', async () => {
  const files = await readdir(join(project, 'node_modules', NAME, 'dist'), { recursive: true });
  expect(files).toContain(join('oauth', 'token-format.js'));
  expect(files.filter((name) => /\./.test(name) && !/(?:\.js|\.d\.ts)$/.test(name))).toEqual([]);
});

it('can be imported by every entry', async () => {
  const imports = ENTRIES.map((entry) => `Object.keys(await import('${NAME}${entry}')).sort()`);
  const script = `console.log(JSON.stringify([${imports.join(', ')}]))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project });
  expect(JSON.parse(stdout)).toEqual([
    ['createAuthenticator'],
    ['authenticated', 'metadata', 'principalOf'],
    ['authenticated', 'metadata', 'principalOf'],
    ['authenticated', 'metadataResponse', 'refusalResponse'],
    ['authenticated', 'metadata', 'principalOf'],
    ['authenticated', 'metadata', 'principalOf'],
    ['createFakeAuthenticator', 'organization', 'person'],
  ]);
});

it('is typed, for a service that has no types of any framework', async () => {
  const good = `
    import { createAuthenticator, type Principal } from '${NAME}';
    import { authenticated } from '${NAME}/fetch';
    import * as express from '${NAME}/express';
    import * as fastify from '${NAME}/fastify';
    import * as hono from '${NAME}/hono';
    import * as koa from '${NAME}/koa';
    import { createFakeAuthenticator, organization, person } from '${NAME}/testing';

    const authenticator = createAuthenticator({ issuer: 'https://cc.teamday.ai', clientId: 'a', clientSecret: 'b' });
    createFakeAuthenticator({ a: person({ role: 'viewer' }), b: organization(), c: 'revoked' });
    for (const adapter of [express, fastify, hono, koa]) adapter.authenticated(authenticator, { service: 'a' });
    export const handle = authenticated(authenticator, { service: 'a', roles: ['admin'] }, (_request, principal) =>
      Response.json(principal.kind === 'person' ? principal.email : principal.organizationId));
    export async function who(request: Request): Promise<Principal | number> {
      const found = await authenticator.authenticate(request, { service: 'a', scopes: ['agents:manage'] });
      return found.kind === 'refusal' ? found.status : found;
    }`;
  const options = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: [] };
  const compilerOptions = { ...options, module: 'nodenext', target: 'es2023', lib: ['es2023', 'dom'] };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await writeFile(join(project, 'service.ts'), good);
  const compile = () => run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: project });
  expect((await compile()).stdout).toBe('');

  await writeFile(join(project, 'service.ts'), good.replace("{ service: 'a', scopes", '{ scopes'));
  await expect(compile()).rejects.toMatchObject({ stdout: expect.stringContaining("Property 'service' is missing") });
});
