// Two services that added @teamday/resource-server, as real processes beside the real server, called by the curl lines of
// the published documents: only the host, the token and what the documents leave to their reader are put in.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleService, startExample } from '../support/example-service.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { type JsonAnswer, logIn, read, type TokenResponse } from '../support/oauth.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const ada = { email: 'ada@acme.example', password: 'analytical engine', organizationId: 'org_acme' };
const vera = { email: 'vera@acme.example', password: 'looks but never touches', organizationId: 'org_acme' };

let identity: IdentityProcess;
let newsletter: ExampleService;
let agents: ExampleService;
let login: TokenResponse;
const secrets = new Map<string, string>();

beforeAll(async () => {
  identity = await startIdentityProcess({
    settings: (given) => ({
      ...given,
      requestLimits: { ...given.requestLimits, organizationToken: { points: 12, seconds: 3600 } },
    }),
    async before(command) {
      await command(['organizations', 'create', '--id', 'org_acme', '--name', 'Acme Corp']);
      for (const [{ email, password }, role] of [
        [ada, 'member'],
        [vera, 'viewer'],
      ] as const) {
        const person = ['--email', email, '--name', 'Somebody', '--organization', 'org_acme', '--role', role];
        await command(['users', 'create', ...person, '--password-stdin'], password);
      }
      for (const id of ['newsletter', 'agents']) {
        const registration = ['--id', id, '--services', id, '--rate-limit', '--inactive-reason'];
        const printed = await command(['resource-servers', 'create', ...registration, '--json']);
        secrets.set(id, (JSON.parse(printed) as { client_secret: string }).client_secret);
      }
    },
  });
  login = await logIn(identity.url, ada);
  const env = (id: string) => ({
    TEAMDAY_ISSUER: identity.url,
    TEAMDAY_CLIENT_ID: id,
    TEAMDAY_CLIENT_SECRET: secrets.get(id) ?? '',
  });
  [newsletter, agents] = await Promise.all([
    startExample('newsletter', env('newsletter')),
    startExample('agents', env('agents')),
  ]);
});
afterAll(async () => {
  await Promise.all([newsletter?.stop(), agents?.stop()]);
  await identity?.stop();
});

/** Runs a document's command in a shell, with curl told to add the status at the end. */
async function shell(command: string, token: string) {
  const home = /\/api\/v1\//.test(command) ? agents : newsletter;
  const local = command.replaceAll('https://cc.teamday.ai', home.url);
  const telling = `curl() { command curl --silent --write-out '\\n%{http_code}' "$@"; }\n${local}`;
  const env = { PATH: process.env['PATH'] ?? '', TEAMDAY_ORG_TOKEN: token, TEAMDAY_TOKEN: token };
  const { stdout } = await run('/bin/sh', ['-c', telling], { env });
  const lines = stdout.trimEnd().split('\n');
  return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) };
}

