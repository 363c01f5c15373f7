// An admin who has to know what acts for the organization, and to stop it: the overview, several revoked at once, and an
// incident worked off until nothing from before works any more. By keyboard alone, without JavaScript, in both themes.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { arrive, describeLooks, flawsOf, launchBrowser, openAs, textOf } from '../support/browser.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, postForm } from '../support/oauth.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';

const EVIL_NAME = '<img src=x onerror=alert(1)> & "Co"';

let identity: Identity;
let browser: Browser;
let authorization: string;
let admin: TestPerson;

beforeAll(async () => {
  const unlimited = { points: 100_000, seconds: 1 };
  [identity, browser] = await Promise.all([
    startIdentity({
      settings: (given) => ({ ...given, limits: { ...given.limits, tokenCreationPerPerson: unlimited } }),
    }),
    launchBrowser(),
  ]);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  await browser?.close();
  await identity?.close();
});
beforeEach(async () => {
  admin = await identity.addPerson({ role: 'admin', name: 'Ada Lovelace' });
});

const at = (path: string) => `/organizations/${admin.organizationId}${path}`;
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

it('a selected few are revoked by keyboard alone, after a look at what that breaks', async () => {
  const bea = await identity.addPerson({ organizationId: admin.organizationId, name: 'Bea Miller' });
  const kept = await make(bea, 'Nightly report');
  const busy = await make(bea, 'CI Pipeline');
  const quiet = await make(admin, 'Newsletter Sync', ['newsletter']);
  await use(busy, 'POST', '/api/subscribers');
  const page = await tabOf(admin, '/settings/api-keys');
  await go(page.getByRole('link', { name: 'Credentials' }));
  await arrive(page, 'Credentials');
  expect(await page.locator('.tokens tbody tr').count()).toBe(3);

  await tabTo(page.getByLabel('Show'));
  await page.keyboard.press('ArrowDown'); // never used
  await go(page.getByRole('button', { name: 'Filter' }));
  await page.getByText('Found: 2').waitFor();
  expect(await textOf(page)).not.toContain('CI Pipeline');
  await tabTo(page.getByLabel('Show'));
  await page.keyboard.press('ArrowUp');
  await go(page.getByRole('button', { name: 'Filter' }));
  await page.getByText('Found: 3').waitFor();

  await tick(page.getByLabel('Select all on this page'));
  expect(await page.locator('.tokens input:checked').count()).toBe(3);
  await tick(page.getByLabel('Select Nightly report'));
  expect(await page.getByLabel('Select all on this page').isChecked()).toBe(false);
  await tabTo(page.getByRole('button', { name: 'Revoke selected…' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await arrive(page, 'Revoke the selected credentials? (2)');
  const plan = await page.getByRole('main').innerText();
  expect(plan).toContain('In use within the last 7 days: 1.');
  expect(plan).toMatch(
    /In use\s+CI Pipeline td_\*{4}\w{8}\s+Personal · Bea Miller\s+Last use: just now · Activity\s+CI Pipeline/,
  );
  expect(plan).toMatch(/newsletter\s*Requests: 1 · just now · from 203\.0\.113\.9\s+POST \/api\/subscribers/);
  expect(plan).toMatch(/Not used within the last 7 days\s+Newsletter Sync/);
  for (const { value } of [busy, quiet]) expect(await isActive(value)).toBe(true);

  await go(page.getByRole('button', { name: 'Revoke (2)' }));
  await page.getByText('Revoked: 2. Nothing accepts them any more.').waitFor();
  expect([await isActive(busy.value), await isActive(quiet.value), await isActive(kept.value)]).toEqual([
    false,
    false,
    true,
  ]);
  await go(page.getByRole('link', { name: 'Back to the credentials' }));
  await page.getByText('Found: 1').waitFor();
});

it('one is revoked without JavaScript, and its log is a link away', async () => {
  const token = await make(await identity.addPerson({ organizationId: admin.organizationId }), 'Plain');
  const page = await tabOf(admin, at('/credentials'), { javaScriptEnabled: false });
  expect(await page.getByLabel('Select all on this page').isVisible()).toBe(false);
  expect(await page.getByRole('link', { name: 'Activity Plain' }).getAttribute('href')).toBe(
    at(`/audit?token=${token.id}`),
  );
  await page.getByRole('button', { name: 'Revoke Plain' }).click();
  await arrive(page, 'Revoke the selected credentials? (1)');
  await page.getByRole('button', { name: 'Revoke (1)' }).click();
  await page.getByText('Revoked: 1.').waitFor();
  expect(await isActive(token.value)).toBe(false);
});

it('an incident is worked off by keyboard alone until nothing from before works', async () => {
  const bea = await identity.addPerson({ organizationId: admin.organizationId, name: 'Bea Miller' });
  const leaked = await make(bea, 'CI Pipeline');
  const hook = await make(admin, 'Newsletter Sync', ['newsletter']);
  const others = [await make(admin, 'Deploy'), await make(bea, 'Report')];
  await logIn(identity.url, bea);
  const page = await tabOf(admin, at('/credentials'));
  await go(page.getByRole('link', { name: 'Something has leaked' }));
  await arrive(page, 'Incident: rotate everything');
  const address = page.url();
  expect(address).toMatch(/\?before=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ$/);
  expect(await progressOf(page)).toEqual(['1 of 1 remain', '3 of 3 remain', '1 of 1 remain']);

  await tabTo(page.getByRole('textbox', { name: 'Token' }));
  await page.keyboard.type(leaked.value); // the very thing, pasted
  await page.keyboard.press('Enter');
  await page.getByText('It still works.').waitFor();
  expect(page.url()).toBe(`${address}&token=${leaked.id}`);
  expect(await page.content()).not.toContain(leaked.value);
  await go(page.getByRole('button', { name: 'Revoke it…' }));
  await go(page.getByRole('button', { name: 'Revoke (1)' }));
  await page.getByText('Revoked: 1.').waitFor();
  expect(await isActive(leaked.value)).toBe(false);
  await go(page.getByRole('link', { name: 'Back to the incident' }));
  expect(await progressOf(page)).toEqual(['1 of 1 remain', '2 of 3 remain', '1 of 1 remain']);
  expect(page.url()).toBe(address);
  expect(await page.getByText('Bea Miller').first().isVisible()).toBe(true);

  await go(page.getByRole('link', { name: 'Rotate Newsletter Sync' }));
  await arrive(page, 'Rotate this token?');
  await tabTo(page.getByLabel('works for 24 more hours'));
  for (const _ of ['works for 1 more hour', 'stops at once']) await page.keyboard.press('ArrowUp');
  await go(page.getByRole('button', { name: 'Rotate token' }));
  await arrive(page, 'Your new token');
  registerSecretsOf(await page.locator('#token').innerText());
  expect(await isActive(hook.value)).toBe(false);
  await page.goto(address); // another admin, somewhere else: the address is all there is to it
  expect(await progressOf(page)).toEqual(['1 of 1 remain', '2 of 3 remain', '0 of 1 remain']);
  const letter = await page.getByRole('link', { name: 'Ask the owner Report' }).getAttribute('href');
  expect(letter).toMatch(
    new RegExp(`^mailto:${encodeURIComponent(bea.email)}\\?subject=Please%20replace.*&body=.*%0D%0A`),
  );
  expect(letter).toContain(encodeURIComponent(`${identity.url}/settings/api-keys/${others[1]?.id}/rotate`));

  await go(page.getByRole('link', { name: 'Revoke all that remain…' }));
  await arrive(page, 'Revoke all that remain? (2)');
  await tabTo(page.getByLabel('Type the name of the organization to confirm: Acme Corp'));
  await page.keyboard.type('Acme');
  await page.keyboard.press('Enter');
  await page.getByText('That isn’t the name of the organization. Nothing was revoked.').waitFor();
  for (const { value } of others) expect(await isActive(value)).toBe(true);
  await page.keyboard.type('Acme Corp'); // the cursor is there
  await page.keyboard.press('Enter');
  await page.getByText('Revoked: 2.').waitFor();
  for (const { value } of others) expect(await isActive(value)).toBe(false);
  await go(page.getByRole('link', { name: 'Back to the incident' }));
  expect(await progressOf(page)).toEqual(['1 of 1 remain', '0 of 3 remain', '0 of 1 remain']);
  const { rows } = await identity.services.database.query<{ count: number }>(
    `SELECT count(*) AS count FROM tokens WHERE organization_id = $1 AND revoked_at IS NULL`,
    [admin.organizationId],
  );
  expect(rows[0]?.count).toBe(1); // the successor, which was made afterwards
});

describeLooks('nothing is wrong, in light and dark and on 360 px, with', () => {
  const open = (path: string) => () => tabOf(admin, at(path));
  const furnished = (path: string) => async () => {
    await furnish();
    return await tabOf(admin, at(path));
  };

  const justNow = () => `before=${new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString()}`;
  const remaining = async () => {
    await furnish();
    return await tabOf(admin, at(`/incident/revoke?${justNow()}`));
  };

  it.each<[page: string, heading: string, go: () => Promise<Page>]>([
    ['the overview', 'Credentials', furnished('/credentials')],
    [
      'the look at what breaks',
      'Revoke the selected credentials? (6)',
      async () => {
        const page = await furnished('/credentials')();
        await page.getByLabel('Select all on this page').check();
        await page.getByRole('button', { name: 'Revoke selected…' }).click();
        return page;
      },
    ],
    [
      'nothing selected',
      'Nothing is selected',
      async () => {
        const page = await furnished('/credentials')();
        await page.getByRole('button', { name: 'Revoke selected…' }).click();
        return page;
      },
    ],
    ['the incident, with nothing left', 'Incident', open('/incident?before=2001-01-01T00:00')],
    [
      'the incident',
      'Incident',
      async () => {
        const [leaked] = await furnish();
        return await open(`/incident?token=${leaked?.id}`)();
      },
    ],
    ['an incident at no time', 'Incident', open('/incident?before=yesterday&token=tok_unknown')],
    ['all that remain', 'Revoke all', remaining],
  ])('%s', async (_, heading, go) => {
    const page = await go();
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
    expect(await page.locator('main img').count()).toBe(0);
  });

  it.each([
    ['the overview', 'Přístupové údaje', '/credentials'],
    ['the incident', 'Incident: vyměnit vše', '/incident'],
  ])('%s in Czech', async (_, heading, path) => {
    await furnish();
    const page = await tabOf(admin, at(path), { locale: 'cs-CZ' });
    await arrive(page, heading);
    expect(await page.locator('html').getAttribute('lang')).toBe('cs');
    expect(await flawsOf(page)).toEqual([]);
  });
});

interface Made {
  id: string;
  value: string;
}

async function make(person: TestPerson, name: string, scopes?: string[]): Promise<Made> {
  const { tokens } = identity.services;
  const by = { personId: person.id, sessionId: undefined };
  const request = { name, expiresInDays: 90, organizationId: person.organizationId, by };
  const created = await tokens.create(
    scopes === undefined ? { ...request, kind: 'personal' } : { ...request, kind: 'organization', scopes },
    {},
  );
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  const value = created.token.secret.reveal();
  registerSecretsOf(value);
  return { id: created.token.id, value };
}

/** A service is shown the token, and tells what for. */
async function use({ value: token }: Made, method: string, route: string): Promise<void> {
  const told = { service: 'newsletter', method, route, remote_address: '203.0.113.9', user_agent: 'curl/8.5.0' };
  await postForm(`${identity.url}/oauth/introspect`, { token, ...told }, { authorization });
  await identity.services.background.usage.flush();
}

/** Credentials in every state. */
async function furnish(): Promise<Made[]> {
  const { database } = identity.services;
  const bea = await identity.addPerson({ organizationId: admin.organizationId, name: EVIL_NAME });
  const change = async (made: Made, assignments: string) => {
    await database.query(`UPDATE tokens SET ${assignments} WHERE id = $1`, [made.id]);
    return made;
  };
  const busy = await make(bea, EVIL_NAME);
  await use(busy, 'POST', '/api/v1/subscribers');
  await use(busy, 'GET', '/api/v1/subscribers/:id');
  const made = [
    busy,
    await change(await make(bea, 'x'.repeat(100)), "expires_at = now() + interval '6 days'"),
    await change(await make(admin, 'Never used'), "created_at = now() - interval '31 days'"),
    await make(admin, 'Newsletter Sync', ['newsletter', 'agents', 'spaces']),
    await change(await make(admin, 'Unlimited', ['all']), 'expires_at = NULL'),
  ];
  const left = await identity.addPerson({ organizationId: admin.organizationId, name: 'Carl' });
  made.push(await make(left, 'Of somebody who left'));
  await logIn(identity.url, bea);
  await database.query('DELETE FROM memberships WHERE person_id = $1', [left.id]);
  return made;
}

/** A tab of somebody who has signed in already, at this path. */
function tabOf(person: TestPerson, path: string, options?: BrowserContextOptions): Promise<Page> {
  return openAs(browser, identity.url, person, path, options);
}

/** In the order of the page: logins, personal tokens, the organization's. */
async function progressOf(page: Page): Promise<string[]> {
  await arrive(page, 'Incident: rotate everything');
  return await page.locator('.progress dd span').allInnerTexts();
}

async function go(target: Locator): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press('Enter');
}

async function tick(target: Locator): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press('Space');
}

/** Presses Tab until the focus is there. */
async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  const page = target.page();
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`The keyboard doesn’t reach ${target.toString()}`);
}
