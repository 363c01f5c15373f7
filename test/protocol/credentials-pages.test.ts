// The pages of an organization's credentials and of an incident, as a browser without script uses them: who may enter,
// what a form does that is too old, sent twice or made up, and what never gets into an address.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect } from '../support/oauth.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

const LATER = '2099-01-01T00:00:00Z';

let identity: Identity;
let authorization: string;
let admin: TestPerson;
let browser: Visitor;

beforeAll(async () => {
  const unlimited = { points: 100_000, seconds: 1 };
  identity = await startIdentity({
    settings: (given) => ({ ...given, limits: { ...given.limits, tokenCreationPerPerson: unlimited } }),
  });
  ({ authorization } = await identity.addResourceServer());
});
afterAll(() => identity?.close());
beforeEach(async () => {
  admin = await identity.addPerson({ role: 'admin' });
  browser = await visitorOf(admin);
});

const at = (path: string, { organizationId } = admin) => `/organizations/${organizationId}${path}`;
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

async function visitorOf(person: TestPerson): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

interface Made {
  id: string;
  value: string;
  preview: string;
}

async function make(person: TestPerson, name: string, scopes?: string[]): Promise<Made> {
  const { database, tokens } = identity.services;
  const by = { personId: person.id, sessionId: undefined };
  const request = { name, expiresInDays: 90, organizationId: person.organizationId, by };
  const created = await tokens.create(
    scopes === undefined ? { ...request, kind: 'personal' } : { ...request, kind: 'organization', scopes },
    {},
  );
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  const { id, secret } = created.token;
  registerSecretsOf(secret.reveal());
  const { rows } = await database.query<{ digest: Buffer }>('SELECT digest FROM tokens WHERE id = $1', [id]);
  const prefix = scopes === undefined ? 'td_' : 'otk_';
  return { id, value: secret.reveal(), preview: `${prefix}****${rows[0]?.digest.toString('hex', 0, 4)}` };
}

/** The incident's page at its moment, and the address of that. */
async function incident(more = ''): Promise<{ page: Answer; before: string }> {
  const { headers, status } = await browser.get(at(`/incident${more}`));
  expect(status).toBe(303);
  const address = headers.get('location') ?? '';
  return { page: await browser.get(address), before: new URL(address, identity.url).searchParams.get('before') ?? '' };
}

describe('who enters', () => {
  it.each(['/credentials', '/incident', `/incident/revoke?before=2020-01-01T00:00`])('%s are admins', async (path) => {
    const member = await visitorOf(await identity.addPerson({ organizationId: admin.organizationId }));
    const viewer = await visitorOf(await identity.addPerson({ organizationId: admin.organizationId, role: 'viewer' }));
    const stranger = await visitorOf(await identity.addPerson({ role: 'admin' }));
    for (const [visitor, status] of [
      [browser, path === '/incident' ? 303 : 200],
      [member, 403],
      [viewer, 403],
      [stranger, 404],
    ] as const)
      expect((await visitor.get(at(path))).status).toBe(status);
    const { status, headers } = await new Visitor(identity.url).get(at(path));
    expect([status, headers.get('location')]).toEqual([303, `/sign-in?return_to=${encodeURIComponent(at(path))}`]);
  });

  it('no form of anybody else does anything', async () => {
    const token = await make(admin, 'Kept');
    const list = await browser.get(at('/credentials'));
    const { page } = await incident();
    for (const [person, status] of [
      [await identity.addPerson({ organizationId: admin.organizationId }), 403],
      [await identity.addPerson({ role: 'admin' }), 404],
    ] as const) {
      const other = await visitorOf(person);
      const csrf = /name="csrf" value="([^"]+)"/.exec((await other.get('/settings/api-keys/new')).body)?.[1] ?? '';
      const send = (path: string, from: Answer, fields: Record<string, string>) =>
        other.submit(at(path), from, { ...fields, csrf });
      const answers = [
        await send('/credentials/revoke', list, { [token.id]: 'on', confirmed: 'yes' }),
        await send('/incident/find', page, { token: token.id }),
        await send('/incident/revoke', page, { before: '2099-01-01T00:00', confirm: 'Acme Corp' }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    }
    expect(await isActive(token.value)).toBe(true);
  });

  it('whoever was signed out over a form comes back to where it began', async () => {
    const list = await browser.get(at('/credentials'));
    const signedOut = new Visitor(identity.url);
    const { headers } = await signedOut.submit(at('/credentials/revoke'), list, { only: 'tok_x' });
    expect(headers.get('location')).toBe(`/sign-in?return_to=${encodeURIComponent(at('/credentials'))}`);
    expect((await browser.get(at('/credentials/revoke'))).headers.get('location')).toBe(at('/credentials'));
  });
});

