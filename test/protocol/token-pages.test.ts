// The pages of tokens, as a browser without script uses them: lists, forms, the one page that shows a value; the page
// of leak reports; the documentation of the API.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { operations } from '../../src/api/operations.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, read } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

const MINE = '/settings/api-keys';
const RLO = '\u202e';

let identity: Identity;
let authorization: string;
let ada: TestPerson;
let browser: Visitor;

beforeAll(async () => {
  identity = await startIdentity();
  ({ authorization } = await identity.addResourceServer());
});
afterAll(() => identity?.close());
beforeEach(async () => {
  ada = await identity.addPerson();
  browser = await visitorOf(ada);
});

const theirs = (organizationId = ada.organizationId) => `/organizations/${organizationId}/tokens`;
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

async function visitorOf(person: TestPerson): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

/** The token that a page shows. */
function tokenIn({ body }: Answer): string {
  const token = /<code id="token">((?:td|otk)_[A-Za-z0-9_-]{43})<\/code>/.exec(body)?.[1];
  if (token === undefined) throw new Error('the page shows no token');
  registerSecret('token', token);
  return token;
}

const idsIn = ({ body }: Answer) => Array.from(body.matchAll(/\/(tok_[A-Za-z0-9]+)\/revoke"/g), (match) => match[1]);

async function create(fields: Record<string, string> = {}, list = MINE): Promise<string> {
  const answer = await browser.submit(`${list}/new`, await browser.get(`${list}/new`), {
    name: 'CI Pipeline',
    expires_in: '90',
    ...(list === MINE ? {} : { scope_newsletter: 'on' }),
    ...fields,
  });
  expect(answer.status).toBe(200);
  return tokenIn(answer);
}

/** Creates one; where the pages of the newest token are. */
async function createdAt(list = MINE): Promise<{ token: string; at: string }> {
  const token = await create({}, list);
  const [id] = idsIn(await browser.get(list));
  return { token, at: `${list}/${id}` };
}

describe('somebody who isn’t signed in', () => {
  it.each([MINE, `${MINE}/new?name=CI&expires_in=30`, '/organization/tokens', '/organizations/org_x/tokens'])(
    'is sent from %s to sign in, and back',
    async (path) => {
      const { status, headers } = await new Visitor(identity.url).get(path);
      expect(status).toBe(303);
      expect(headers.get('location')).toBe(`/sign-in?return_to=${encodeURIComponent(path)}`);
    },
  );

  it('finds what they typed again after the sign-in', async () => {
    const form = await browser.get(`${MINE}/new`);
    await browser.submit('/sign-out', form, {});
    const answer = await browser.submit(`${MINE}/new`, form, {
      name: 'Night job',
      expires_in: 'custom',
      custom_days: '45',
    });
    const signIn = await browser.get(answer.headers.get('location') ?? '');
    const { email, password } = ada;
    const back = await browser.submit('/sign-in', signIn, { email, password });
    const page = await browser.get(back.headers.get('location') ?? '');
    expect(page.body).toMatch(/name="name" required[^>]*value="Night job"/);
    expect(page.body).toMatch(/name="custom_days"[^>]*value="45"/);
  });
});

it.each([
  ['/settings', MINE],
  ['/settings/profile', MINE],
  ['/organization', '/organization/tokens'],
])('%s leads to %s', async (path, target) => {
  const { status, headers } = await browser.get(path);
  expect([status, headers.get('location')]).toEqual([303, target]);
});

it('the start page, the header and the footer lead to the pages', async () => {
  const { body } = await browser.get('/');
  for (const path of [MINE, '/organization/tokens', '/docs', '/openapi.json', '/credentials/revoke'])
    expect(body).toContain(`href="${path}"`);
});

describe('the form of a new token', () => {
  it('is filled in by a link, which creates nothing', async () => {
    const { body } = await browser.get(`${MINE}/new?name=Deploy%20%3Cbot%3E&expires_in=30`);
    expect(body).toContain('value="Deploy &lt;bot>"');
    expect(body).toMatch(/value="30" checked/);
    expect(idsIn(await browser.get(MINE))).toEqual([]);
  });

  it.each([
    ['name=%E2%80%AEevil', 'suggested a name'],
    [`name=${'x'.repeat(101)}`, 'suggested a name'],
    ['expires_in=366', 'suggested an expiration'],
    ['expires_in=-1', 'suggested an expiration'],
    ['expires_in=0', 'suggested an expiration'],
    ['expires_in=1e2', 'suggested an expiration'],
  ])('ignores what can’t be in ?%s, and says so', async (query, note) => {
    const { body, status } = await browser.get(`${MINE}/new?${query}`);
    expect(status).toBe(200);
    expect(body).toContain(note);
    expect(body).toMatch(/value="90" checked/);
    expect(body).toMatch(/name="name"[^>]* value autocomplete/);
  });

  it.each([
    [{ name: '' }, 'Give the token a name'],
    [{ name: `CI${RLO}` }, 'without control or direction marks'],
    [{ name: 'x'.repeat(10_000) }, 'at most 100 characters'],
    [{ expires_in: 'custom', custom_days: '366' }, 'up to 365 days'],
    [{ expires_in: 'custom', custom_days: '0' }, 'up to 365 days'],
    [{ expires_in: 'custom', custom_days: '1e309' }, 'up to 365 days'],
    [{ expires_in: 'NaN' }, 'up to 365 days'],
    [{ expires_in: '0' }, 'up to 365 days'],
    [{ organization: 'org_other' }, 'no longer a member'],
  ])('keeps what was typed when %o is wrong', async (wrong, problem) => {
    await identity.join(ada, await identity.addOrganization('Northwind'));
    const fields = {
      name: 'Kept',
      expires_in: 'custom',
      custom_days: '17',
      organization: ada.organizationId,
      ...wrong,
    };
    const answer = await browser.submit(`${MINE}/new`, await browser.get(`${MINE}/new`), fields);
    expect(answer.status).toBe(422);
    expect(answer.body).toContain(problem);
    expect(answer.body).toContain(fields.name === '' ? ' value autocomplete' : `value="${fields.name}"`);
    expect(answer.body).toContain(`value="${fields.custom_days}"`);
    expect(idsIn(await browser.get(MINE))).toEqual([]);
  });

  it('that is too old is shown again with what was typed', async () => {
    const answer = await browser.submit(`${MINE}/new`, await browser.get(`${MINE}/new`), {
      csrf: 'old',
      name: 'Kept',
      expires_in: '30',
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/open for too long.*value="Kept"/s);
  });

  it('from another site does nothing', async () => {
    const page = await browser.get(`${MINE}/new`);
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await browser.submit(`${MINE}/new`, page, { name: 'CI', expires_in: '30' }, headers);
    expect(answer.status).toBe(403);
    expect(idsIn(await browser.get(MINE))).toEqual([]);
  });

  it('shows the date of each choice, and says nothing of never', async () => {
    stopClock(new Date('2026-11-22T10:00:00Z'));
    const { body } = await browser.get(`${MINE}/new?expires_in=45`);
    vi.useRealTimers();
    for (const date of ['Nov 29, 2026', 'Dec 22, 2026', 'Feb 20, 2027', 'May 21, 2027', 'Nov 22, 2027', 'Jan 6, 2027'])
      expect(body).toContain(date);
    expect(body).not.toMatch(/name="expires_in" value="0"/);
  });
});

describe('a new token', () => {
  it('is shown once, in the answer to the form and nowhere else', async () => {
    const form = await browser.get(`${MINE}/new`);
    const send = () => browser.submit(`${MINE}/new`, form, { name: 'CI <b>Pipeline</b>', expires_in: '90' });
    const answer = await send();
    const token = tokenIn(answer);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify([...answer.headers])).not.toContain(token);
    expect(answer.body).toContain('Token shown only once!');
    const decoded = answer.body.replaceAll('&quot;', '"');
    expect(decoded).toContain(`curl -H "Authorization: Bearer ${token}" ${identity.url}/api/users/me`);
    expect(decoded).toContain(`teamday auth set-key "${token}"`);
    expect(decoded).toContain(`gh secret set TEAMDAY_API_TOKEN --body "${token}"`);
    expect(await introspect(identity.url, authorization, token)).toMatchObject({
      body: { active: true, sub: ada.id, org_id: ada.organizationId, role: 'member' },
    });

    const list = await browser.get(MINE);
    expect(list.body).not.toContain(token);
    expect(list.body).toMatch(/CI &lt;b>Pipeline&lt;\/b>.*td_\*\*\*\*[0-9a-f]{8}.*in 90 days.*Active/s);

    const again = await send(); // a reload of the answer
    expect([again.status, again.headers.get('location')]).toEqual([303, MINE]);
    const notified = await browser.get(MINE);
    expect(notified.body).toContain('had been sent before');
    expect(idsIn(notified)).toHaveLength(1);
    expect((await browser.get(MINE)).body).not.toContain('had been sent before');
  });

  it('is made once by two clicks at the same time', async () => {
    const form = await browser.get(`${MINE}/new`);
    const answers = await Promise.all(
      [1, 2].map(() => browser.submit(`${MINE}/new`, form, { name: 'Twice', expires_in: '7' })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 303]);
    for (const answer of answers) if (answer.status === 200) tokenIn(answer);
    expect(idsIn(await browser.get(MINE))).toHaveLength(1);
  });

  it('is bound to the organization that was chosen', async () => {
    const north = await identity.addOrganization('Northwind');
    await identity.join(ada, north, 'viewer');
    const token = await create({ organization: north });
    expect((await introspect(identity.url, authorization, token)).body).toMatchObject({
      org_id: north,
      role: 'viewer',
    });
    expect((await browser.get(MINE)).body).toContain('Northwind');
  });

  it('is the eleventh within an hour only when the hour is over', async () => {
    stopClock();
    try {
      for (let made = 0; made < 10; made += 1) await create();
      const form = await browser.get(`${MINE}/new`);
      const send = () => browser.submit(`${MINE}/new`, form, { name: 'Eleventh', expires_in: '7' });
      const refused = await send();
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('3600');
      expect(refused.body).toMatch(/possible in 60 minutes.*value="Eleventh"/s);
      advance(3601);
      const answer = await send(); // the same form: it has made nothing yet
      expect(answer.status).toBe(200);
      tokenIn(answer);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a token in the list', () => {
  it('says when and by what it was last used', async () => {
    const { token } = await createdAt();
    await identity.services.database.query(
      `UPDATE tokens SET last_used_at = $1, last_used_address = '203.0.113.24', last_used_user_agent = $2 WHERE person_id = $3`,
      [new Date(Date.now() - 7_200_000), `<img src=x>${RLO}curl/8`, ada.id],
    );
    const { body } = await browser.get(MINE);
    expect(body).toMatch(/2 hours ago.*203\.0\.113\.24.*&lt;img src=x>curl\/8/s);
    expect(await isActive(token)).toBe(true);
  });

  it('says that its organization was left, and can only be revoked', async () => {
    const { at } = await createdAt();
    await identity.services.database.query('DELETE FROM memberships WHERE person_id = $1', [ada.id]);
    const list = await browser.get(MINE);
    expect(list.body).toContain('you left this organization');
    expect(list.body).not.toContain(`${at}/rotate`);
    const rotation = await browser.submit(`${at}/rotate`, await browser.get(`${at}/rotate`), { grace: '0' });
    expect(rotation.status).toBe(403);
    expect((await browser.submit(`${at}/revoke`, await browser.get(`${at}/revoke`), {})).status).toBe(303);
  });
});

describe('rotation', () => {
  it('gives a new token, and the old one its grace', async () => {
    const { token: old, at } = await createdAt();
    const page = await browser.get(`${at}/rotate`);
    expect(page.body).toContain('CI Pipeline');
    const answer = await browser.submit(`${at}/rotate`, page, { grace: '3600', until_first_use: 'on' });
    expect(answer.body).toContain('or until the new one is used for the first time');
    const successor = tokenIn(answer);
    expect(await isActive(old)).toBe(true);
    expect((await browser.get(MINE)).body).toContain('Replaced: works until');
    expect((await browser.get(`${at}/rotate`)).status).toBe(409);
    expect((await browser.submit(`${at}/rotate`, page, { grace: '3600' })).status).toBe(409); // a reload
    expect(await isActive(successor)).toBe(true);
    expect(await isActive(old)).toBe(false);
  });

  it('may stop the old one at once', async () => {
    const { token: old, at } = await createdAt();
    const page = await browser.get(`${at}/rotate`);
    const answer = await browser.submit(`${at}/rotate`, page, { grace: '0' });
    expect(answer.body).toContain('The old token has stopped working');
    expect([await isActive(old), await isActive(tokenIn(answer))]).toEqual([false, true]);
    expect((await browser.submit(`${at}/rotate`, page, { grace: '0' })).status).toBe(404);
  });

  it.each(['', '60', '-1', 'NaN'])('asks again when the grace is %o', async (grace) => {
    const { token, at } = await createdAt();
    const answer = await browser.submit(`${at}/rotate`, await browser.get(`${at}/rotate`), { grace });
    expect([answer.status, await isActive(token)]).toEqual([422, true]);
  });

  it('needs the form’s own token', async () => {
    const { token, at } = await createdAt();
    const answer = await browser.submit(`${at}/rotate`, await browser.get(`${at}/rotate`), { csrf: null, grace: '0' });
    expect([answer.status, await isActive(token)]).toEqual([403, true]);
    expect(answer.body).toMatch(/value="0" checked/);
  });
});

describe('revocation', () => {
  it('asks first, naming the token, then works at once', async () => {
    const { token, at } = await createdAt();
    const page = await browser.get(`${at}/revoke`);
    expect(page.body).toMatch(/CI Pipeline.*Last used.*Never.*stops working at once/s);
    expect(await isActive(token)).toBe(true);
    const answer = await browser.submit(`${at}/revoke`, page, {});
    expect([answer.status, answer.headers.get('location')]).toEqual([303, MINE]);
    expect(await isActive(token)).toBe(false);
    const list = await browser.get(MINE);
    expect(list.body).toContain('The token was revoked');
    expect(idsIn(list)).toEqual([]);
    expect((await browser.submit(`${at}/revoke`, page, {})).status).toBe(303); // a second click
  });

  it('needs the form’s own token', async () => {
    const { token, at } = await createdAt();
    const answer = await browser.submit(`${at}/revoke`, await browser.get(`${at}/revoke`), { csrf: 'forged' });
    expect([answer.status, await isActive(token)]).toEqual([403, true]);
  });
});

it('other people’s tokens look like none at all', async () => {
  const { token, at } = await createdAt();
  const page = await browser.get(`${at}/revoke`);
  const eve = await visitorOf(await identity.addPerson({ organizationId: ada.organizationId, role: 'admin' }));
  const own = await eve.get(`${MINE}/new`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(own.body)?.[1] ?? '';
  const bare = ({ status, body }: Answer) => [
    status,
    body.replace(/<code>.*?<\/code>/g, '').replace(/value="[^"]*"/g, ''),
  ];
  for (const action of ['revoke', 'rotate']) {
    const unknown = `${MINE}/tok_unknown/${action}`;
    expect(bare(await eve.get(`${at}/${action}`))).toEqual(bare(await eve.get(unknown)));
    const fields = { csrf, grace: '0' };
    const refused = await eve.submit(`${at}/${action}`, page, fields);
    expect(refused.status).toBe(404);
    expect(bare(refused)).toEqual(bare(await eve.submit(unknown, page, fields)));
  }
  expect(await isActive(token)).toBe(true);
});

describe('organization tokens', () => {
  it('are generated with the scopes that were chosen, of which none is before', async () => {
    const form = await browser.get(`${theirs()}/new`);
    expect(form.body).not.toMatch(/type="checkbox"[^>]* checked/);
    for (const [name, description] of Object.entries(identity.config.services))
      expect(form.body).toMatch(new RegExp(`name="scope_${name}".*${description}`, 's'));
    const fields = { name: 'Newsletter Sync', expires_in: '0' };
    const refused = await browser.submit(`${theirs()}/new`, form, fields);
    expect([refused.status, refused.body]).toEqual([
      422,
      expect.stringMatching(/value="Newsletter Sync".*at least one service/s),
    ]);

    const answer = await browser.submit(`${theirs()}/new`, refused, { ...fields, scope_newsletter: 'on' });
    const token = tokenIn(answer);
    expect(answer.body).toContain(`${identity.url}/api/services/newsletter`);
    const { body } = await introspect(identity.url, authorization, token);
    expect(body).toMatchObject({ active: true, sub: ada.organizationId, scope: 'newsletter' });
    expect(body.exp).toBeUndefined();
    const list = await browser.get(theirs());
    expect(list.body).toMatch(/Newsletter Sync.*newsletter.*by Ada Lovelace.*Never.*Active/s);
  });

  it('have full access where that was chosen, whatever else was', async () => {
    const token = await create({ scope_all: 'on' }, theirs());
    expect((await introspect(identity.url, authorization, token)).body.scope).toBe('all');
  });

  it('are rotated and revoked by members', async () => {
    const { token, at } = await createdAt(theirs());
    const rotated = tokenIn(await browser.submit(`${at}/rotate`, await browser.get(`${at}/rotate`), { grace: '0' }));
    expect([await isActive(token), await isActive(rotated)]).toEqual([false, true]);
    const [id] = idsIn(await browser.get(theirs()));
    const revoke = `${theirs()}/${id}/revoke`;
    expect((await browser.submit(revoke, await browser.get(revoke), {})).status).toBe(303);
    expect(await isActive(rotated)).toBe(false);
  });

  it('are for viewers to look at only', async () => {
    const { token, at } = await createdAt(theirs());
    const viewer = await visitorOf(await identity.addPerson({ organizationId: ada.organizationId, role: 'viewer' }));
    const list = await viewer.get(theirs());
    expect(list.body).toContain('CI Pipeline');
    expect(list.body).toContain('You are a viewer here');
    expect(list.body).not.toMatch(/tokens\/[^"]*(?:new|rotate|revoke)"/);
    const form = await viewer.get('/');
    const csrf = /name="csrf" value="([^"]+)"/.exec(form.body)?.[1] ?? '';
    for (const path of [`${theirs()}/new`, `${at}/rotate`, `${at}/revoke`]) {
      expect((await viewer.get(path)).status).toBe(403);
      const fields = { csrf, form: 'x'.repeat(43), name: 'Mine', expires_in: '7', scope_all: 'on', grace: '0' };
      const refused = await viewer.submit(path, form, fields);
      expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('Only members and admins')]);
    }
    expect(await isActive(token)).toBe(true);
    expect(idsIn(await browser.get(theirs()))).toHaveLength(1);
  });

  it('of other organizations look like those of none', async () => {
    const { at } = await createdAt(theirs());
    const stranger = await visitorOf(await identity.addPerson());
    const page = await stranger.get('/');
    const bare = ({ status, body }: Answer) => [status, body.replace(/<code>.*?<\/code>/g, '')];
    for (const path of [theirs(), `${theirs()}/new`, `${at}/revoke`, `${at}/rotate`]) {
      const unknown = path.replace(ada.organizationId, 'org_unknown');
      const answer = await stranger.get(path);
      expect(answer.status).toBe(404);
      expect(bare(answer)).toEqual(bare(await stranger.get(unknown)));
      if (path !== theirs()) expect((await stranger.submit(path, page, { grace: '0' })).status).toBe(404);
    }
    expect((await stranger.get(`/organization/tokens?organization=${ada.organizationId}`)).status).toBe(404);
  });

  it('of several organizations are switched between', async () => {
    const north = await identity.addOrganization('Northwind');
    await identity.join(ada, north);
    const to = async (path: string) => (await browser.get(path)).headers.get('location');
    expect(await to('/organization/tokens')).toBe(theirs());
    expect(await to(`/organization/tokens?organization=${north}`)).toBe(theirs(north));
    expect((await browser.get(theirs(north))).body).toMatch(/<option value="[^"]+" selected[^>]*>Northwind/);
  });

  it('are nobody’s without an organization', async () => {
    await identity.services.database.query('DELETE FROM memberships WHERE person_id = $1', [ada.id]);
    expect((await browser.get('/organization/tokens')).body).toContain('not a member of any organization');
    expect((await browser.get(`${MINE}/new`)).body).toContain('not a member of any organization');
  });
});

describe('the report of leaked tokens', () => {
  const path = '/credentials/revoke';
  const report = async (tokens: string, visitor = new Visitor(identity.url)) =>
    await visitor.submit(path, await visitor.get(path), { tokens });

  it('revokes what is real, wherever in the text it is, and says the same whether or not anything was', async () => {
    const [first, second] = [await create(), await create({}, theirs())];
    const answer = await report(`TEAMDAY_TOKEN="${first}"\n- Authorization: Bearer ${second}.\nnonsense`);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('Any real credentials among them have been revoked and their owners told.');
    expect([await isActive(first), await isActive(second)]).toEqual([false, false]);
    const nothing = await report('nothing of the kind');
    const bare = ({ body }: Answer) => body.replace(/value="[^"]*"/g, '');
    expect([nothing.status, bare(nothing)]).toEqual([200, bare(answer)]);
    expect(JSON.stringify([...answer.headers])).not.toContain(first);
  });

  it.each([
    ['', 'Paste at least one token'],
    [Array.from({ length: 101 }, (_, n) => `td_${String(n).padStart(43, 'x')}`).join(' '), 'more than 100 tokens'],
  ])('wants 1 to 100 of them', async (text, problem) => {
    const answer = await report(text);
    expect([answer.status, answer.body]).toEqual([422, expect.stringContaining(problem)]);
    expect(answer.body).toContain(`>${text}</textarea>`);
  });

  it('keeps what was pasted when the form was too old', async () => {
    const visitor = new Visitor(identity.url);
    const answer = await visitor.submit(path, await visitor.get(path), { tokens: '</textarea><b>', csrf: 'old' });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('>&lt;/textarea>&lt;b>')]);
  });

  it('is counted together with the API’s', async () => {
    const post = async () =>
      await read(
        await fetch(`${identity.url}/api/credentials/revoke`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ tokens: ['x'] }),
        }),
      );
    const { points } = identity.config.settings.limits.leakReportPerAddress;
    const answers = await Promise.all(Array.from({ length: points + 1 }, post));
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    const refused = await report('kept as it is');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body).toContain('>kept as it is</textarea>');
  });
});

