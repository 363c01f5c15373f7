// The pages of tokens as people meet them: tokens made, used from a terminal, rotated and revoked in a real browser, by
// keyboard alone and without JavaScript; each page seen in light and dark and on a narrow screen. With
// UPDATE_SCREENSHOTS=1 the README's pictures are taken anew.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  arrive,
  describeLooks,
  flawsOf,
  launchBrowser,
  openAs,
  openTab,
  signIn,
  tabTo,
  textOf,
} from '../support/browser.ts';
import { terminalOf } from '../support/cli.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, postForm } from '../support/oauth.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';

const MINE = '/settings/api-keys';
const EVIL_NAME = '<img src=x onerror=alert(1)> & "Co" <script>alert(2)</script>';

const run = promisify(execFile);

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

const theirs = ({ organizationId }: TestPerson) => `/organizations/${organizationId}/tokens`;

describe('a personal token', () => {
  it('is shown once, and every line beside it works as it stands', async () => {
    const ada = await identity.addPerson();
    const page = await openTab(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = async (label: string) => {
      await page.getByRole('button', { name: `Copy ${label}`, exact: true }).click();
      await page.locator('.copyable', { hasText: label }).getByText('Copied').waitFor();
      return await page.evaluate(() => navigator.clipboard.readText());
    };
    await page.goto(`${identity.url}/sign-in`);
    await signIn(page, ada);
    await arrive(page, 'Hello, Ada Lovelace');
    await follow(page, 'API Keys');
    await page.getByText('No personal access tokens yet').waitFor();
    await follow(page, '+ New Personal Access Token');
    const token = await send(page, 'CI Pipeline', 'Create Token');
    expect(await textOf(page)).toContain('Token shown only once!');

    expect(await copied('Token')).toBe(token);
    const request = await copied('In a request');
    expect(await shell(`${request} --silent --write-out '\\n%{http_code}'`)).toMatch(
      new RegExp(`"email":"${ada.email}".*\\n200$`, 's'),
    );
    expect(await shell(`${await copied('As an environment variable')}; printf %s "$TEAMDAY_API_TOKEN"`)).toBe(token);
    const cli = await terminalOf(identity.url);
    const words = (await shell(`printf '%s\\n' ${await copied('In the TeamDay CLI')}`)).split('\n');
    expect(words.splice(0, 2)).toEqual([`TEAMDAY_URL=${identity.url}`, 'teamday']);
    expect(await cli.run(...words)).toMatchObject({ code: 0, err: '' });
    const status = await cli.run('auth', 'status');
    expect(status.code).toBe(0);
    expect(status.out).toContain(
      'Method: Personal Access Token\nName: CI Pipeline\nToken: Valid (expires in 90 days)\n',
    );

    await page.reload(); // the browser sends the form again
    await arrive(page, 'API Keys');
    expect(await textOf(page)).toContain('That form had been sent before, so nothing was created now.');
    expect(await rows(page).count()).toBe(1);
    expect(await page.content()).not.toContain(token);
    expect(await statusOf(token)).toBe(200);
  });

  it('is rotated with a grace for the old one, which is then revoked on a page that names it', async () => {
    const page = await tabOf(await identity.addPerson(), MINE);
    await follow(page, '+ New Personal Access Token');
    const old = await send(page, 'CI Pipeline', 'Create Token');
    await follow(page, 'Done');
    expect(await rows(page).innerText()).toMatch(
      /^CI Pipeline\ntd_\*{4}[0-9a-f]{8}\s+\w{3} \d+, \d{4}\s+Never\s+in 90 days\n.*Active\s/s,
    );

    await follow(page, 'Rotate CI Pipeline');
    await arrive(page, 'Rotate this token?');
    expect(await page.getByLabel('works for 24 more hours').isChecked()).toBe(true);
    await page.getByLabel('works for 1 more hour').check();
    await press(page, 'Rotate token');
    const next = await shownToken(page);
    expect(await textOf(page)).toMatch(/The old token works until \w{3} \d+, \d{4}, .* UTC\./);
    expect([await statusOf(old), await statusOf(next)]).toEqual([200, 200]);

    await follow(page, 'Done');
    await arrive(page, 'API Keys');
    expect(await rows(page).count()).toBe(2);
    const replaced = rows(page).filter({ hasText: 'Replaced: works until' });
    expect(await replaced.getByRole('link', { name: 'Rotate' }).count()).toBe(0);
    await replaced.getByRole('link', { name: 'Revoke CI Pipeline' }).click();
    await arrive(page, 'Revoke this token?');
    expect(await page.getByRole('main').innerText()).toMatch(
      /CI Pipeline\s+td_\*{4}.*Whatever uses this token stops working at once/s,
    );
    expect(await statusOf(old)).toBe(200);
    await press(page, 'Revoke token');
    await page.getByText('The token was revoked. Nothing accepts it any more.').waitFor();
    expect(await rows(page).count()).toBe(1);
    expect([await statusOf(old), await statusOf(next)]).toEqual([401, 200]);
  });

  it('is suggested by a link, through the sign-in, which creates nothing', async () => {
    const page = await openTab(browser);
    await page.goto(`${identity.url}${MINE}/new?name=Deploy%20%26%20%3Cb%3Erun%3C%2Fb%3E&expires_in=30`);
    await signIn(page, await identity.addPerson());
    await arrive(page, 'New Personal Access Token');
    expect(await page.getByLabel('Name').inputValue()).toBe('Deploy & <b>run</b>');
    expect(await page.getByLabel('30 days').isChecked()).toBe(true);
    await follow(page, 'Cancel');
    await page.getByText('No personal access tokens yet').waitFor();
  });

  it('may live for any number of days, whose date is shown while it is typed', async () => {
    const page = await tabOf(await identity.addPerson(), `${MINE}/new`);
    expect(await page.getByLabel('90 days').isChecked()).toBe(true);
    await page.getByLabel('Number of days').fill('45');
    expect(await page.getByLabel('Custom').isChecked()).toBe(true);
    const date = await page.locator('output').innerText();
    await page.getByLabel('Number of days').fill('450');
    expect(await page.locator('output').innerText()).toBe('up to 365 days');
    await page.getByLabel('Number of days').fill('45');
    await send(page, 'Forty-five', 'Create Token');
    await follow(page, 'Done');
    expect(await rows(page).innerText()).toContain(`in 45 days\n${date}`);
  });

  it('is made and revoked by keyboard alone', async () => {
    const ada = await identity.addPerson();
    const page = await tabOf(ada, '/');
    await tabTo(page.getByRole('link', { name: 'API Keys' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'API Keys');
    await tabTo(page.getByRole('link', { name: '+ New Personal Access Token' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'New Personal Access Token');
    await page.keyboard.type('Night job'); // the cursor is there
    await tabTo(page.getByLabel('90 days'));
    await page.keyboard.press('ArrowUp');
    await tabTo(page.getByRole('button', { name: 'Create Token' }));
    await page.keyboard.press('Enter');
    const token = await shownToken(page);
    await tabTo(page.getByRole('link', { name: 'Done' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'API Keys');
    expect(await rows(page).innerText()).toMatch(/^Night job\n.*in 30 days/s);
    expect(await statusOf(token)).toBe(200);

    await tabTo(page.getByRole('link', { name: 'Revoke Night job' }));
    await page.keyboard.press('Enter');
    await arrive(page, 'Revoke this token?');
    await tabTo(page.getByRole('button', { name: 'Revoke token' }));
    await page.keyboard.press('Enter');
    await page.getByText('The token was revoked.').waitFor();
    expect(await statusOf(token)).toBe(401);
  });

  it('is made and revoked without JavaScript', async () => {
    const page = await tabOf(await identity.addPerson(), `${MINE}/new`, { javaScriptEnabled: false });
    const token = await send(page, 'Plain', 'Create Token');
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0);
    await follow(page, 'Done');
    await follow(page, 'Revoke Plain');
    await press(page, 'Revoke token');
    await page.getByText('The token was revoked.').waitFor();
    expect(await statusOf(token)).toBe(401);
  });

  it('that was found by somebody stops working, whatever it is pasted with', async () => {
    const page = await tabOf(await identity.addPerson(), `${MINE}/new`);
    const token = await send(page, 'Leaky', 'Create Token');
    const stranger = await openTab(browser);
    await stranger.goto(identity.url);
    await follow(stranger, 'Report a leaked token');
    await stranger.getByLabel('Tokens').fill(`# .env\nTEAMDAY_TOKEN="${token}"\n`);
    await press(stranger, 'Revoke');
    await arrive(stranger, 'Thank you.');
    expect(await stranger.content()).not.toContain(token);
    expect(await statusOf(token)).toBe(401);
  });
});

it('an organization’s token has the scopes that were ticked, and none is at first', async () => {
  const ada = await identity.addPerson();
  const page = await tabOf(ada, '/');
  await follow(page, 'Org Tokens');
  await arrive(page, 'Org Tokens');
  await follow(page, 'Generate Token');
  await arrive(page, 'New organization token');
  expect(await page.locator('[type=checkbox]:checked').count()).toBe(0);
  await page.getByLabel('Name').fill('Newsletter Sync');
  await page.getByLabel('Unlimited').check();
  await press(page, 'Generate Token');
  await page.getByText('Choose at least one service, or full access.').waitFor();
  expect(await page.getByLabel('Unlimited').isChecked()).toBe(true);

  await page.getByLabel('newsletter').check();
  await press(page, 'Generate Token');
  const token = await shownToken(page);
  const { body } = await introspect(identity.url, authorization, token);
  expect(body).toMatchObject({ active: true, sub: ada.organizationId, scope: 'newsletter' });
  await follow(page, 'Done');
  expect(await rows(page).innerText()).toMatch(/^Newsletter Sync\notk_\*{4}.*newsletter.*by Ada Lovelace.*Active/s);
  await follow(page, 'Revoke Newsletter Sync');
  await press(page, 'Revoke token');
  await page.getByText('No organization tokens yet').waitFor();
  expect((await introspect(identity.url, authorization, token)).body).toEqual({ active: false });
});

it('what strangers wrote is shown as text, in its own direction, and does nothing', async () => {
  const organizationId = await identity.addOrganization(EVIL_NAME);
  const eve = await identity.addPerson({ organizationId, name: EVIL_NAME });
  const page = await tabOf(eve, `${theirs(eve)}/new`);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.getByLabel('newsletter').check();
  const token = await send(page, EVIL_NAME, 'Generate Token');
  await postForm(
    `${identity.url}/oauth/introspect`,
    { token, remote_address: '203.0.113.24', user_agent: '\u202ecurl/<b>8</b>\u2066"\u200f' },
    { authorization },
  );
  await identity.services.background.usage.flush();
  await follow(page, 'Done');
  await rows(page).waitFor();
  const list = await textOf(page);
  expect(list).toContain(`\n${EVIL_NAME}\n`);
  expect(list).toContain(`by ${EVIL_NAME}`);
  expect(list).toContain('just now\n203.0.113.24\ncurl/<b>8</b>"\n');
  await follow(page, `Revoke ${EVIL_NAME}`);
  await arrive(page, 'Revoke this token?');
  expect(list + (await textOf(page))).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(await page.locator('img, b, main script').count()).toBe(0);
  expect(dialogs).toEqual([]);
});

describeLooks('nothing is wrong, in light and dark and on 360 px, with', () => {
  let ada: TestPerson;
  let viewer: TestPerson;
  let loner: TestPerson;
  /** Of ada's tokens. */
  let ids: Awaited<ReturnType<typeof furnish>>;

  beforeAll(async () => {
    ada = await identity.addPerson();
    viewer = await identity.addPerson({ organizationId: ada.organizationId, role: 'viewer' });
    loner = await identity.addPerson();
    await leave(loner, loner.organizationId);
    ids = await furnish(ada);
  });

  const newcomer = () => identity.addPerson();
  const open = (path: string, person: () => TestPerson | Promise<TestPerson>) => async () =>
    tabOf(await person(), path);
  const pressed = (go: () => Promise<Page>, button: string) => async () => {
    const page = await go();
    await press(page, button);
    return page;
  };

  it.each<[page: string, heading: string, go: () => Promise<Page>]>([
    ['the list of tokens, empty', 'API Keys', open(MINE, newcomer)],
    ['the list of tokens in every state', 'API Keys', () => tabOf(ada, MINE)],
    ['the form of a new token', 'New Personal Access Token', open(`${MINE}/new`, newcomer)],
    [
      'the form of a new token, with a choice of organizations and a link that suggested nonsense',
      'New Personal Access Token',
      () => tabOf(ada, `${MINE}/new?name=${'x'.repeat(101)}&expires_in=tomorrow`),
    ],
    ['the form for somebody without an organization', 'New Personal', () => tabOf(loner, `${MINE}/new`)],
    [
      'a new token',
      'Your new token',
      async () => {
        const page = await tabOf(await newcomer(), `${MINE}/new`);
        await send(page, 'x'.repeat(100), 'Create Token');
        return page;
      },
    ],
    ['the rotation', 'Rotate this token?', () => tabOf(ada, `${MINE}/${ids.used}/rotate`)],
    ['the revocation', 'Revoke this token?', () => tabOf(ada, `${MINE}/${ids.used}/revoke`)],
    ['a token that was rotated before', 'was rotated before', () => tabOf(ada, `${MINE}/${ids.replaced}/rotate`)],
    ['a token that isn’t there', 'This token is not here', () => tabOf(ada, `${MINE}/tok_unknown/revoke`)],
    [
      'a token of an organization that was left',
      'You can’t do this any more',
      pressed(() => tabOf(ada, `${MINE}/${ids.left}/rotate`), 'Rotate token'),
    ],
    [
      'the organization’s tokens, empty',
      'Org Tokens',
      async () => {
        const person = await newcomer();
        return await tabOf(person, theirs(person));
      },
    ],
    ['the organization’s tokens', 'Org Tokens', () => tabOf(ada, theirs(ada))],
    ['the organization’s tokens for a viewer', 'Org Tokens', () => tabOf(viewer, theirs(viewer))],
    ['the refusal of a viewer', 'Only members and admins', () => tabOf(viewer, `${theirs(viewer)}/new`)],
    ['the tokens of no organization', 'Org Tokens', () => tabOf(loner, '/organization/tokens')],
    [
      'a refused organization token',
      'New organization token',
      async () => {
        const page = await tabOf(ada, `${theirs(ada)}/new?expires_in=45`);
        await page.getByLabel('Name').fill('x');
        await press(page, 'Generate Token');
        await page.getByText('Choose at least one').waitFor();
        return page;
      },
    ],
    ['the report of a leak', 'Report a leaked token', open('/credentials/revoke', newcomer)],
    ['the documentation of the API', 'API documentation', open('/docs', newcomer)],
  ])('%s', async (_, heading, go) => {
    const page = await go();
    await arrive(page, heading);
    expect(await flawsOf(page)).toEqual([]);
  });

  it.each([
    ['the list', 'API klíče', MINE],
    ['the form', 'Nový osobní přístupový token', `${MINE}/new`],
    ['the revocation', 'Odvolat tento token?', `${MINE}/:id/revoke`],
  ])('%s in Czech', async (_, heading, path) => {
    const page = await tabOf(ada, path.replace(':id', ids.used), { locale: 'cs-CZ' });
    await arrive(page, heading);
    expect(await page.locator('html').getAttribute('lang')).toBe('cs');
    expect(await flawsOf(page)).toEqual([]);
  });
});

if (process.env['UPDATE_SCREENSHOTS'] === '1') {
  it('the README’s pictures are taken', async () => {
    const ada = await identity.addPerson({ email: 'ada@acme.example', role: 'admin' });
    const page = await tabOf(ada, `${theirs(ada)}/new`, {
      viewport: { width: 1200, height: 720 },
      deviceScaleFactor: 2,
    });
    const folder = resolve(import.meta.dirname, '../../docs/screenshots');
    const shoot = (name: string) =>
      page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' });
    await page.getByLabel('Name').fill('Newsletter Sync');
    await page.getByLabel('newsletter').check();
    await shoot('org-tokens-new');
    await page.goto(`${identity.url}${MINE}/new`);
    await page.getByLabel('Name').fill('CI Pipeline');
    await shoot('api-keys-new');
    await press(page, 'Create Token');
    const token = await shownToken(page);
    await postForm(`${identity.url}/oauth/revoke`, { token, client_id: 'teamday-cli' }); // before anybody sees it
    expect(await statusOf(token)).toBe(401);
    await shoot('api-keys-created');
    const made = (daysAgo: number) =>
      `created_at = now() - interval '${daysAgo} days', expires_at = now() + interval '${90 - daysAgo} days'`;
    const add = (name: string, change: string) => addToken(ada, ada.organizationId, name, change);
    await add('Daily Reports', `${made(84)}, ${lastUse('1 day', 'python-requests/2.32')}`);
    await add('Staging Deploy', made(45));
    await add('Production Automation', `${made(12)}, ${lastUse('2 hours')}`);
    await add('CI Pipeline', lastUse('0 seconds', 'axios/1.13.2'));
    await page.goto(identity.url + MINE);
    await shoot('api-keys');
  });
}

/** A tab of somebody who has signed in already, at this path. */
function tabOf(person: TestPerson, path: string, options?: BrowserContextOptions): Promise<Page> {
  return openAs(browser, identity.url, person, path, options);
}

async function follow(page: Page, link: string): Promise<void> {
  await page.getByRole('link', { name: link, exact: true }).click();
}

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Fills in the name and sends the form; gives the token that the answer shows. */
async function send(page: Page, name: string, button: 'Create Token' | 'Generate Token'): Promise<string> {
  await page.getByLabel('Name').fill(name);
  await press(page, button);
  return await shownToken(page);
}

async function shownToken(page: Page): Promise<string> {
  await arrive(page, 'Your new token');
  const token = await page.locator('#token').innerText();
  registerSecretsOf(token);
  expect(token).toMatch(/^(?:td|otk)_[\w-]{43}$/);
  return token;
}

/** Those of the list. */
function rows(page: Page): Locator {
  return page.locator('.tokens tbody tr');
}

/** How the server answers to a token. */
async function statusOf(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${identity.url}/api/users/me`, { headers })).status;
}

/** What a shell makes of a line; gives its standard output. */
async function shell(line: string): Promise<string> {
  const { stdout } = await run('/bin/sh', ['-c', line], { env: { PATH: process.env['PATH'] ?? '' } });
  return stdout.trimEnd();
}

async function leave({ id }: TestPerson, organizationId: string): Promise<void> {
  const { database } = identity.services;
  await database.query('DELETE FROM memberships WHERE person_id = $1 AND organization_id = $2', [id, organizationId]);
}

/** An SQL assignment: what a resource server told of a token `ago`. */
function lastUse(ago: string, by = 'curl/8.5.0'): string {
  return `last_used_at = now() - interval '${ago}', last_used_address = '203.0.113.24', last_used_user_agent = '${by}'`;
}

/** A token of this name, changed by SQL assignments; its id. Of a person in the organization, or of that with `scopes`. */
async function addToken(
  { id: personId }: TestPerson,
  organizationId: string,
  name: string,
  change = 'name = name',
  scopes?: string[],
): Promise<string> {
  const { database, tokens } = identity.services;
  const request = { name, expiresInDays: 90, organizationId, by: { personId, sessionId: undefined } };
  const created = await tokens.create(
    scopes === undefined ? { ...request, kind: 'personal' } : { ...request, kind: 'organization', scopes },
    {},
  );
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  const { id, secret } = created.token;
  registerSecretsOf(secret.reveal());
  await database.query(`UPDATE tokens SET ${change} WHERE id = $1`, [id]);
  return id;
}

/** Gives a person tokens in every state, and one of the organization; the ids of some. */
async function furnish(person: TestPerson): Promise<Record<'replaced' | 'used' | 'left', string>> {
  const here = person.organizationId;
  const [north, globex] = [await identity.addOrganization('Northwind'), await identity.addOrganization('Globex')];
  await identity.join(person, north, 'viewer');
  await identity.join(person, globex);
  const replaced = await addToken(person, here, 'Replaced');
  const owner = { kind: 'personal', personId: person.id } as const;
  const grace = { graceSeconds: 3600, untilFirstUse: true };
  await identity.services.tokens.rotate(owner, replaced, { personId: person.id, sessionId: undefined }, grace, {});
  const used = await addToken(person, here, 'Used', lastUse('2 hours'));
  const left = await addToken(person, globex, 'Of an organization that was left');
  await leave(person, globex);
  await addToken(person, north, 'Expiring', "expires_at = now() + interval '6 days'");
  await addToken(person, here, 'Never used', "created_at = now() - interval '31 days'");
  await addToken(person, here, 'Expired', 'expires_at = now()');
  await addToken(person, here, 'x'.repeat(100), lastUse('2 hours'), ['newsletter', 'agents', 'spaces', 'tasks']);
  return { replaced, used, left };
}