async function api(path: string, body: object = {}): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${login.access_token}`, 'content-type': 'application/json' };
  return await read(await fetch(`${identity.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

const organizationToken = async (scopes: string[]) =>
  (await api('/api/organizations/org_acme/tokens', { name: 'Newsletter Sync', scopes })).body;

const LIST = `curl -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  https://cc.teamday.ai/api/services/newsletter/subscribers`;
const ADD = `curl -X POST https://cc.teamday.ai/api/services/newsletter/subscribers \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "email": "jane@acme.example",
    "name": "Jane Doe",
    "tags": ["website-signup"]
  }'`;
const IMPORT = `curl -X POST https://cc.teamday.ai/api/services/newsletter/subscribers/import \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "csv": "email,name,tags\\njane@acme.example,Jane Doe,vip;beta\\njohn@acme.example,John Smith,beta"
  }'`;
const SEND = `curl -X POST https://cc.teamday.ai/api/services/newsletter/test/send \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "to": "jane@acme.example",
    "subject": "Test from TeamDay Newsletter",
    "html": "<h1>Hello!</h1><p>Your newsletter integration is working.</p>"
  }'`;
const AGENTS = `curl -H "Authorization: Bearer $TEAMDAY_TOKEN" \\
     https://cc.teamday.ai/api/v1/agents`;
const EXECUTE = `curl -X POST https://cc.teamday.ai/api/v1/agents/char_deploy_bot/execute \\
            -H "Authorization: Bearer $TEAMDAY_TOKEN" \\
            -H "Content-Type: application/json" \\
            -d '{
              "message": "Deploy commit 1a2b3c4 to production",
              "spaceId": "space_production",
              "stream": false
            }'`;

const refused = (statusCode: number, message: string) => ({ status: statusCode, body: { statusCode, message } });
const FORBIDDEN = refused(403, 'You do not have permission to perform this action');
const notFor = (service: string) =>
  refused(403, `Token does not have access to the '${service}' service. Required scope: '${service}' or 'all'.`);

describe('the newsletter service, by an organization token', () => {
  const jane = { email: 'jane@acme.example', name: 'Jane Doe' };
  const john = { email: 'john@acme.example', name: 'John Smith', tags: ['beta'] };

  it('adds, imports and lists subscribers, and stops with the token', async () => {
    const { token, id } = await organizationToken(['newsletter']);
    expect(await shell(LIST, token)).toEqual({ status: 200, body: { subscribers: [], count: 0 } });
    expect(await shell(ADD, token)).toEqual({ status: 201, body: { ...jane, tags: ['website-signup'] } });
    expect(await shell(ADD, token)).toMatchObject({ status: 200 });
    expect(await shell(IMPORT, token)).toEqual({ status: 200, body: { added: 1, updated: 1, refused: [] } });
    const subscribers = [{ ...jane, tags: ['website-signup', 'vip', 'beta'] }, john];
    expect(await shell(LIST, token)).toEqual({ status: 200, body: { subscribers, count: 2 } });
    expect(await shell(SEND, token)).toMatchObject({ status: 200, body: { to: jane.email, sent: false } });
    expect(await shell(AGENTS, token)).toEqual(notFor('agents'));

    expect((await api(`/api/organizations/org_acme/tokens/${id}/revoke`)).status).toBe(200);
    expect(await shell(LIST, token)).toEqual(refused(401, 'Unauthorized. Invalid or expired organization token'));
  });

  it('says what is wrong with what it is sent', async () => {
    const { token } = await organizationToken(['newsletter']);
    const post = async (path: string, body: string, type = 'application/json') => {
      const url = `${newsletter.url}/api/services/newsletter/${path}`;
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const { status, body: answer } = await read(await fetch(url, { method: 'POST', headers, body }));
      return `${status} ${answer.message}`;
    };
    expect(await post('subscribers', '{"email":"nobody"}')).toBe('400 email must be an e-mail address');
    expect(await post('subscribers', '{"email":"a@b.c","tags":"x"}')).toMatch(/^400 tags must be a list/);
    expect(await post('subscribers', '{')).toMatch(/^400 /);
    expect(await post('subscribers', 'email=a', 'text/plain')).toMatch(/^400 The body must be a JSON object/);
    expect(await post('subscribers/import', '{"csv":"name\\nJane"}')).toMatch(/^400 csv must be CSV/);
    expect(await post('subscribers/import', '{"csv":"email\\n\\"half"}')).toMatch(/^400 csv must be CSV/);
    expect(await post('campaigns', '{}')).toBe('404 There is no POST /api/services/newsletter/campaigns');
    const mixed = { csv: 'Email,Name\r\n"quoted, and ""so""@x.example",x\r\nGOOD@acme.example,"Good, Person"\r\n' };
    const url = `${newsletter.url}/api/services/newsletter/subscribers/import`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await read(await fetch(url, { method: 'POST', headers, body: JSON.stringify(mixed) }));
    expect(answer.body).toEqual({
      added: 1,
      updated: 0,
      refused: [{ line: 2, message: 'email must be an e-mail address' }],
    });
  });

  it('is limited, and says so', async () => {
    const { token } = await organizationToken(['all']);
    const headers = { authorization: `Bearer ${token}` };
    const url = `${newsletter.url}/api/services/newsletter/subscribers`;
    let last = await fetch(url, { headers });
    expect(last.headers.get('ratelimit-remaining')).toBe('11');
    for (let calls = 1; calls <= 12; calls += 1) last = await fetch(url, { headers });
    expect([last.status, await last.json()]).toEqual([429, { statusCode: 429, message: 'Rate limit exceeded' }]);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(3000);
  });
});

describe('the agents service, by personal tokens and sign-ins', () => {
  it('lists and executes, and its owner sees where from', async () => {
    const { token, id } = (await api('/api/users/me/tokens', { name: 'CI Pipeline' })).body;
    const bot = { id: 'char_deploy_bot', name: 'Deploy Bot', visibility: 'organization', createdBy: 'teamday' };
    expect(await shell(AGENTS, token)).toEqual({ status: 200, body: { agents: [bot], count: 1 } });
    expect(await shell(AGENTS, login.access_token)).toMatchObject({ status: 200 });
    const executed = await shell(EXECUTE, token);
    expect(executed).toMatchObject({ status: 200, body: { agentId: 'char_deploy_bot', messages: [{}, {}] } });
    expect(await shell(EXECUTE.replace('char_deploy_bot', 'char_none'), token)).toEqual(
      refused(404, 'Agent not found'),
    );

    const headers = { authorization: `Bearer ${login.access_token}` };
    await until('the last use to be written', async () => {
      const { body } = await read(await fetch(`${identity.url}/api/users/me/tokens`, { headers }));
      return body.tokens.find((one: { id: string }) => one.id === id)?.lastUsedAt ?? undefined;
    });
    expect((await api(`/api/users/me/tokens/${id}/revoke`)).status).toBe(200);
    expect(await shell(AGENTS, token)).toEqual(refused(401, 'Invalid token or token expired'));
  });

  it('lets a viewer look, and keeps what is private', async () => {
    const viewer = (await logIn(identity.url, vera)).access_token;
    const create = (name: string, visibility: string) =>
      shell(
        `curl -X POST https://cc.teamday.ai/api/v1/agents -H "Authorization: Bearer $TEAMDAY_TOKEN" \\
         -H 'Content-Type: application/json' -d '{ "name": "${name}", "visibility": "${visibility}" }'`,
        login.access_token,
      );
    expect(await create('Code Reviewer', 'private')).toMatchObject({ status: 201 });
    expect(await create('Shared', 'organization')).toMatchObject({ status: 201 });
    expect(await create('Shared', 'everybody')).toMatchObject({ status: 400 });
    const namesFor = async (token: string) =>
      (await shell(AGENTS, token)).body.agents.map(({ name }: { name: string }) => name);
    expect(await namesFor(viewer)).toEqual(['Deploy Bot', 'Shared']);
    expect(await namesFor(login.access_token)).toEqual(['Deploy Bot', 'Code Reviewer', 'Shared']);
    expect(await shell(EXECUTE, viewer)).toEqual(FORBIDDEN);
  });

  it('wants a credential, and no other', async () => {
    expect(await shell('curl https://cc.teamday.ai/api/v1/agents', '')).toEqual(
      refused(401, 'No authentication token found'),
    );
    expect(await shell(AGENTS, login.refresh_token)).toEqual(refused(401, 'Invalid token or token expired'));
  });
});

it('while the identity server is away, both say so soon and serve again when it is back', async () => {
  const { token } = (await api('/api/users/me/tokens', { name: 'Patient' })).body;
  await identity.kill('SIGKILL');
  const startedAt = Date.now();
  const message = 'The service is briefly unavailable. Try again in a moment.';
  expect(await shell(AGENTS, token)).toEqual(refused(503, message));
  expect(await shell(LIST, token)).toEqual(refused(503, message));
  // Silence would take twice 1.5 s.
  expect(Date.now() - startedAt).toBeLessThan(2_900);
  expect(agents.output).toContain('@teamday/resource-server: The identity service at');
  await identity.restart();
  expect(await shell(AGENTS, token)).toMatchObject({ status: 200 });
  expect(await shell(LIST, token)).toMatchObject({ status: 200 });
  expect(agents.output + newsletter.output).not.toContain(token);
});
