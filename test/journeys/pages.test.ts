// The pages as people meet them: seen in light and dark, on a narrow screen, by keyboard alone, clicked in haste, and
// made to show what strangers wrote. With UPDATE_SCREENSHOTS=1 the README's pictures are taken anew.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  arrive,
  describeLooks,
  flawsOf,
  launchBrowser,
  openProfile,
  openTab,
  press,
  signIn,
  textOf,
} from '../support/browser.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { startLogin } from '../support/oauth.ts';
import { until } from '../support/until.ts';

const EVIL_NAME = '<b>Eve</b> & "Co" <script>alert(1)</script>';
const LONG_NAME =
  'Gesellschaft-fuer-aussergewoehnlich-lange-und-ungebrochene-Organisationsnamen-mit-beschraenkter-Haftung';

let identity: Identity;
let browser: Browser;
let ada: TestPerson;
let eve: TestPerson;

beforeAll(async () => {
  [identity, browser] = await Promise.all([startIdentity(), launchBrowser()]);
  const organizationId = await identity.addOrganization('Acme Corp');
  ada = await identity.addPerson({ organizationId, role: 'admin', email: 'ada@acme.example' });
  eve = await identity.addPerson({ organizationId, name: EVIL_NAME });
  await identity.join(eve, await identity.addOrganization(LONG_NAME), 'viewer');
});
afterAll(async () => {
  await browser?.close();
  await identity?.close();
});

describeLooks('nothing is wrong, in light and dark and on 360 px, with', () => {
  const open = (path: string) => async (page: Page) => void (await page.goto(identity.url + path));
  const signedInAs = async (page: Page, person: TestPerson) => {
    await page.goto(`${identity.url}/sign-in`);
    await signIn(page, person);
    await arrive(page, 'Hello,');
  };
  const asked = async (page: Page, person: TestPerson, decision?: 'Authorize' | 'Cancel') => {
    await signedInAs(page, person);
    await askedBy(page, 'ada-laptop');
    if (decision !== undefined) await press(page, decision);
  };

  it.each<[page: string, heading: string, go: (page: Page) => Promise<void>]>([
    ['the start page', 'One sign-in for TeamDay', open('/')],
    ['the start page of somebody', 'Hello, Ada Lovelace', (page) => signedInAs(page, ada)],
    ['the start page of somebody with long names', 'Hello, <b>Eve</b>', (page) => signedInAs(page, eve)],
    ['the sign-in', 'Sign in to TeamDay', open('/sign-in')],
    [
      'the refused sign-in',
      'Sign in to TeamDay',
      async (page) => {
        await open('/sign-in')(page);
        await signIn(page, { ...ada, password: 'forgotten' });
        await page.getByRole('alert').waitFor();
      },
    ],
    ['the question for a code', 'Connect your terminal', open('/cli-auth')],
    ['the refused code', 'Connect your terminal', open('/cli-auth?code=AEIOU')],
    ['the approval', 'Authorize TeamDay CLI', (page) => asked(page, ada)],
    ['the approval with a choice of organizations', 'Authorize TeamDay CLI', (page) => asked(page, eve)],
    ['the success', '✓ Authorization successful!', (page) => asked(page, ada, 'Authorize')],
    ['the cancellation', 'Authorization cancelled', (page) => asked(page, ada, 'Cancel')],
    ['a set-up link that is no longer good', 'This set-up link', open('/set-up?token=used')],
    ['an address where nothing is', 'There is nothing at this address', open('/nothing')],
  ])('%s', async (_, heading, go) => {
    const page = await openTab(browser);
    await go(page);
    await arrive(page, heading);
    expect(await flawsOf(page)).toEqual([]);
  });

  it('the sign-in in Czech', async () => {
    const page = await openTab(browser, { locale: 'cs-CZ' });
    await page.goto(`${identity.url}/sign-in`);
    await arrive(page, 'Přihlášení');
    expect(await page.locator('html').getAttribute('lang')).toBe('cs');
    expect(await flawsOf(page)).toEqual([]);
  });
});

it('the keyboard alone is enough to sign in and to authorize', async () => {
  const page = await openTab(browser);
  const { user_code: code } = await startLogin(identity.url);
  await page.goto(`${identity.url}/cli-auth?code=${code}`);
  await arrive(page, 'Sign in to TeamDay');
  expect(await focused(page)).toBe('Email');
  await page.keyboard.type(ada.email);
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Password');
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');

  await arrive(page, 'Authorize TeamDay CLI');
  const reached: string[] = [];
  while (reached.at(-1) !== 'Authorize' && reached.length < 12) {
    await page.keyboard.press('Tab');
    reached.push(await focused(page));
    const outline = await page.locator(':focus').evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(outline).toBe('solid');
  }
  expect(reached).toEqual(['Skip to content', 'TeamDay', 'Not you? Sign out', 'Authorize']);
  await page.keyboard.press('Enter');
  await arrive(page, '✓ Authorization successful!');
});

