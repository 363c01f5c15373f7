// Sessions and the password as people meet them: in a real browser, by keyboard alone and without JavaScript; each page
// seen in light and dark, on a narrow screen and in Czech.
import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertCliSession } from '../../src/sessions/session-store.ts';
import {
  arrive,
  describeLooks,
  flawsOf,
  launchBrowser,
  openProfile,
  signIn,
  tabTo,
  textOf,
} from '../support/browser.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

const MINE = '/settings/sessions';
const EVIL_NAME = '<img src=x onerror=alert(1)>\u202e & "Co"';

let identity: Identity;
let browser: Browser;
let authorization: string;

beforeAll(async () => {
  [identity, browser] = await Promise.all([startIdentity(), launchBrowser()]);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  await browser?.close();
  await identity?.close();
});

const theirs = ({ organizationId }: TestPerson) => `/organizations/${organizationId}/sessions`;
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

describe('a person', () => {
  it('sees where they are signed in and ends one, by keyboard alone', async () => {
    const ada = await identity.addPerson();
    const [one, two] = [await logIn(identity.url, ada), await logIn(identity.url, ada)];
    const page = await tabOf(ada, '/settings/api-keys');
    await tabTo(page.getByRole('link', { name: 'Sessions' }).first());
    await page.keyboard.press('Enter');
    await arrive(page, 'Sessions');
    expect(await rows(page).count()).toBe(5); // this browser, two command lines, and the browsers that let these in
    expect(await rows(page).first().innerText()).toMatch(/on Linux\n.*This browser/s);
    expect(await rows(page).nth(1).innerText()).toMatch(/ada-laptop\nTeamDay CLI\nLinux x64.*just now\n127\.0\.0\.1/s);

    await tabTo(page.getByRole('link', { name: 'End ada-laptop' }).first()); // the newest
    await page.keyboard.press('Enter');
    await arrive(page, 'End this session?');
    expect(await page.getByRole('main').innerText()).toMatch(/ada-laptop.*That command line is signed out at once/s);
    await tabTo(page.getByRole('button', { name: 'End session' }));
    await page.keyboard.press('Enter');
    await page.getByText('Sessions ended: 1.').waitFor();
    expect(await rows(page).count()).toBe(4);
    expect([await isActive(one.access_token), await isActive(two.access_token)]).toEqual([true, false]);
  });

  it('signs out everywhere else, and then here', async () => {
    const ada = await identity.addPerson();
    const login = await logIn(identity.url, ada);
    const other = await tabOf(ada, MINE);
    const page = await tabOf(ada, MINE);
    await follow(page, 'Sign out everywhere else');
    await arrive(page, 'Sign out everywhere else?');
    await press(page, 'Sign out everywhere else');
    await page.getByText('Sessions ended: 3.').waitFor();
    expect(await rows(page).count()).toBe(1);
    expect(await page.getByRole('link', { name: 'Sign out everywhere else' }).count()).toBe(0);
    expect(await isActive(login.access_token)).toBe(false);
    await other.reload();
    await arrive(other, 'Sign in to TeamDay');

    await rows(page).getByRole('link', { name: 'Sign out' }).click();
    await arrive(page, 'End this session?');
    await page.getByText('you will be signed out here').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await arrive(page, 'One sign-in for TeamDay');
    expect(await cookieOf(page)).toBeUndefined();
  });

  it('changes the password without JavaScript, and is not signed out', async () => {
    const ada = await identity.addPerson();
    const other = await tabOf(ada, MINE);
    const page = await tabOf(ada, MINE, { javaScriptEnabled: false });
    await follow(page, 'Password');
    await arrive(page, 'Password');
    const next = `new ${ada.password}`;
    await change(page, 'not the current one', next);
    await page.getByText('This is not your current password.').waitFor();
    await change(page, ada.password, next);
    await page.getByText('Your password was changed').waitFor();
    await follow(page, 'Review your tokens');
    await arrive(page, 'API Keys');
    await other.reload();
    await signIn(other, { email: ada.email, password: ada.password });
    await other.getByText('don’t match').waitFor();
    await signIn(other, { email: ada.email, password: next });
    await arrive(other, 'Sessions');
  });
});

