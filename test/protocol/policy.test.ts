// /api/organizations/{orgId}/policy and its page: what an organization's admins demand of new tokens, kept by API and form
// and by the transaction that makes the token.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, read } from '../support/oauth.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

const USUAL = { personalTokenMaxDays: null, requireOrganizationTokenExpiry: false, signInMethods: ['password'] };

let identity: Identity;
let admin: Caller;

interface Caller extends TestPerson {
  readonly bearer: string;
}

beforeAll(async () => {
  identity = await startIdentity({
    settings: (settings) => ({ ...settings, personalTokens: { maxLifetimeDays: 180 } }),
  });
  admin = await newAdmin();
});
afterAll(() => identity?.close());

async function newAdmin(): Promise<Caller> {
  const person = await identity.addPerson({ role: 'admin' });
  return { ...person, bearer: (await logIn(identity.url, person)).access_token };
}

async function call(by: Caller, method: string, path: string, body?: object): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${by.bearer}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await read(await fetch(`${identity.url}/api/${path}`, init));
}

const policyOf = ({ organizationId }: TestPerson) => `organizations/${organizationId}/policy`;
const change = (by: Caller, more: object) => call(by, 'PUT', policyOf(by), { ...USUAL, ...more });
const personal = (by: Caller, expiresInDays?: number) =>
  call(by, 'POST', 'users/me/tokens', { name: 'Deploy', expiresInDays });
const organizational = (by: Caller, expiresInDays?: number) =>
  call(by, 'POST', `organizations/${by.organizationId}/tokens`, { name: 'Sync', expiresInDays });

function daysOf({ body }: JsonAnswer): number | null {
  return body.expiresAt === null ? null : Math.round((Date.parse(body.expiresAt) - Date.now()) / 86_400_000);
}

