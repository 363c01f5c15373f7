// Who may do what: every operation of /api by every kind of caller. The golden table is docs/authorization.md; run with
// UPDATE_GOLDEN=1 to write it anew, and read the difference before committing it.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/api/operation.ts';
import { operations } from '../../src/api/operations.ts';
import { after, DAY } from '../../src/clock.ts';
import { newId } from '../../src/digest.ts';
import { projectRoot } from '../../src/project-root.ts';
import { insertCliSession } from '../../src/sessions/session-store.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn, revoke } from '../support/oauth.ts';

const GOLDEN = join(projectRoot, 'docs/authorization.md');
const ACTOR = { credential: 'test' };

/** The callers, in the table's order: their Authorization header, and whose tokens they reach for. */
interface Caller {
  readonly title: string;
  readonly authorization: string;
  /** For each call another, where one call may revoke it. */
  readonly renewed?: () => Promise<string>;
  /** Whose personal tokens {id} is of. */
  readonly own: TestPerson;
}

let identity: Identity;
let callers: readonly Caller[];
let admin: TestPerson;
let elsewhere: string;
let serial = 0;

beforeAll(async () => {
  const unlimited = { points: 100_000, seconds: 1 };
  identity = await startIdentity({
    settings: (settings) => ({
      ...settings,
      limits: {
        ...settings.limits,
        tokenCreationPerPerson: unlimited,
        leakReportPerAddress: unlimited,
        invitationPerOrganization: unlimited,
      },
    }),
  });
  admin = await identity.addPerson({ role: 'admin' });
  const { organizationId } = admin;
  const member = await identity.addPerson({ organizationId, role: 'member' });
  const viewer = await identity.addPerson({ organizationId, role: 'viewer' });
  const stranger = await identity.addPerson({ role: 'admin' });
  elsewhere = stranger.organizationId;

  const login = async (person: TestPerson) => `Bearer ${(await logIn(identity.url, person)).access_token}`;
  const ended = await logIn(identity.url, admin);
  await revoke(identity.url, ended.refresh_token);
  const newPat = async () => `Bearer ${(await newToken('personal', admin)).secret.reveal()}`;
  const expired = await newToken('personal', admin);
  const revoked = await newToken('personal', admin);
  const organization = await newToken('organization', admin);
  await identity.services.database.query('UPDATE tokens SET expires_at = $2 WHERE id = $1', [
    expired.id,
    after(identity.services.clock.now(), -DAY),
  ]);
  const by = { personId: admin.id, sessionId: undefined };
  await identity.services.tokens.revoke({ kind: 'personal', personId: admin.id }, revoked.id, by, ACTOR);

  callers = [
    { title: 'anonymous', authorization: '', own: admin },
    { title: "another organization's admin", authorization: await login(stranger), own: admin },
    { title: 'viewer', authorization: await login(viewer), own: viewer },
    { title: 'member', authorization: await login(member), own: member },
    { title: 'admin', authorization: await login(admin), own: admin },
    { title: "admin's personal token", authorization: '', renewed: newPat, own: admin },
    { title: 'organization token', authorization: `Bearer ${organization.secret.reveal()}`, own: admin },
    { title: 'expired token', authorization: `Bearer ${expired.secret.reveal()}`, own: admin },
    { title: 'revoked token', authorization: `Bearer ${revoked.secret.reveal()}`, own: admin },
    { title: 'ended login', authorization: `Bearer ${ended.access_token}`, own: admin },
  ];
});
afterAll(() => identity?.close());

async function newToken(kind: 'personal' | 'organization', person: TestPerson) {
  const common = {
    name: 'Table',
    expiresInDays: 90,
    organizationId: person.organizationId,
    by: { personId: person.id, sessionId: undefined },
  };
  const request = kind === 'personal' ? { kind, ...common } : { kind, ...common, scopes: ['all'] };
  const created = await identity.services.tokens.create(request, ACTOR);
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  return created.token;
}

/** A CLI login, without its tokens. */
async function newSession({ id: personId, organizationId }: TestPerson) {
  const now = identity.services.clock.now();
  const id = newId('ses_');
  const device = { name: undefined, system: undefined, address: '203.0.113.24', userAgent: undefined };
  const session = { id, personId, organizationId, clientId: 'teamday-cli', scope: 'tasks:create', device };
  const times = { authenticatedAt: now, expiresAt: after(now, DAY) };
  await insertCliSession(identity.services.database, { ...session, ...times, refreshId: randomBytes(16) }, now);
  return { id };
}

/** Somebody who can't sign in. */
async function newMember() {
  serial += 1;
  const person = { email: `member-${serial}@acme.example`, name: 'Table', role: 'member' } as const;
  const created = await identity.services.accounts.createPerson(
    { ...person, organizationId: admin.organizationId },
    ACTOR,
  );
  if (created.outcome !== 'created') throw new Error(created.outcome);
  return { id: created.id };
}