describe('an admin', () => {
  it('ends all of a person, and all of the organization when its name is typed, by keyboard alone', async () => {
    const admin = await identity.addPerson({ role: 'admin', name: 'Grace Hopper' });
    const ada = await identity.addPerson({ organizationId: admin.organizationId });
    const own = await logIn(identity.url, admin);
    const logins = [await logIn(identity.url, ada), await logIn(identity.url, ada)];
    const page = await tabOf(admin, theirs(admin));
    expect(await rows(page).count()).toBe(3);
    await tabTo(page.getByLabel('Person'));
    await page.keyboard.type('Ada');
    await tabTo(page.getByRole('button', { name: 'Show' }));
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'End all of Ada Lovelace' }).waitFor();
    expect(await rows(page).count()).toBe(2);
    await tabTo(page.getByRole('link', { name: 'End all of Ada Lovelace' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'End all sessions of this person?');
    await tabTo(page.getByRole('button', { name: 'End all sessions' }));
    await page.keyboard.press('Enter');
    await page.getByText('Sessions ended: 2.').waitFor();
    for (const { access_token: token } of logins) expect(await isActive(token)).toBe(false);
    expect(await isActive(own.access_token)).toBe(true);

    await tabTo(page.getByRole('link', { name: 'End all sessions' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'End all sessions of the organization?');
    await page.keyboard.type('acme'); // the cursor is there
    await page.keyboard.press('Enter');
    await page.getByText('Nothing was ended.').first().waitFor();
    expect(await isActive(own.access_token)).toBe(true);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Acme Corp');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody is signed in for this organization').waitFor();
    expect(await textOf(page)).toContain('Sessions ended: 1.');
    expect(await isActive(own.access_token)).toBe(false);
  });

  it('finds older ones on further pages, and what has ended meanwhile on none', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    await addSessions(admin, 60);
    const page = await tabOf(admin, theirs(admin));
    await page.getByText('Showing 50 of 60, newest first.').waitFor();
    const ending = await rows(page).first().getByRole('link').getAttribute('href');
    await follow(page, 'Show older ones');
    await page.getByText('Showing 10 of 60').waitFor();
    await follow(page, 'Back to the newest');
    await page.getByText('Showing 50 of 60').waitFor();
    const other = await tabOf(admin, ending ?? '');
    await press(other, 'End session');
    await other.getByText('Sessions ended: 1.').waitFor();
    await rows(page).first().getByRole('link').click();
    await arrive(page, 'This session is not here any more');
    await follow(page, 'Back to the sessions');
    await page.getByText('Showing 50 of 59').waitFor();
  });

  it('is who may see them', async () => {
    const ada = await identity.addPerson();
    const page = await tabOf(ada, theirs(ada));
    await page.getByText('Only admins of the organization can see this page.').waitFor();
    await page.goto(`${identity.url}/organizations/org_unknown/sessions`);
    await arrive(page, 'There is nothing at this address');
  });
});

