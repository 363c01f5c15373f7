// What docker-compose.yml starts, started by hand: the same command with the same environment, on Postgres and Redis,
// secrets in files. Two instances, as an operator would scale it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../../src/project-root.ts';
import { type Backend, createBackend } from '../support/backends.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { introspect, logIn, refresh } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

const services = inject('backend') === 'services';

describe.runIf(services)('what docker-compose.yml starts', () => {
  let backend: Backend;
  let secrets: string;
  let first: IdentityProcess;
  let second: IdentityProcess;

  beforeAll(async () => {
    backend = await createBackend();
    secrets = await mkdtemp(join(tmpdir(), 'teamday-secrets-'));
    const inFile = async (name: string) => {
      const path = join(secrets, name.toLowerCase());
      await writeFile(path, `${backend.env[name]}\n`);
      return { [name]: '', [`${name}_FILE`]: path };
    };
    const env = {
      NODE_ENV: 'production',
      ...(await inFile('DATABASE_URL')),
      ...(await inFile('ENCRYPTION_KEY')),
      TRUSTED_PROXIES: '',
      SMTP_URL: '',
      MAIL_FROM: '',
    };
    [first, second] = await Promise.all([
      startIdentityProcess({ backend, env }),
      startIdentityProcess({ backend, env }),
    ]);
  });
  afterAll(async () => {
    await first?.stop();
    await second?.stop();
    await backend?.dispose();
    await rm(secrets, { recursive: true, force: true });
  });

  it('sets nothing that the server does not read', async () => {
    const compose = await readFile(join(projectRoot, 'docker-compose.yml'), 'utf8');
    const environment = /identity:\n[\s\S]*?environment:\n((?: {6}\S.*\n)+)/.exec(compose)?.[1] ?? '';
    const names = [...environment.matchAll(/^ {6}(\w+):/gm)].map(([, name = '']) => name.replace(/_FILE$/, ''));
    expect(names).toContain('DATABASE_URL');
    const config = await readFile(join(projectRoot, 'src/config.ts'), 'utf8');
    for (const name of names) expect(config).toContain(`read('${name}')`);
  });

  it('becomes healthy, as its HEALTHCHECK asks', async () => {
    for (const server of [first, second]) expect(await server.runCommand(['healthcheck'])).toContain('"status":"ok"');
  });

  it('is set up by the link in its log, and serves from both instances', async () => {
    const link = /\/set-up\?token=\S+/.exec(first.output)?.[0] ?? '';
    const visitor = new Visitor(first.url);
    const page = await visitor.get(link);
    const ada = { email: 'ada@acme.example', password: 'correct horse battery' };
    const done = await visitor.submit('/set-up', page, { organization: 'Acme Corp', name: 'Ada', ...ada });
    expect(done.status).toBe(303);

    const id = 'newsletter';
    const made = JSON.parse(
      await second.runCommand(['resource-servers', 'create', '--id', id, '--services', id, '--json']),
    ) as { client_secret: string };
    const authorization = `Basic ${Buffer.from(`${id}:${made.client_secret}`).toString('base64')}`;
    const organization = await organizationOf(first);
    const tokens = await logIn(first.url, { ...ada, organizationId: organization });
    expect((await introspect(second.url, authorization, tokens.refresh_token)).body.active).toBe(true);
    expect((await refresh(second.url, tokens.refresh_token)).status).toBe(200);
  });

  async function organizationOf(server: IdentityProcess): Promise<string> {
    const visitor = new Visitor(server.url);
    await visitor.signIn({ email: 'ada@acme.example', password: 'correct horse battery' });
    return /org_[A-Za-z0-9]+/.exec((await visitor.get('/settings/api-keys/new')).body)?.[0] ?? '';
  }
});