async function newInvitation() {
  const by = { personId: admin.id, sessionId: undefined };
  const sent = await identity.services.invitations.send(admin.organizationId, newInvited(), by, ACTOR);
  if (sent.outcome !== 'sent') throw new Error(sent.outcome);
  return { id: sent.invitation.id };
}

function newInvited() {
  serial += 1;
  return { email: `invited-${serial}@acme.example`, role: 'member' } as const;
}

/** A body that is fine, so that what is refused is the caller. */
const bodies: Readonly<Record<string, (caller: Caller) => object>> = {
  '/api/users/me/organization': ({ own }) => ({ organizationId: own.organizationId }),
  '/api/credentials/revoke': () => ({ tokens: ['nothing'] }),
  '/api/organizations/{orgId}/credentials/revoke': () => ({ ids: ['tok_unknown'] }),
  '/api/organizations/{orgId}/sessions/revoke-all': () => ({ userId: 'user_nobody' }),
  '/api/organizations/{orgId}/members/{userId}/role': () => ({ role: 'viewer' }),
  '/api/organizations/{orgId}/invitations': newInvited,
  '/api/organizations/{orgId}/policy': () => ({
    personalTokenMaxDays: null,
    requireOrganizationTokenExpiry: false,
    signInMethods: ['password'],
  }),
  '/api/organizations/{orgId}/tokens': () => ({ name: 'Table', scopes: ['all'] }),
  '/api/users/me/tokens': () => ({ name: 'Table' }),
};

async function call({ method, path }: Operation, caller: Caller, organizationId: string): Promise<Response> {
  const authorization = (await caller.renewed?.()) ?? caller.authorization;
  const target = !/\{(?:id|userId|tokenId)\}/.test(path)
    ? { id: '' }
    : path.includes('/members/{userId}')
      ? await newMember()
      : path.includes('/invitations/{id}')
        ? await newInvitation()
        : path.includes('/sessions/{id}')
          ? await newSession(path.includes('{orgId}') ? admin : caller.own)
          : path.includes('/organizations/{orgId}/tokens')
            ? await newToken('organization', { ...admin, organizationId: admin.organizationId })
            : await newToken('personal', caller.own);
  const filled = path
    .replace('{orgId}', organizationId)
    .replace('{tokenId}', target.id)
    .replace('{userId}', target.id)
    .replace('{id}', target.id);
  return await fetch(identity.url + filled, {
    method: method.toUpperCase(),
    headers: {
      ...(authorization === '' ? {} : { authorization }),
      'content-type': 'application/json',
    },
    ...(method === 'get' ? {} : { body: JSON.stringify(bodies[path]?.(caller) ?? {}) }),
  });
}

describe('the authorization table', () => {
  it('is as docs/authorization.md says', async () => {
    const rows: string[][] = [];
    for (const operation of operations) {
      const cells: string[] = [];
      for (const caller of callers) cells.push(String((await call(operation, caller, admin.organizationId)).status));
      rows.push([`\`${operation.method.toUpperCase()} ${operation.path}\``, ...cells]);
    }
    const actual = render(rows);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, actual);
    expect(actual).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it("answers for another organization's ids exactly as for unknown ones", async () => {
    for (const operation of operations.filter(({ path }) => path.includes('{orgId}'))) {
      for (const caller of callers) {
        const [foreign, unknown] = await Promise.all([
          call(operation, { ...caller }, caller.title.startsWith('another') ? admin.organizationId : elsewhere),
          call(operation, { ...caller }, 'org_unknown'),
        ]);
        expect(`${foreign.status} ${await foreign.text()}`, `${operation.path} ${caller.title}`).toBe(
          `${unknown.status} ${await unknown.text()}`,
        );
      }
    }
  });

  it("answers for other people's token ids exactly as for unknown ones", async () => {
    const foreign = await newToken('personal', admin);
    const stranger = callers[1];
    if (stranger === undefined) throw new Error('no caller');
    for (const act of ['revoke', 'rotate']) {
      const answers = await Promise.all(
        [foreign.id, 'tok_unknown'].map(async (id) => {
          const answer = await fetch(`${identity.url}/api/users/me/tokens/${id}/${act}`, {
            method: 'POST',
            headers: { authorization: stranger.authorization, 'content-type': 'application/json' },
            body: '{}',
          });
          return `${answer.status} ${await answer.text()}`;
        }),
      );
      expect(answers[0]).toBe(answers[1]);
    }
  });
});

function render(rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [
    '# Who may do what\n\n',
    'The status that each caller gets from each operation of `/api`, on targets of their own organization (the anonymous\n',
    "caller, the other organization's admin and the tokens that don't work: on the admin's). Written and checked by\n",
    '`test/protocol/authorization-table.test.ts`.\n\n',
    line(['operation', ...callers.map(({ title }) => title)]),
    line(['---', ...callers.map(() => '---')]),
    ...rows.map(line),
  ].join('');
}