describeLooks('nothing is wrong, in light and dark and on 360 px, with', () => {
  let admin: TestPerson;
  let ids: readonly string[];

  beforeAll(async () => {
    const organizationId = await identity.addOrganization(EVIL_NAME);
    admin = await identity.addPerson({ role: 'admin', organizationId, name: EVIL_NAME });
    await identity.join(admin, await identity.addOrganization('Northwind'), 'admin');
    await identity.addPerson({ organizationId });
    ids = await addSessions(admin, 3, { name: `${'x'.repeat(90)}${EVIL_NAME}`, system: 'y'.repeat(100) });
  });

  const at = (path: string, options?: BrowserContextOptions) =>
    tabOf(admin, path.replace(':id', ids[0] ?? ''), options);
  const end = 'End this session?';

  it.each<[page: string, heading: string, go: () => Promise<Page>]>([
    ['one’s own', 'Sessions', () => at(MINE)],
    ['one’s own, one only', 'Sessions', async () => tabOf(await identity.addPerson(), MINE)],
    ['the end of one', end, () => at(`${MINE}/:id/end`)],
    ['the end of all others', 'Sign out everywhere else?', () => at(`${MINE}/end-others`)],
    ['one that isn’t there', 'This session is not here', () => at(`${MINE}/ses_unknown/end`)],
    ['the organization’s', 'Sessions', () => at(theirs(admin))],
    [
      'a long list',
      'Sessions',
      async () => {
        const person = await identity.addPerson({ role: 'admin' });
        await addSessions(person, 51);
        return await tabOf(person, theirs(person));
      },
    ],
    ['a person’s', 'Sessions', () => at(`${theirs(admin)}?user=${admin.id}`)],
    ['nobody’s', 'Sessions', () => at(`${theirs(admin)}?user=user_unknown`)],
    ['the end of a person’s', 'End all sessions of', () => at(`${theirs(admin)}/end-all?user=${admin.id}`)],
    ['the end of all', 'End all sessions of', () => at(`${theirs(admin)}/end-all`)],
    [
      'a wrong confirmation',
      'End all sessions of',
      async () => {
        const page = await at(`${theirs(admin)}/end-all`);
        await page.getByLabel('Name of the organization').fill('x');
        await press(page, 'End all sessions');
        await page.getByText('Nothing was ended.').first().waitFor();
        return page;
      },
    ],
    ['the password', 'Password', () => at('/settings/password')],
    [
      'a refused password',
      'Password',
      async () => {
        const page = await at('/settings/password');
        await change(page, 'not the current one', 'correct horse battery');
        await page.getByText('This is not your current password.').waitFor();
        return page;
      },
    ],
    ['one’s own in Czech', 'Přihlášení', () => at(MINE, { locale: 'cs-CZ' })],
    ['the end of all in Czech', 'Ukončit všechna', () => at(`${theirs(admin)}/end-all`, { locale: 'cs-CZ' })],
    ['the password in Czech', 'Heslo', () => at('/settings/password', { locale: 'cs-CZ' })],
  ])('%s', async (_, heading, go) => {
    const page = await go();
    await arrive(page, heading);
    expect(await flawsOf(page)).toEqual([]);
    expect(await textOf(page)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });
});

/** A tab of somebody who has signed in already, at this path. */
async function tabOf(person: TestPerson, path: string, options?: BrowserContextOptions): Promise<Page> {
  const visitor = new Visitor(identity.url);
  const userAgent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36';
  const { email, password } = person;
  const signedIn = await visitor.submit(
    '/sign-in',
    await visitor.get('/sign-in'),
    { email, password },
    { 'user-agent': userAgent },
  );
  expect(signedIn.status).toBe(303);
  const profile = await openProfile(browser, options);
  const value = visitor.cookie('teamday_session') ?? '';
  await profile.addCookies([{ name: 'teamday_session', value, url: identity.url }]);
  const page = await profile.newPage();
  await page.goto(identity.url + path);
  return page;
}

async function cookieOf(page: Page): Promise<string | undefined> {
  return (await page.context().cookies()).find(({ name }) => name === 'teamday_session')?.value;
}

async function change(page: Page, current: string, next: string): Promise<void> {
  registerSecret('password', next);
  await page.getByLabel('Current password').fill(current);
  await page.getByLabel('New password').fill(next);
  await press(page, 'Change password');
}

async function follow(page: Page, link: string): Promise<void> {
  await page.getByRole('link', { name: link, exact: true }).first().click();
}

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Those of the list. */
function rows(page: Page): Locator {
  return page.locator('.tokens tbody tr');
}

/** CLI logins of a person, one a minute, the newest first. */
async function addSessions(person: TestPerson, count: number, told = { name: 'build-agent', system: 'Linux x64' }) {
  const { database, clock } = identity.services;
  const device = { ...told, address: '203.0.113.24', userAgent: undefined };
  const { id: personId, organizationId } = person;
  const made = Array.from({ length: count }, () => `ses_${randomBytes(8).toString('hex')}`);
  for (const [index, id] of made.entries()) {
    const createdAt = new Date(clock.now().getTime() - index * 60_000);
    const session = { id, personId, organizationId, clientId: 'teamday-cli', scope: 'tasks:create', device };
    const times = { authenticatedAt: createdAt, expiresAt: new Date(createdAt.getTime() + 86_400_000) };
    await insertCliSession(database, { ...session, ...times, refreshId: randomBytes(16) }, createdAt);
  }
  return made;
}
