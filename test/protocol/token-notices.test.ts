// What owners are told of their tokens: that one expires, in time and once; and when it was last used, and by what.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createSmtpMailer } from '../../src/mail/mailer-smtp.ts';
import { startOutbox } from '../../src/mail/outbox.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, postForm } from '../support/oauth.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { until } from '../support/until.ts';

let identity: Identity;
let ada: TestPerson;
let authorization: string;
let smtp: SmtpServer;

beforeAll(async () => {
  identity = await startIdentity();
  ({ authorization } = await identity.addResourceServer());
  smtp = await startSmtpServer();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await smtp?.close();
  await identity?.close();
});

const ACTOR = { credential: 'test' };

async function newToken(days: number, kind: 'personal' | 'organization' = 'personal') {
  const common = {
    name: `Deploy ${days}`,
    expiresInDays: days,
    organizationId: ada.organizationId,
    by: { personId: ada.id, sessionId: undefined },
  };
  const request = kind === 'personal' ? { kind, ...common } : { kind, ...common, scopes: ['all'] };
  const created = await identity.services.tokens.create(request, ACTOR);
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  return { id: created.token.id, value: created.token.secret.reveal() };
}

/** Subjects of the mails that wait for Ada, oldest first; they are taken away. */
async function mails(): Promise<string[]> {
  const { rows } = await identity.services.database.query<{ subject: string }>(
    'WITH gone AS (DELETE FROM outgoing_mails WHERE recipient = $1 RETURNING id, subject) SELECT subject FROM gone ORDER BY id',
    [ada.email],
  );
  return rows.map(({ subject }) => subject);
}

const round = () => identity.services.background.expiryNotices.write();

describe('expiry notices', () => {
  beforeAll(async () => {
    ada = await identity.addPerson();
  });

  it('go out 30, 7 and 1 days before, once each, however many instances look', async () => {
    stopClock();
    await newToken(90);
    await round();
    expect(await mails()).toEqual([]);
    for (const [days, expected] of [
      [61, ['Your TeamDay token "Deploy 90" expires in 30 days']],
      [20, []],
      [3, ['Your TeamDay token "Deploy 90" expires in 7 days']],
      [5.5, ['Your TeamDay token "Deploy 90" expires tomorrow']],
      [2, []],
    ] as const) {
      advance(days * DAY);
      await Promise.all([round(), round(), round()]);
      expect(await mails()).toEqual(expected);
    }
  });

  it('leave out what is over when the server was away, and what was revoked or replaced', async () => {
    stopClock();
    await newToken(90);
    const revoked = await newToken(89);
    const replaced = await newToken(88);
    const by = { personId: ada.id, sessionId: undefined };
    await identity.services.tokens.revoke({ kind: 'personal', personId: ada.id }, revoked.id, by, ACTOR);
    const rotation = { graceSeconds: 100 * DAY, untilFirstUse: false };
    await identity.services.tokens.rotate(
      { kind: 'personal', personId: ada.id },
      replaced.id,
      { personId: ada.id, sessionId: undefined },
      rotation,
      ACTOR,
    );
    advance(89.5 * DAY);
    await round();
    expect(await mails()).toEqual(['Your TeamDay token "Deploy 90" expires tomorrow']);
  });

  it('say nothing of a token that was made for less time than that', async () => {
    stopClock();
    await newToken(7);
    await round();
    expect(await mails()).toEqual([]);
  });

  it('are in the language of the person', async () => {
    stopClock();
    await identity.services.database.query("UPDATE people SET locale = 'cs' WHERE id = $1", [ada.id]);
    await newToken(31);
    advance(2 * DAY);
    await round();
    expect(await mails()).toEqual(['Váš token TeamDay „Deploy 31“ vyprší za 30 dní']);
  });

  it('lead to where the token can be rotated', async () => {
    stopClock();
    await newToken(31);
    await newToken(31, 'organization');
    advance(2 * DAY);
    await round();
    const { rows } = await identity.services.database.query<{ body: string }>(
      'DELETE FROM outgoing_mails WHERE recipient = $1 RETURNING body',
      [ada.email],
    );
    const links = rows.map(({ body }) => body.match(/^ {2}http.*$/m)?.[0].trim());
    const places = ['/settings/api-keys', `/organizations/${ada.organizationId}/tokens`];
    expect(new Set(links)).toEqual(new Set(places.map((place) => `${identity.url}${place}`)));
  });

  it('are in the introspection answer too, from 30 days on', async () => {
    stopClock();
    const { value } = await newToken(60);
    const early = await introspect(identity.url, authorization, value);
    expect(early.body).not.toHaveProperty('expires_in_days');
    advance(54 * DAY);
    expect((await introspect(identity.url, authorization, value)).body).toMatchObject({
      active: true,
      expires_in_days: 6,
    });
  });
});

