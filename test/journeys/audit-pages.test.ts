// The audit log as an admin meets it in a browser: found by keyboard, searched, paged, exported; seen in light and dark and
// on a narrow screen.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrive, flawsOf, launchBrowser, openTab, signIn, textOf } from '../support/browser.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn, postForm, read } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let browser: Browser;
let admin: TestPerson;
let member: TestPerson;
let leaked: { id: string; token: string };

const EVIL = '<img src=x onerror=alert(1)> "Deploy" \u{1f680} Žluťoučký';

beforeAll(async () => {
  [identity, browser] = await Promise.all([startIdentity(), launchBrowser()]);
  admin = await identity.addPerson({ role: 'admin' });
  member = await identity.addPerson({ organizationId: admin.organizationId, name: 'Grace Hopper' });
  const { access_token: login } = await logIn(identity.url, member);
  const created = await fetch(`${identity.url}/api/users/me/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${login}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: EVIL }),
  });
  leaked = (await read(created)).body;
  const { authorization } = await identity.addResourceServer();
  for (const address of ['203.0.113.7', '2001:db8::7']) {
    const use = {
      service: 'newsletter',
      method: 'POST',
      route: '/api/services/newsletter/subscribers',
      remote_address: address,
    };
    await postForm(`${identity.url}/oauth/introspect`, { token: leaked.token, ...use }, { authorization });
  }
  await postForm(`${identity.url}/oauth/introspect`, { token: leaked.token }, { authorization });
  await identity.services.background.usage.flush();
});
afterAll(async () => {
  await browser?.close();
  await identity?.close();
});

const home = () => `${identity.url}/organizations/${admin.organizationId}/audit`;

async function open(person: TestPerson, address: string): Promise<Page> {
  const page = await openTab(browser);
  await page.goto(address);
  await signIn(page, person);
  return page;
}

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element === null ? '' : ((element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent);
    });
    if (focused === name) return;
  }
  throw new Error(`${name} was not reached`);
}

describe('an admin', () => {
  it('finds by keyboard alone what a token was used for', async () => {
    const page = await open(admin, `${identity.url}/organization/audit`);
    await arrive(page, 'Audit Log');
    expect(await textOf(page)).toContain('Member added');
    expect(await flawsOf(page)).toEqual([]);

    await tabTo(page, 'Token');
    await page.keyboard.type(leaked.id);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What it was used for' }).waitFor();
    const text = await textOf(page);
    expect(text).toContain(EVIL);
    expect(text).toContain('Grace Hopper');
    expect(text).toMatch(/newsletter\s+POST \/api\/services\/newsletter\/subscribers\s+203\.0\.113\.7\s+1\s+first /);
    expect(text).toContain('not told');
    expect(text).toContain('Token created');
    expect(new URL(page.url()).searchParams.get('token')).toBe(leaked.id);
    expect(await flawsOf(page)).toEqual([]);

    await page.getByRole('link', { name: /^ses_/ }).first().click();
    await page.getByRole('heading', { name: 'This sign-in' }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
  });

  it('exports what they see', async () => {
    const page = await open(admin, `${home()}?action=token.created`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('audit.csv');
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('token.created,success');
  });

  it('goes through the pages, and back', async () => {
    const { database, clock } = identity.services;
    await database.query(
      `INSERT INTO audit_records (at, action, organization_id, target, details)
       SELECT $1, 'token.rotated', $2, 'token:tok_bulk', json_build_object('n', n) FROM generate_series(1, 60) AS n`,
      [clock.now(), admin.organizationId],
    );
    const page = await open(admin, `${home()}?token=tok_bulk`);
    expect(await textOf(page)).toContain('The organization has never had a token of this id.');
    expect(await page.locator('tbody tr').count()).toBe(50);
    await page.getByRole('link', { name: 'Older records' }).click();
    await page.getByRole('link', { name: 'Newest records' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(10);
    expect(await flawsOf(page)).toEqual([]);
    await page.goBack();
    expect(await page.locator('tbody tr').count()).toBe(50);
  });

  it('is told that some records belong to a person', async () => {
    const text = 'Browser sign-ins and failed ones belong to a person: search for the person, too.';
    const page = await open(admin, `${home()}?action=sign_in.failed`);
    expect(await textOf(page)).toContain(text);
    expect(await flawsOf(page)).toEqual([]);
    await page.goto(`${home()}?action=sign_in.failed&user=${member.id}`);
    expect(await textOf(page)).toContain('There are no records like that.');
    expect(await textOf(page)).not.toContain(text);
  });

  it('is told what can’t be searched for', async () => {
    const page = await open(admin, `${home()}?token=td_secret`);
    expect(await textOf(page)).toContain('A token is searched for by its id, which begins with tok_.');
    expect(await page.getByLabel('Token').inputValue()).toBe('td_secret');
    expect(await flawsOf(page)).toEqual([]);
  });
});

it('others are told that it is for admins, or that there is nothing', async () => {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(member);
  for (const path of ['audit', 'audit/export']) {
    const own = await visitor.get(`/organizations/${admin.organizationId}/${path}`);
    expect([own.status, own.body.includes('Only admins of the organization')]).toEqual([403, true]);
    expect((await visitor.get(`/organizations/${await identity.addOrganization()}/${path}`)).status).toBe(404);
  }
  const boss = new Visitor(identity.url);
  await boss.signIn(admin);
  const path = `/organizations/${admin.organizationId}/audit/export`;
  expect((await boss.get(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await boss.get(`${path}?format=xml`)).status).toBe(400);
});

it('speaks Czech', async () => {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(admin);
  const { body } = await visitor.get(`/organizations/${admin.organizationId}/audit?token=${leaked.id}`, {
    'accept-language': 'cs',
  });
  for (const text of ['Token vytvořen', 'K čemu byl použit', 'Exportovat jako CSV', 'nesděleno'])
    expect(body).toContain(text);
});
