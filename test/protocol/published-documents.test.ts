// The two documents on tokens, walked through request by request, their curl lines run by real curl: only the host, the
// token and placeholders in braces are put in.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn } from '../support/oauth.ts';
import { type Platform, startPlatform } from '../support/platform.ts';

const run = promisify(execFile);

let identity: Identity;
let platform: Platform;
let ada: TestPerson;
let login: string;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson({ role: 'member' });
  login = (await logIn(identity.url, ada)).access_token;
  platform = await startPlatform(identity.url, (await identity.addResourceServer()).authorization);
});
afterAll(async () => {
  await platform?.close();
  await identity?.close();
});

/** Runs a document's command in a shell, with curl told to add the status at the end. */
async function shell(command: string, env: Record<string, string> = {}) {
  const local = command.replaceAll('https://cc.teamday.ai', platform.url);
  const quiet = `curl() { command curl --silent --write-out '\\n%{http_code}' "$@"; }\n${local}`;
  const { stdout } = await run('/bin/sh', ['-c', quiet], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  const lines = stdout.trimEnd().split('\n');
  return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) };
}

/** The management API, which is this server's own, as its requests are written in the document. */
const request = async (line: string, body?: object, credential = login) => {
  const [method = '', path = ''] = line.split(' ');
  return await shell(
    `curl -X ${method} "$BASE${path}" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" ${body === undefined ? '' : `-d '${JSON.stringify(body)}'`}`,
    { BASE: identity.url, TOKEN: credential },
  );
};