describe('the overview', () => {
  it('comes in pages, each with the filter that was chosen', async () => {
    await identity.services.database.query(
      `INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, created_at)
       SELECT 'tok_' || md5(n || $1), 'personal', sha256(convert_to(n || $1, 'UTF8')), 'Token ' || n, $2, $1, $1, now()
       FROM generate_series(1, 250) n`,
      [admin.id, admin.organizationId],
    );
    const seen = new Set<string>();
    let path: string | undefined = at(`/credentials?filter=unlimited&owner=${admin.id}`);
    for (let pages = 1; path !== undefined; pages += 1) {
      const { body } = await browser.get(path);
      expect(body).toContain('Found: 250');
      for (const [, name = ''] of body.matchAll(/aria-label="Select (Token \d+)"/g)) seen.add(name);
      expect(body.includes('First page')).toBe(pages > 1);
      path = /href="([^"]+)"[^>]*>Next page/.exec(body)?.[1]?.replaceAll('&amp;', '&');
      if (path !== undefined) expect(path).toContain(`filter=unlimited&owner=${admin.id}&cursor=tok_`);
    }
    expect(seen.size).toBe(250);
    expect((await browser.get(at('/credentials?cursor=tok_unknown'))).body).toContain('That page is no longer there');
  });

  it('leaves out what can’t be asked for', async () => {
    await make(admin, 'There');
    const { status, body } = await browser.get(at("/credentials?filter=nonsense&kind=x&owner=%00'&filter=expiring"));
    expect([status, body.includes('Found: 1')]).toEqual([200, true]);
  });
});