it('a second click, while the first is still being answered, sends nothing more', async () => {
  const page = await openTab(browser);
  const { user_code: code } = await startLogin(identity.url);
  await page.goto(`${identity.url}/cli-auth?code=${code}`);
  await signIn(page, ada);
  await arrive(page, 'Authorize TeamDay CLI');
  const posts: string[] = [];
  await page.route('**/cli-auth', async (route) => {
    posts.push(route.request().method());
    await setTimeout(500);
    await route.continue();
  });
  await page.getByRole('button', { name: 'Authorize' }).hover();
  for (const pause of [200, 0]) {
    await page.mouse.down();
    await page.mouse.up();
    await setTimeout(pause);
  }
  await arrive(page, '✓ Authorization successful!');
  expect(posts).toEqual(['POST']);
});

it('what strangers call themselves is shown as text, in its own direction, and does nothing', async () => {
  const page = await openTab(browser);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`${identity.url}/sign-in`);
  await signIn(page, eve);
  await arrive(page, `Hello, ${EVIL_NAME}`);
  await askedBy(page, '\u202e<img src=x onerror=alert(2)>\u2066"\u200f&amp;');

  const text = await textOf(page);
  expect(text).toContain('<img src=x onerror=alert(2)>"&amp; · Linux x64 · 127.0.0.1 · just now');
  expect(text).toContain(EVIL_NAME);
  expect(text).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(await page.locator('img, b, main script').count()).toBe(0);
  expect(dialogs).toEqual([]);
});

it('somebody else’s account is left with one click, and the code is still there', async () => {
  const page = await openTab(browser);
  await page.goto(`${identity.url}/sign-in`);
  await signIn(page, eve);
  await arrive(page, 'Hello,');
  await askedBy(page, 'ada-laptop');
  await page.getByRole('button', { name: 'Not you? Sign out' }).click();
  await signIn(page, ada);
  await arrive(page, 'Authorize TeamDay CLI');
  expect(await textOf(page)).toContain(ada.email);
});

it('a page left open in one tab while another person signs in cannot decide for them', async () => {
  const profile = await openProfile(browser);
  const [old, other] = [await profile.newPage(), await profile.newPage()];
  await old.goto(`${identity.url}/sign-in`);
  await signIn(old, ada);
  await arrive(old, 'Hello,');
  await askedBy(old, 'ada-laptop');
  await other.goto(identity.url);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.goto(`${identity.url}/sign-in`);
  await signIn(other, eve);
  await arrive(other, 'Hello,');

  await press(old, 'Authorize');
  await until(
    'the page to show who is signed in now',
    async () => (await textOf(old)).includes(eve.email) || undefined,
  );
  await arrive(old, 'Authorize TeamDay CLI');
});

if (process.env['UPDATE_SCREENSHOTS'] === '1') {
  it('the README’s pictures are taken', async () => {
    const folder = resolve(import.meta.dirname, '../../docs/screenshots');
    await mkdir(folder, { recursive: true });
    const page = await openTab(browser, { viewport: { width: 860, height: 720 }, deviceScaleFactor: 2 });
    const shoot = (name: string) =>
      page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' });
    await page.goto(`${identity.url}/cli-auth`);
    await shoot('code');
    await page.goto(`${identity.url}/sign-in?return_to=/cli-auth`);
    await shoot('sign-in');
    await signIn(page, ada);
    await arrive(page, 'Connect your terminal');
    await askedBy(page, 'ada-laptop');
    await shoot('approve');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('approve-dark');
    await page.emulateMedia({ colorScheme: null });
    await press(page, 'Authorize');
    await arrive(page, '✓ Authorization successful!');
    await shoot('success');
  });
}

/** A terminal of that name asks, and its page is opened. */
async function askedBy(page: Page, deviceName: string): Promise<void> {
  const { user_code: code } = await startLogin(identity.url, { device_name: deviceName });
  await page.goto(`${identity.url}/cli-auth?code=${code}`);
  await arrive(page, 'Authorize TeamDay CLI');
}

/** The label or the text of what has the focus. */
async function focused(page: Page): Promise<string> {
  return await page.locator(':focus').evaluate((element: HTMLElement | HTMLInputElement) => {
    const label = 'labels' in element ? element.labels?.[0] : undefined;
    return (label ?? element).innerText;
  });
}