describe('the policy', () => {
  it('demands nothing at first, is replaced as a whole and recorded', async () => {
    const by = await newAdmin();
    expect((await call(by, 'GET', policyOf(by))).body).toEqual(USUAL);
    const next = { ...USUAL, personalTokenMaxDays: 30, requireOrganizationTokenExpiry: true };
    expect((await change(by, next)).body).toEqual(next);
    expect((await call(by, 'GET', policyOf(by))).body).toEqual(next);
    const { rows } = await identity.services.database.query<{ details: object }>(
      `SELECT details FROM audit_records WHERE action = 'organization.policy_changed' AND organization_id = $1`,
      [by.organizationId],
    );
    expect(rows).toEqual([{ details: { ...next, signInMethods: 'password' } }]);
  });

  it.each([
    [{ personalTokenMaxDays: 0 }, /personalTokenMaxDays must be null or a whole number from 1 to 365/],
    [{ personalTokenMaxDays: 200 }, /must be at most 180, which the operator allows/],
    [{ requireOrganizationTokenExpiry: 'yes' }, /requireOrganizationTokenExpiry must be true or false/],
    [{ signInMethods: [] }, /signInMethods must be a list of at least one of: password/],
    [{ signInMethods: ['magic'] }, /signInMethods must be a list of at least one of: password/],
    [{ more: 1 }, /Unknown field: more/],
  ])('refuses %j', async (wrong, message) => {
    const { status, body } = await change(admin, wrong);
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  });

  it('is the admins’ matter', async () => {
    const person = await identity.addPerson({ organizationId: admin.organizationId });
    const member = { ...person, bearer: (await logIn(identity.url, person)).access_token };
    const answers = [await call(member, 'GET', policyOf(member)), await change(member, {})];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});

describe('tokens', () => {
  it('are made within it, and those that there are keep their end', async () => {
    const by = await newAdmin();
    const long = await personal(by, 180);
    const unlimited = await organizational(by, 0);
    await change(by, { personalTokenMaxDays: 30, requireOrganizationTokenExpiry: true });

    const refused = [await personal(by, 31), await personal(by, 90), await personal(by, 365), await personal(by, 0)];
    for (const { status, body } of refused) {
      expect([status, body.message]).toEqual([
        400,
        "The organization's policy allows at most 30 days: expiresInDays must be 1 to 30",
      ]);
    }
    expect((await organizational(by, 0)).body.message).toMatch(/at most 365 days/);
    expect(daysOf(await personal(by, 30))).toBe(30);
    expect([daysOf(await personal(by)), daysOf(await organizational(by))]).toEqual([30, 90]); // nobody said how long
    expect(daysOf(await organizational(by, 365))).toBe(365);
    const { authorization } = await identity.addResourceServer();
    for (const { body } of [long, unlimited])
      expect((await introspect(identity.url, authorization, body.token)).body.active).toBe(true);

    const rotated = await call(by, 'POST', `users/me/tokens/${long.body.id}/rotate`, {});
    expect(daysOf(rotated)).toBe(30);
    const path = `organizations/${by.organizationId}/tokens/${unlimited.body.id}/rotate`;
    expect(daysOf(await call(by, 'POST', path, {}))).toBe(365);
  });

  it('are held to the operator’s rule where that is the stricter one', async () => {
    const by = await newAdmin();
    expect(daysOf(await personal(by))).toBe(90);
    expect((await personal(by, 0)).body.message).toBe(
      'Personal access tokens must expire: expiresInDays must be 1 to 180',
    );
    expect((await personal(by, 181)).body.message).toBe('expiresInDays must be at most 180');
  });

  it('that are made while it changes are made before it, or within it', async () => {
    const by = await newAdmin();
    const [changed, ...made] = await Promise.all([
      change(by, { personalTokenMaxDays: 7 }),
      ...Array.from({ length: 6 }, () => personal(by, 90)),
    ]);
    expect(changed?.status).toBe(200);
    expect((await personal(by, 90)).status).toBe(400);
    const { rows } = await identity.services.database.query<{ late: boolean }>(
      `SELECT made.id > changed.id AS late FROM audit_records made, audit_records changed
       WHERE made.action = 'token.created' AND made.organization_id = $1
         AND changed.action = 'organization.policy_changed' AND changed.organization_id = $1`,
      [by.organizationId],
    );
    expect(rows.length).toBe(made.filter(({ status }) => status === 201).length);
  });
});

describe('the pages', () => {
  const offered = ({ body }: Answer) =>
    [...body.matchAll(/name="expires_in" value="(\w+)"/g)].map(([, value]) => value);

  it('say what is demanded, keep what was typed, and save', async () => {
    const by = await newAdmin();
    const visitor = new Visitor(identity.url);
    await visitor.signIn(by);
    const path = `/organizations/${by.organizationId}/policy`;
    const page = await visitor.get(path);
    expect(page.body).toContain('Leave it empty for the operator’s rule: 180 days.');
    for (const days of ['0', '181', 'x', '1e1', '-1']) {
      const answer = await visitor.submit(path, page, { personal_token_max_days: days, method_password: 'on' });
      expect([answer.status, answer.body.includes('Type a whole number from 1 to 180')]).toEqual([422, true]);
    }
    const none = await visitor.submit(path, page, { personal_token_max_days: '' });
    expect([none.status, none.body.includes('Choose at least one way to sign in.')]).toEqual([422, true]);
    const fields = { personal_token_max_days: ' 30 ', require_expiry: 'on', method_password: 'on' };
    expect((await visitor.submit(path, page, { ...fields, csrf: 'old' })).status).toBe(403);
    expect((await visitor.submit(path, page, fields)).headers.get('location')).toBe(path);
    const saved = await visitor.get(path);
    expect(saved.body).toContain('The policy was saved.');
    expect(saved.body).toMatch(/name="personal_token_max_days"[^>]*value="30"/);
    expect((await visitor.get(path)).body).not.toContain('The policy was saved.');

    expect(offered(await visitor.get('/settings/api-keys/new'))).toEqual(['7', '30', 'custom']);
    const tokens = `/organizations/${by.organizationId}/tokens/new`;
    expect(offered(await visitor.get(tokens))).toEqual(['7', '30', '90', '180', '365', 'custom']);
  });

  it('offer what any of one’s organizations allows, and hold to the one that is chosen', async () => {
    const by = await newAdmin();
    await change(by, { personalTokenMaxDays: 7 });
    const other = await identity.addOrganization('Other');
    await identity.join(by, other);
    const visitor = new Visitor(identity.url);
    await visitor.signIn(by);
    const path = '/settings/api-keys/new';
    const page = await visitor.get(path);
    expect(offered(page)).toEqual(['7', '30', '90', '180', 'custom']);
    const fields = { name: 'Deploy', expires_in: '30', custom_days: '' };
    const refused = await visitor.submit(path, page, { ...fields, organization: by.organizationId });
    expect([refused.status, refused.body.includes('up to 7 days')]).toEqual([422, true]);
    expect((await visitor.submit(path, page, { ...fields, organization: other })).body).toContain('Your new token');
  });
});