describe('revoking several', () => {
  it('does nothing before it is confirmed, nor by a form that is too old or another site’s', async () => {
    const token = await make(admin, 'Kept');
    const list = await browser.get(at('/credentials'));
    const plan = await browser.submit(at('/credentials/revoke'), list, { [token.id]: 'on' });
    expect([plan.status, plan.body.includes('Revoke the selected credentials? (1)')]).toEqual([200, true]);
    const stale = await browser.submit(at('/credentials/revoke'), plan, { csrf: 'old' });
    expect([stale.status, stale.body.includes('open for too long')]).toEqual([403, true]);
    const foreign = await browser.submit(at('/credentials/revoke'), plan, {}, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(await isActive(token.value)).toBe(true);
    expect((await browser.submit(at('/credentials/revoke'), stale, {})).body).toContain('Revoked: 1.');
    expect(await isActive(token.value)).toBe(false);
  });

  it('says what was gone meanwhile, and nothing twice', async () => {
    const [first, second] = [await make(admin, 'First'), await make(admin, 'Second')];
    const elsewhere = await make(await identity.addPerson(), 'Elsewhere');
    const list = await browser.get(at('/credentials'));
    const fields = { [first.id]: 'on', [second.id]: 'on', [elsewhere.id]: 'on' };
    const plan = await browser.submit(at('/credentials/revoke'), list, fields);
    expect(plan.body).toContain('Not here any more, and left out: 1');
    const mine = { kind: 'personal', personId: admin.id } as const;
    await identity.services.tokens.revoke(mine, first.id, { personId: admin.id, sessionId: undefined }, {});
    const done = await browser.submit(at('/credentials/revoke'), plan, {});
    expect(done.body).toContain('Revoked: 1. Nothing accepts them any more.');
    expect(done.body).toContain('left out: 1');
    expect(done.body).toContain('Second');
    const again = await browser.submit(at('/credentials/revoke'), plan, {}); // a reload
    expect(again.body).toContain('Nothing was revoked');
    expect(await isActive(elsewhere.value)).toBe(true);
  });
});

describe('an incident', () => {
  it('begins now, is kept in its address, and can’t be in the future', async () => {
    const token = await make(admin, 'From before');
    const { page, before } = await incident(`?token=${token.id}`);
    expect(before).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(page.body).toContain('It still works.');
    expect(page.body).toContain('1 of 1 remain');
    expect(page.body).toContain(`/audit?token=${token.id}&amp;since=`);
    for (const unfit of [LATER, 'yesterday', '2026-13-01T00:00', '']) {
      const { body, status } = await browser.get(at(`/incident?before=${unfit}`));
      expect([status, body.includes('that is not in the future')]).toEqual([200, true]);
      expect((await browser.get(at(`/incident/revoke?before=${unfit}`))).headers.get('location')).toBe(at('/incident'));
    }
  });

  it('finds a token by id, preview or value, which gets into no address, page or log', async () => {
    const [token, hook] = [await make(admin, 'CI'), await make(admin, 'Hook', ['all'])];
    const elsewhere = await make(await identity.addPerson(), 'Elsewhere');
    const { page } = await incident();
    const find = async (text: string) => {
      const answer = await browser.submit(at('/incident/find'), page, { token: text });
      expect(`${answer.headers.get('location')} ${answer.body}`).not.toContain(token.value);
      return answer.headers.get('location')?.replace(/.*&token=/, '') ?? answer.status;
    };
    expect(await find(token.value)).toBe(token.id);
    expect(await find(` ${token.preview} `)).toBe(token.id);
    expect(await find(token.preview.slice(-8))).toBe(token.id);
    expect(await find(hook.preview)).toBe(hook.id);
    expect(await find(token.id)).toBe(token.id);
    for (const foreign of [elsewhere.value, elsewhere.preview, elsewhere.id, 'tok_unknown', 'td_x', '%', ''])
      expect([foreign, await find(foreign)]).toEqual([foreign, 422]);
    await identity.services.tokens.revokeAll({ kind: 'personal', personId: admin.id }, undefined, {});
    expect(await find(token.preview)).toBe(token.id);
    expect((await incident(`?token=${token.id}`)).page.body).toContain('It does not work any more.');
    expect((await browser.submit(at('/incident/find'), page, { csrf: 'old', token: token.id })).status).toBe(403);
    expect(identity.logged.join('')).not.toContain(token.value);
  });

  it('ends with all that remains revoked at once, however many, by nothing but the organization’s name', async () => {
    const { database } = identity.services;
    const token = await make(admin, 'Last');
    await database.query(
      `INSERT INTO tokens (id, kind, digest, name, organization_id, created_by, scopes, created_at)
       SELECT 'tok_' || md5(n || $1), 'organization', sha256(convert_to(n || $1, 'UTF8')), 'Token ' || n, $2, $1, '{all}', now() - interval '1 day'
       FROM generate_series(1, 501) n`,
      [admin.id, admin.organizationId],
    );
    await database.query("UPDATE tokens SET created_at = created_at - interval '1 minute' WHERE id = $1", [token.id]);
    const before = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
    const path = at('/incident/revoke');
    const page = await browser.get(`${path}?before=${encodeURIComponent(before)}`);
    expect(page.body).toContain('Revoke all that remain? (502)');
    expect(page.body).toContain('This looks at the newest 500 of 502.');
    for (const [fields, status] of [
      [{ confirm: 'acme corp' }, 422],
      [{ confirm: '' }, 422],
      [{ confirm: 'Acme Corp', csrf: 'old' }, 403],
      [{ confirm: 'Acme Corp', before: LATER }, 303],
    ] as const)
      expect((await browser.submit(path, page, fields)).status).toBe(status);
    expect(await isActive(token.value)).toBe(true);
    const later = await make({ ...admin }, 'Successor');
    await database.query("UPDATE tokens SET created_at = now() + interval '2 seconds' WHERE id = $1", [later.id]);

    expect((await browser.submit(path, page, { confirm: ' Acme Corp ' })).body).toContain('Revoked: 502.');
    expect([await isActive(token.value), await isActive(later.value)]).toEqual([false, true]);
    const { rows } = await database.query<{ targets: number }>(
      `SELECT count(DISTINCT target) AS targets FROM audit_records WHERE action = 'token.revoked' AND organization_id = $1 AND actor_id = $2`,
      [admin.organizationId, admin.id],
    );
    expect(rows[0]?.targets).toBe(502);
    const progress = (await browser.get(at(`/incident?before=${before}`))).body;
    for (const text of ['0 of 1 remain', '0 of 501 remain', '0 of 502 remain']) expect(progress).toContain(text);
    expect((await browser.submit(path, page, { confirm: 'Acme Corp' })).body).toContain('Nothing was revoked');
  });
});
