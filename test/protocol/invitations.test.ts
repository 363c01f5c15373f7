// Invitations: sent by API and page, carried by mail, opened and accepted by whom they are for, once. That their links are
// stored and logged nowhere is what startIdentity's close() searches for.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPersonAccess } from '../../src/members/person-access.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { type JsonAnswer, logIn, read } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

let identity: Identity;
let smtp: SmtpServer;
let serial = 0;

beforeAll(async () => {
  smtp = await startSmtpServer();
  identity = await startIdentity({
    env: { SMTP_URL: smtp.url, MAIL_FROM: 'identity@acme.example' },
    settings: (settings) => ({
      ...settings,
      limits: {
        ...settings.limits,
        invitationPerOrganization: { points: 4, seconds: DAY },
        invitationPerOrganizationAndEmail: { points: 2, seconds: DAY },
      },
    }),
  });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await identity?.close();
  await smtp?.close();
});

interface Admin extends TestPerson {
  readonly bearer: string;
}

async function newAdmin(options: Parameters<Identity['addPerson']>[0] = {}): Promise<Admin> {
  const person = await identity.addPerson({ ...options, role: 'admin' });
  return { ...person, bearer: (await logIn(identity.url, person)).access_token };
}

async function call(by: Admin, path: string, body?: object): Promise<JsonAnswer> {
  return await read(
    await fetch(`${identity.url}/api/organizations/${by.organizationId}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${by.bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

function newAddress(): string {
  serial += 1;
  return `invited-${serial}@acme.example`;
}

/** Sends what waits; gives the mail that came to this address last, decoded. */
async function mailTo(email: string): Promise<string> {
  await identity.services.background.outbox.flush();
  const mail = smtp.received.findLast((each) => each.includes(`To: ${email}`));
  if (mail === undefined) throw new Error(`no mail came to ${email}`);
  return mail.includes('quoted-printable') ? unquoted(mail) : mail;
}

/** RFC 2045 §6.7 */
function unquoted(mail: string): string {
  const bytes = mail
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Invites by API; gives the invitation and the path of the link in its mail. */
async function invite(by: Admin, email = newAddress(), role = 'member') {
  const { status, body } = await call(by, '/invitations', { email, role });
  expect(status).toBe(201);
  return { id: body.id as string, email, path: await pathTo(email) };
}

async function pathTo(email: string): Promise<string> {
  const path = /http\S+(\/invitations\/\S+)/.exec(await mailTo(email))?.[1];
  if (path === undefined) throw new Error('the mail has no link');
  registerSecret('invitation', path.slice('/invitations/'.length));
  return path;
}

const details = () => ({ name: 'Grace Hopper', password: `a brand new passphrase ${serial}` });

async function signedIn(person: TestPerson): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

/** Accepts with a fresh form, whatever the page shows. */
async function accept(visitor: Visitor, path: string, fields: Record<string, string> = {}): Promise<Answer> {
  const page = await visitor.get('/credentials/revoke');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  return await visitor.submit(path, page, { ...fields, csrf });
}

async function register(path: string, more: object = {}): Promise<Answer> {
  const fields = { ...details(), ...more };
  registerSecret('password', fields.password);
  return await accept(new Visitor(identity.url), path, fields);
}

async function rolesIn({ organizationId }: TestPerson): Promise<string[]> {
  const list = await identity.services.members.list(organizationId);
  return list.map(({ email, role }) => `${email} ${role}`);
}

const INVALID = 'This invitation doesn’t work';

describe('an invitation', () => {
  it('makes an account for somebody who has none, and signs them in', async () => {
    const admin = await newAdmin({ name: 'Ada & Co', organizationId: await identity.addOrganization('Beta <b>') });
    const sent = await call(admin, '/invitations', { email: ' Grace@Acme.Example', role: 'viewer' });
    const { id } = sent.body;
    const path = await pathTo('grace@acme.example');
    expect(path).toMatch(/^\/invitations\/inv_\w{20}_[\w-]{24}$/);
    const mail = await mailTo('grace@acme.example');
    expect(mail).toContain('Ada & Co invites you (grace@acme.example) to join Beta <b> on TeamDay as viewer.');

    const visitor = new Visitor(identity.url);
    const page = await visitor.get(path);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(page.body).toContain('Join Beta &lt;b>');
    for (const text of ['Ada &amp; Co invites you', 'grace@acme.example', 'viewer', 'Create your account'])
      expect(page.body).toContain(text);
    expect(await rolesIn(admin)).toHaveLength(1);

    const answer = await visitor.submit(path, page, details());
    const list = `/organizations/${admin.organizationId}/members`;
    expect([answer.status, answer.headers.get('location')]).toEqual([303, list]);
    expect((await visitor.get(list)).body).toContain('Welcome! You belong to this organization now.');
    expect(await rolesIn(admin)).toContain('grace@acme.example viewer');
    const { rows } = await identity.services.database.query<{ action: string; credential: string }>(
      `SELECT action, credential FROM audit_records WHERE credential = $1 OR target = $2 ORDER BY id`,
      [`invitation:${id}`, `invitation:${id}`],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'invitation.created',
      'person.created',
      'invitation.accepted',
      'membership.created',
    ]);
    expect((await call(admin, '/invitations')).body).toEqual({ invitations: [], count: 0 });
    for (const again of [await register(path), await visitor.get(path)]) {
      expect([again.status, again.body.includes(INVALID)]).toEqual([404, true]);
    }
  });

  it('lets somebody with an account join, once they are signed in to it', async () => {
    const admin = await newAdmin();
    const known = await identity.addPerson();
    const { path } = await invite(admin, known.email, 'admin');
    const stranger = new Visitor(identity.url);
    const page = await stranger.get(path);
    expect(page.body).toContain(`href="/sign-in?return_to=${encodeURIComponent(path)}"`);
    expect(page.body).not.toContain('name="password"');
    expect((await register(path)).headers.get('location')).toBe(path); // by a form of one's own making

    const other = await signedIn(await identity.addPerson());
    const theirs = await other.get(path);
    expect(theirs.body).toContain('This invitation is for somebody else.');
    expect((await accept(other, path)).headers.get('location')).toBe(path);
    expect(await rolesIn(admin)).toHaveLength(1);

    const visitor = await signedIn(known);
    const answer = await visitor.submit(path, await visitor.get(path), {});
    expect(answer.headers.get('location')).toBe(`/organizations/${admin.organizationId}/members`);
    expect(await rolesIn(admin)).toContain(`${known.email} admin`);
    const twice = await accept(visitor, path); // by a second click
    expect(twice.headers.get('location')).toBe(answer.headers.get('location'));
    expect((await accept(other, path)).status).toBe(404);
  });

  it('is accepted by no form of another site, nor by one that is too old', async () => {
    const admin = await newAdmin();
    const { path } = await invite(admin);
    const visitor = new Visitor(identity.url);
    const page = await visitor.get(path);
    const foreign = await visitor.submit(path, page, details(), { origin: 'https://evil.example' });
    const old = await visitor.submit(path, page, { ...details(), csrf: 'old' });
    expect([foreign.status, old.status]).toEqual([403, 403]);
    expect(old.body).toContain('value="Grace Hopper"');
    expect(await rolesIn(admin)).toHaveLength(1);
  });

  it('asks for a name and a password that will do', async () => {
    const { path } = await invite(await newAdmin());
    const answer = await register(path, { name: ' ', password: 'short' });
    expect(answer.status).toBe(422);
    for (const text of ['Please fill this in.', 'This is too short.']) expect(answer.body).toContain(text);
  });

  it('is for whom it was sent: no other spelling of the link opens it', async () => {
    const { path } = await invite(await newAdmin());
    const visitor = new Visitor(identity.url);
    const last = path.at(-1) === 'A' ? 'B' : 'A';
    for (const wrong of [`${path.slice(0, -1)}${last}`, `${path}=`, '/invitations/x', path.replace('inv_', 'inv_0')]) {
      const { status, body } = await visitor.get(wrong);
      expect([status, body.includes(INVALID)]).toEqual([404, true]);
    }
  });
});

describe('an invitation that', () => {
  const isDead = async (path: string) => {
    const opened = await new Visitor(identity.url).get(path);
    const accepted = await register(path);
    expect([opened.status, accepted.status]).toEqual([404, 404]);
    for (const { body } of [opened, accepted]) expect(body).toContain(INVALID);
  };

  it('is 7 days old is dead; the address can be invited again', async () => {
    stopClock();
    const admin = await newAdmin();
    const { path, email } = await invite(admin);
    advance(7 * DAY);
    await isDead(path);
    const again = { ...admin, bearer: (await logIn(identity.url, admin)).access_token };
    expect((await call(again, '/invitations')).body.count).toBe(1);
    await invite(again, email);
    expect((await call(again, '/invitations')).body.count).toBe(1);
  });

  it('was withdrawn is dead', async () => {
    const admin = await newAdmin();
    const { path, id } = await invite(admin);
    expect((await call(admin, `/invitations/${id}/revoke`, {})).body).toEqual({ success: true });
    await isDead(path);
    for (const act of ['revoke', 'resend']) {
      expect((await call(admin, `/invitations/${id}/${act}`, {})).body).toEqual({
        statusCode: 404,
        message: 'Invitation not found',
      });
    }
  });

  it('was sent again is dead, and the new one isn’t', async () => {
    const admin = await newAdmin();
    const { path, id, email } = await invite(admin, newAddress(), 'viewer');
    const { status, body } = await call(admin, `/invitations/${id}/resend`, {});
    expect([status, body]).toEqual([201, expect.objectContaining({ email, role: 'viewer' })]);
    expect(body.id).not.toBe(id);
    const next = await pathTo(email);
    await isDead(path);
    expect((await register(next)).status).toBe(303);
  });

  it('was withdrawn before its mail went out sends none', async () => {
    const admin = await newAdmin();
    const email = newAddress();
    smtp.refuse(true);
    const { body } = await call(admin, '/invitations', { email });
    await identity.services.background.outbox.flush();
    smtp.refuse(false);
    await call(admin, `/invitations/${body.id}/revoke`, {});
    const { database } = identity.services;
    await database.query("UPDATE outgoing_mails SET next_attempt_at = now() - interval '1 second'");
    await expect(mailTo(email)).rejects.toThrow('no mail');
    expect((await database.query('SELECT id FROM outgoing_mails WHERE recipient = $1', [email])).count).toBe(0);
  });

  it.each<[string, (inviter: TestPerson, by: Admin) => Promise<unknown>, (inviter: TestPerson) => Promise<unknown>]>([
    [
      'was removed',
      (inviter, by) => call(by, `/members/${inviter.id}/remove`, {}),
      (inviter) => identity.join(inviter, inviter.organizationId, 'admin'),
    ],
    [
      'is no admin any more',
      (inviter, by) => call(by, `/members/${inviter.id}/role`, { role: 'member' }),
      (inviter) =>
        identity.services.database.query("UPDATE memberships SET role = 'admin' WHERE person_id = $1", [inviter.id]),
    ],
    [
      'was disabled',
      ({ email }) => createPersonAccess(identity.services.database, identity.services.clock).disable(email, {}),
      ({ email }) => createPersonAccess(identity.services.database, identity.services.clock).enable(email, {}),
    ],
  ])('was sent by somebody who %s is dead, and stays so', async (_, fall, rise) => {
    const admin = await newAdmin();
    const inviter = await newAdmin({ organizationId: admin.organizationId });
    const { path } = await invite(inviter);
    await fall(inviter, admin);
    await isDead(path);
    await rise(inviter);
    await isDead(path);
  });

  it('waits for somebody who joined otherwise doesn’t let them back in after a removal', async () => {
    const admin = await newAdmin();
    const bob = await identity.addPerson();
    const { path } = await invite(admin, bob.email);
    await identity.join(bob, admin.organizationId);
    await call(admin, `/members/${bob.id}/remove`, {});
    const visitor = await signedIn(bob);
    expect((await visitor.get(path)).status).toBe(404);
  });
});

describe('sending', () => {
  it('answers the same whether or not the address has an account, and tells of members and pending ones', async () => {
    const admin = await newAdmin();
    const shape = { id: expect.any(String), role: 'member', invitedBy: admin.id };
    const times = { createdAt: expect.any(String), expiresAt: expect.any(String) };
    for (const email of [newAddress(), (await identity.addPerson()).email]) {
      const { status, body } = await call(admin, '/invitations', { email });
      expect([status, body]).toEqual([201, { ...shape, ...times, email }]);
      expect((await call(admin, '/invitations', { email })).body.message).toBe(
        'This person is invited already: send that invitation again, or revoke it',
      );
    }
    const { status, body } = await call(admin, '/invitations', { email: admin.email });
    expect([status, body.message]).toEqual([409, 'This person is a member of the organization already']);
    for (const email of ['no address', '', 5, `${'x'.repeat(500)}@x`])
      expect((await call(admin, '/invitations', { email })).body.message).toBe('email must be an e-mail address');
  });

  it('has a limit for an organization, and one for an address', async () => {
    const admin = await newAdmin();
    const { id } = await invite(admin);
    const second = await call(admin, `/invitations/${id}/resend`, {});
    const third = await call(admin, `/invitations/${second.body.id}/resend`, {});
    expect([second.status, third.status]).toEqual([201, 429]);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(DAY - 100);
    await invite(admin);
    await invite(admin);
    expect((await call(admin, '/invitations', { email: newAddress() })).status).toBe(429);
  });

  it('is in the language of who is invited, if that is known', async () => {
    const known = await identity.addPerson();
    await identity.services.database.query("UPDATE people SET locale = 'cs' WHERE id = $1", [known.id]);
    await invite(await newAdmin(), known.email);
    expect(await mailTo(known.email)).toContain('vás (');
  });

  it('takes an admin', async () => {
    const admin = await newAdmin();
    const member = await identity.addPerson({ organizationId: admin.organizationId });
    const bearer = (await logIn(identity.url, member)).access_token;
    const answers = [
      await call({ ...member, bearer }, '/invitations'),
      await call({ ...member, bearer }, '/invitations', { email: newAddress() }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});

it('without a mail server nobody is invited in production, and elsewhere the log has no link', async () => {
  const production = { NODE_ENV: 'production', ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') };
  const other = await startIdentity({ env: production });
  try {
    const admin = await other.addPerson({ role: 'admin' });
    const by = { personId: admin.id, sessionId: undefined };
    const to = { email: newAddress(), role: 'member' } as const;
    expect(await other.services.invitations.send(admin.organizationId, to, by, {})).toEqual({ outcome: 'no_mail' });
  } finally {
    await other.close();
  }
  const lines: string[] = [];
  const shown: string[] = [];
  const { createLogMailer } = await import('../../src/mail/mailer-log.ts');
  const mailer = createLogMailer(
    (what, message) => lines.push(JSON.stringify(what), message),
    ({ text }) => shown.push(text),
  );
  await mailer.send({ to: 'a@b.example', subject: 'Invitation', text: 'the link', confidential: true });
  expect([lines.join(''), shown]).toEqual([expect.not.stringContaining('the link'), ['the link']]);
  expect(lines.at(-1)).toBe('a mail with a link was shown above, not sent (SMTP_URL is not set)');
});