describe('organization-api-tokens', () => {
  const generated = async (body: object) =>
    (await request(`POST /api/organizations/${ada.organizationId}/tokens`, body)).body;

  it('API reference: generate, list, revoke', async () => {
    const token = await generated({ name: 'Newsletter Sync', scopes: ['newsletter'], expiresInDays: 90 });
    expect(Object.keys(token)).toEqual(['token', 'id', 'name', 'scopes', 'expiresAt']);
    const list = await request(`GET /api/organizations/${ada.organizationId}/tokens`);
    expect(Object.keys(list.body)).toEqual(['tokens', 'count']);
    expect(Object.keys(list.body.tokens[0])).toEqual([
      'id',
      'name',
      'tokenPreview',
      'scopes',
      'createdBy',
      'createdAt',
      'expiresAt',
      'lastUsedAt',
    ]);
    const revoked = await request(`POST /api/organizations/${ada.organizationId}/tokens/${token.id}/revoke`);
    expect(revoked).toEqual({ status: 200, body: { success: true } });
  });

  it('the defaults: all services, 90 days', async () => {
    const token = await generated({ name: 'Defaults' });
    expect(token.scopes).toEqual(['all']);
    const days = (Date.parse(token.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThan(90.1);
  });

  it('quick start: use the token', async () => {
    const { token } = await generated({ name: 'Signup Webhook', scopes: ['newsletter'] });
    const inline = await shell(`curl -H "Authorization: Bearer ${token}" \\
  -H "Content-Type: application/json" \\
  https://cc.teamday.ai/api/services/newsletter/subscribers`);
    expect(inline).toEqual({ status: 200, body: { organizationId: ada.organizationId, by: ada.organizationId } });
    const variable = await shell(`export TEAMDAY_ORG_TOKEN="${token}"

curl -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  https://cc.teamday.ai/api/services/newsletter/subscribers`);
    expect(variable.status).toBe(200);
  });

  it('integration examples', async () => {
    const { token } = await generated({ name: 'CRM', scopes: ['newsletter'] });
    const commands = [
      `curl -X POST https://cc.teamday.ai/api/services/newsletter/subscribers \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "email": "jane@acme.example",
    "name": "Jane Doe",
    "tags": ["website-signup"]
  }'`,
      `curl -X POST https://cc.teamday.ai/api/services/newsletter/subscribers/import \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "csv": "email,name,tags\\njane@acme.example,Jane Doe,vip;beta\\njohn@acme.example,John Smith,beta"
  }'`,
      `curl -X POST https://cc.teamday.ai/api/services/newsletter/test/send \\
  -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "to": "jane@acme.example",
    "subject": "Test from TeamDay Newsletter",
    "html": "<h1>Hello!</h1><p>Your newsletter integration is working.</p>"
  }'`,
    ];
    for (const command of commands) expect((await shell(command, { TEAMDAY_ORG_TOKEN: token })).status).toBe(200);
  });

  it('error responses', async () => {
    const { token } = await generated({ name: 'Narrow', scopes: ['newsletter'] });
    const subscribers = (service: string) =>
      `curl -H "Authorization: Bearer $TEAMDAY_ORG_TOKEN" https://cc.teamday.ai/api/services/${service}/subscribers`;
    expect(await shell(subscribers('seo'), { TEAMDAY_ORG_TOKEN: token })).toEqual({
      status: 403,
      body: {
        statusCode: 403,
        message: "Token does not have access to the 'seo' service. Required scope: 'seo' or 'all'.",
      },
    });
    expect(await shell(subscribers('newsletter'), { TEAMDAY_ORG_TOKEN: `${token.slice(0, -1)}x` })).toEqual({
      status: 401,
      body: { statusCode: 401, message: 'Unauthorized. Invalid or expired organization token' },
    });
    const stranger = await identity.addPerson();
    expect(await request(`GET /api/organizations/${stranger.organizationId}/tokens`)).toEqual({
      status: 403,
      body: { statusCode: 403, message: 'Not a member of this organization' },
    });
  });
});

describe('personal-access-tokens', () => {
  const created = async (name: string) =>
    (await request('POST /api/users/me/tokens', { name, expiresInDays: 90 })).body;

  it('quick start: use the token', async () => {
    const { token } = await created('CI Pipeline');
    const inline = await shell(`curl -H "Authorization: Bearer ${token}" \\
     https://cc.teamday.ai/api/v1/agents`);
    expect(inline).toEqual({ status: 200, body: { organizationId: ada.organizationId, by: ada.id } });
    const variable = await shell(`export TEAMDAY_TOKEN="${token}"

curl -H "Authorization: Bearer $TEAMDAY_TOKEN" \\
     https://cc.teamday.ai/api/v1/agents`);
    expect(variable.status).toBe(200);
  });

  it('GitHub Actions and GitLab CI: execute an agent', async () => {
    const { token } = await created('Deploy');
    const github = await shell(
      `curl -X POST https://cc.teamday.ai/api/v1/agents/char_deploy_bot/execute \\
            -H "Authorization: Bearer $TEAMDAY_TOKEN" \\
            -H "Content-Type: application/json" \\
            -d '{
              "message": "Deploy commit 1a2b3c4 to production",
              "spaceId": "space_production",
              "stream": false
            }'`,
      { TEAMDAY_TOKEN: token },
    );
    expect(github.status).toBe(200);
    const gitlab = await shell(
      `curl -X POST https://cc.teamday.ai/api/v1/agents/$AGENT_ID/execute \\
        -H "Authorization: Bearer \${TEAMDAY_TOKEN}" \\
        -H "Content-Type: application/json" \\
        -d "{\\"message\\": \\"Deploy \${CI_COMMIT_SHA}\\"}"`,
      { TEAMDAY_TOKEN: token, AGENT_ID: 'char_deploy_bot', CI_COMMIT_SHA: '1a2b3c4' },
    );
    expect(gitlab.status).toBe(200);
  });

  it('what people see: name, creation, last use, expiry, and never the token', async () => {
    const { token, id } = await created('Seen');
    await shell(`curl -A agent/1.0 -H "Authorization: Bearer ${token}" https://cc.teamday.ai/api/v1/agents`);
    await identity.services.background.usage.flush();
    const { body } = await request('GET /api/users/me/tokens');
    const shown = body.tokens.find((one: { id: string }) => one.id === id);
    expect(shown).toMatchObject({ name: 'Seen', lastUsedAt: expect.any(String), createdAt: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain(token);
  });

  it('revoking: all requests with it are unauthorized', async () => {
    const { token, id } = await created('Gone');
    expect((await request(`POST /api/users/me/tokens/${id}/revoke`)).status).toBe(200);
    const used = await shell(`curl -H "Authorization: Bearer ${token}" https://cc.teamday.ai/api/v1/agents`);
    expect(used.status).toBe(401);
  });

  it('has the role that its person has now', async () => {
    const { token } = await created('Role');
    const { body } = await request('GET /api/users/me', undefined, token);
    expect(body.organization.role).toBe('member');
    await identity.services.database.query("UPDATE memberships SET role = 'viewer' WHERE person_id = $1", [ada.id]);
    const later = await request('GET /api/users/me', undefined, token);
    expect(later.body.organization.role).toBe('viewer');
    await identity.services.database.query("UPDATE memberships SET role = 'member' WHERE person_id = $1", [ada.id]);
  });
});