describe('mail', () => {
  const outboxTo = (url: string) =>
    startOutbox(
      identity.services.database,
      createSmtpMailer(url, 'identity@acme.example'),
      systemClock,
      async () => undefined,
      () => {},
    );
  const enqueue = async (subject: string) => {
    await identity.services.database.query(
      "INSERT INTO outgoing_mails (recipient, subject, body, created_at, next_attempt_at) VALUES ($1, $2, 'text', now(), now() - interval '1 second')",
      [ada.email, subject],
    );
  };

  beforeAll(async () => {
    ada = await identity.addPerson();
    await identity.services.background.outbox.stop();
  });

  it('goes out over SMTP, once, whatever the number of instances', async () => {
    for (let i = 0; i < 30; i += 1) await enqueue(`Mail ${i}`);
    const outboxes = [outboxTo(smtp.url), outboxTo(smtp.url)];
    await Promise.all(outboxes.map((outbox) => outbox.flush()));
    await Promise.all(outboxes.map((outbox) => outbox.stop()));
    expect(smtp.received.length).toBe(30);
    expect(smtp.received[0]).toContain(`To: ${ada.email}`);
    expect(new Set(smtp.received.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1])).size).toBe(30);
  });

  it('that is refused goes out later', async () => {
    smtp.received.length = 0;
    smtp.refuse(true);
    await enqueue('Later');
    const outbox = outboxTo(smtp.url);
    await outbox.flush();
    smtp.refuse(false);
    await outbox.flush();
    expect(smtp.received).toEqual([]);
    await identity.services.database.query("UPDATE outgoing_mails SET next_attempt_at = now() - interval '1 second'");
    await outbox.flush();
    await outbox.stop();
    expect(smtp.received.length).toBe(1);
  });

  it('can’t be bent by a name with line breaks', async () => {
    smtp.received.length = 0;
    await enqueue('Hello\r\nBcc: eve@evil.example');
    const outbox = outboxTo(smtp.url);
    await outbox.flush();
    await outbox.stop();
    expect(smtp.received[0]).not.toMatch(/^Bcc:/m);
  });
});

describe('last use', () => {
  const use = (token: string, more: Record<string, string>) =>
    postForm(`${identity.url}/oauth/introspect`, { token, ...more }, { authorization });
  const lastUse = async (id: string) =>
    (
      await identity.services.database.query<{ address: string | null; agent: string | null }>(
        'SELECT last_used_address AS address, last_used_user_agent AS agent FROM tokens WHERE id = $1',
        [id],
      )
    ).rows[0];

  beforeAll(async () => {
    ada = await identity.addPerson();
  });

  it('is what the service told, the latest of many', async () => {
    const token = await newToken(90);
    await Promise.all(Array.from({ length: 20 }, () => use(token.value, { remote_address: '203.0.113.1' })));
    await use(token.value, { remote_address: '2001:db8::1', user_agent: 'deploy/2.0' });
    await identity.services.background.usage.flush();
    expect(await lastUse(token.id)).toMatchObject({ address: '2001:db8::1', agent: 'deploy/2.0' });
  });

  it('is written in the background, at most once a minute', async () => {
    stopClock();
    const [token, other] = [await newToken(90), await newToken(90)];
    const written = ({ id }: { id: string }, agent: string) =>
      until(`"${agent}" to be written`, async () => ((await lastUse(id))?.agent === agent ? true : undefined));
    await use(token.value, { user_agent: 'first' });
    await written(token, 'first');
    advance(10);
    await use(token.value, { user_agent: 'second' });
    await use(other.value, { user_agent: 'other' });
    await written(other, 'other'); // a round that passed
    expect((await lastUse(token.id))?.agent).toBe('first');
    advance(61);
    await written(token, 'second');
  });

  it('takes no nonsense', async () => {
    const token = await newToken(90);
    await use(token.value, { remote_address: '<script>', user_agent: `a\u202e${'x'.repeat(1_000)}` });
    await identity.services.background.usage.flush();
    const seen = await lastUse(token.id);
    expect(seen?.address).toBeNull();
    expect(seen?.agent?.length).toBeLessThanOrEqual(256);
    expect(seen?.agent).not.toContain('\u202e');
  });
});