it('the documentation of the API has every operation, with a command for each', async () => {
  const { body, status } = await new Visitor(identity.url).get('/docs');
  expect(status).toBe(200);
  for (const { path, summary, errors } of operations) {
    expect(body).toContain(`<code>${path}</code>`);
    expect(body).toContain(summary);
    for (const description of Object.values(errors)) expect(body).toContain(description);
  }
  expect(body.match(/-example">curl /g)).toHaveLength(operations.length);
  expect(body.replaceAll('&quot;', '"')).toContain(
    `-d '{"name":"Newsletter Sync","scopes":["newsletter"],"expiresInDays":90}'`,
  );
});

it('a sign-in remembers the language of the browser, for mails', async () => {
  const localeOf = async () =>
    (await identity.services.database.query<{ locale: string }>('SELECT locale FROM people WHERE id = $1', [ada.id]))
      .rows;
  const visitor = new Visitor(identity.url);
  const czech = { 'accept-language': 'cs-CZ,cs;q=0.9' };
  const { email, password } = ada;
  await visitor.submit('/sign-in', await visitor.get('/sign-in', czech), { email, password }, czech);
  expect(await localeOf()).toEqual([{ locale: 'cs' }]);
  expect((await visitor.get(MINE, czech)).body).toContain('Osobní přístupové tokeny');
  await visitorOf(ada);
  expect(await localeOf()).toEqual([{ locale: 'en' }]);
});

describe('where tokens may live for ever', () => {
  it('“Never” is offered, and meant', async () => {
    const other = await startIdentity({
      settings: (given) => ({ ...given, personalTokens: { maxLifetimeDays: null } }),
    });
    try {
      const person = await other.addPerson();
      const visitor = new Visitor(other.url);
      await visitor.signIn(person);
      const form = await visitor.get(`${MINE}/new?expires_in=never`);
      expect(form.body).toMatch(/name="expires_in" value="0" checked/);
      const token = tokenIn(await visitor.submit(`${MINE}/new`, form, { name: 'For ever', expires_in: '0' }));
      const server = await other.addResourceServer();
      const { body } = await introspect(other.url, server.authorization, token);
      expect([body.active, body.exp]).toEqual([true, undefined]);
    } finally {
      await other.close();
    }
  });
});
