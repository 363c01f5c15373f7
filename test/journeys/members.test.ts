// An organization's people as they meet each other: invited by mail, joining, given another role and removed, in a real
// browser, the admin by keyboard alone; each page seen in light and dark and on a narrow screen.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';

const EVIL_NAME = '<img src=x onerror=alert(1)> & "Co"';

let identity: Identity;
let browser: Browser;
let smtp: SmtpServer;
let authorization: string;

beforeAll(async () => {
  smtp = await startSmtpServer();
  const env = { SMTP_URL: smtp.url, MAIL_FROM: 'identity@acme.example' };
  [identity, browser] = await Promise.all([startIdentity({ env }), launchBrowser()]);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  await browser?.close();
  await identity?.close();
  await smtp?.close();
});

const pathOf = ({ organizationId }: TestPerson, section: string) => `/organizations/${organizationId}/${section}`;

/** The link of the mail that came to this address. */
async function linkTo(email: string): Promise<string> {
  await identity.services.background.outbox.flush();
  const mail = smtp.received.findLast((each) => each.replaceAll(/\n\s/g, ' ').includes(`To: ${email}`)) ?? '';
  const link = /http\S+\/invitations\/\S+/.exec(mail.replaceAll('=\n', ''))?.[0];
  if (link === undefined) throw new Error(`no invitation came to ${email}`);
  registerSecret('invitation', link.slice(link.lastIndexOf('/') + 1));
  return link;
}

/** A tab of somebody who has signed in already, at this path. */
function tabOf(person: TestPerson, path: string, options?: BrowserContextOptions): Promise<Page> {
  return openAs(browser, identity.url, person, path, options);
}

async function enter(target: Locator): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press('Enter');
}

const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const rowOf = (page: Page, text: string) => page.locator('.tokens tbody tr', { hasText: text });

it('somebody is invited, joins with a new account, gets another role and is removed, by keyboard alone', async () => {
  const ada = await identity.addPerson({ role: 'admin' });
  const page = await tabOf(ada, '/organization/tokens');
  await enter(link(page, 'Members'));
  await arrive(page, 'Members');
  await enter(link(page, 'Invite'));
  await arrive(page, 'Invite somebody');
  await page.keyboard.type('grace@acme.example'); // the cursor is there
  await tabTo(page.getByLabel('member'));
  await page.keyboard.press('ArrowDown');
  await enter(button(page, 'Send invitation'));
  await page.getByText('The invitation is on its way.').waitFor();
  expect(await rowOf(page, 'grace@acme.example').innerText()).toMatch(/viewer\s.*in 7 days/s);

  const guest = await openTab(browser);
  await guest.goto(await linkTo('grace@acme.example'));
  await arrive(guest, 'Join Acme Corp');
  expect(await textOf(guest)).toMatch(/Ada Lovelace invites you.*grace@acme\.example.*viewer/s);
  await guest.keyboard.type('Grace Hopper');
  await tabTo(guest.getByLabel('Password'));
  const password = 'nanoseconds of wire';
  registerSecret('password', password);
  await guest.keyboard.type(password);
  await guest.keyboard.press('Enter');
  await guest.getByText('Welcome! You belong to this organization now.').waitFor();
  expect(await rowOf(guest, 'Grace Hopper').innerText()).toMatch(/\(you\).*viewer/s);
  await guest.goBack(); // the link again: it was used
  await arrive(guest, 'This invitation doesn’t work');
  const grace = { email: 'grace@acme.example', password, organizationId: ada.organizationId };
  const token = (await logIn(identity.url, grace)).access_token;

  await page.reload();
  expect(await rowOf(page, 'Grace Hopper').innerText()).toMatch(/viewer.*just now\s+Password.*1 CLI login/s);
  await enter(link(page, 'Change role Grace Hopper'));
  await arrive(page, 'Change role');
  await tabTo(page.getByLabel('viewer'));
  await page.keyboard.press('ArrowUp');
  await enter(button(page, 'Change role'));
  await page.getByText('The role was changed.').waitFor();
  expect((await introspect(identity.url, authorization, token)).body).toMatchObject({ active: true, role: 'member' });

  await enter(link(page, 'Remove Grace Hopper'));
  await arrive(page, 'Remove this member?');
  expect(await page.getByRole('main').innerText()).toMatch(/Grace Hopper.*What ends at once.*1 CLI login.*What stays/s);
  expect((await introspect(identity.url, authorization, token)).body.active).toBe(true);
  await enter(button(page, 'Remove member'));
  await page.getByText('They were removed.').waitFor();
  expect(await rowOf(page, 'Grace Hopper').count()).toBe(0);
  expect((await introspect(identity.url, authorization, token)).body).toEqual({ active: false });
  await page.goBack(); // to the form that was sent
  await arrive(page, 'This person is not a member any more');
  await guest.goto(identity.url + pathOf(ada, 'members'));
  await arrive(guest, 'There is nothing at this address');
});

it('somebody with an account joins through the sign-in, and leaves', async () => {
  const ada = await identity.addPerson({ role: 'admin' });
  const bob = await identity.addPerson({ name: 'Bob' });
  const admin = await tabOf(ada, pathOf(ada, 'invitations/new'));
  await admin.getByLabel('Email').fill(bob.email);
  await button(admin, 'Send invitation').click();
  await link(admin, `Send again ${bob.email}`).click();
  await button(admin, 'Send again').click();
  await admin.getByText('A new invitation is on its way.').waitFor();

  const page = await openTab(browser, { javaScriptEnabled: false });
  await page.goto(await linkTo(bob.email));
  await link(page, 'Sign in to join').click();
  await signIn(page, bob);
  await arrive(page, 'Join Acme Corp');
  await button(page, 'Join').click();
  await page.getByText('Welcome!').waitFor();
  expect(await textOf(page)).not.toContain('Last sign-in');
  await link(page, 'Leave Bob').click();
  await arrive(page, 'Leave this organization?');
  await button(page, 'Leave organization').click();
  await arrive(page, 'Hello, Bob');
  await admin.reload();
  expect(await rowOf(admin, 'Bob').count()).toBe(0);
});

it('a policy is set by keyboard alone, and the forms of tokens keep to it', async () => {
  const ada = await identity.addPerson({ role: 'admin' });
  const page = await tabOf(ada, '/organization/members');
  await enter(link(page, 'Policy'));
  await arrive(page, 'Policy');
  await tabTo(page.getByLabel('Longest life of a personal access token'));
  await page.keyboard.type('30');
  await tabTo(page.getByLabel('must have an expiration'));
  await page.keyboard.press('Space');
  await enter(button(page, 'Save policy'));
  await page.getByText('The policy was saved.').waitFor();
  await page.goto(`${identity.url}/settings/api-keys/new`);
  expect(await page.getByLabel('30 days').isChecked()).toBe(true);
  expect(await page.getByLabel('90 days').count()).toBe(0);
  await page.goto(identity.url + pathOf(ada, 'tokens/new'));
  expect(await page.getByLabel('Unlimited').count()).toBe(0);
});

describeLooks('nothing is wrong, in light and dark and on 360 px, with', () => {
  let ada: TestPerson;
  let bob: TestPerson;
  let viewer: TestPerson;
  let pending: string;
  let invitation: string;
  let known: TestPerson;
  let openToKnown: string;

  beforeAll(async () => {
    ada = await identity.addPerson({ role: 'admin', organizationId: await identity.addOrganization(EVIL_NAME) });
    const { organizationId } = ada;
    await identity.join(ada, await identity.addOrganization('Second'), 'viewer');
    bob = await identity.addPerson({ organizationId, role: 'admin', name: EVIL_NAME });
    known = await identity.addPerson();
    viewer = await identity.addPerson({ organizationId, role: 'viewer' });
    await logIn(identity.url, bob);
    const disabled = await identity.addPerson({ organizationId, name: 'x'.repeat(100) });
    await identity.services.database.query('UPDATE people SET disabled_at = now() WHERE id = $1', [disabled.id]);
    const send = async (email: string, by: TestPerson) => {
      const inviter = { personId: by.id, sessionId: undefined };
      const to = { email, role: 'member' } as const;
      const sent = await identity.services.invitations.send(organizationId, to, inviter, {});
      if (sent.outcome !== 'sent') throw new Error(sent.outcome);
      return sent.invitation.id;
    };
    pending = await send(`${'long'.repeat(15)}@acme.example`, ada);
    invitation = await linkTo(`${'long'.repeat(15)}@acme.example`);
    await send(known.email, bob);
    openToKnown = await linkTo(known.email);
    const late = await send('late@acme.example', ada);
    await identity.services.database.query('UPDATE invitations SET expires_at = now() WHERE id = $1', [late]);
  });

  const at =
    (section: string, person: () => TestPerson = () => ada) =>
    () =>
      tabOf(person(), pathOf(ada, section));
  const opened = (url: () => string) => async () => {
    const page = await openTab(browser);
    await page.goto(url());
    return page;
  };
  const sent = (go: () => Promise<Page>, name: string) => async () => {
    const page = await go();
    await page
      .locator('form[method=post]')
      .last()
      .evaluate((form: HTMLFormElement) => {
        form.noValidate = true;
      });
    await button(page, name).click();
    await page.getByRole('alert').waitFor();
    return page;
  };

  it.each<[page: string, heading: string, go: () => Promise<Page>]>([
    ['the members', 'Members', at('members')],
    ['the members, for others', 'Members', () => tabOf(viewer, pathOf(viewer, 'members'))],
    ['the form of an invitation', 'Invite somebody', at('invitations/new')],
    ['a refused invitation', 'Invite somebody', sent(at('invitations/new'), 'Send invitation')],
    ['sending again', 'Send this invitation again?', () => at(`invitations/${pending}/resend`)()],
    ['withdrawing', 'Withdraw this invitation?', () => at(`invitations/${pending}/revoke`)()],
    ['an invitation that is gone', 'doesn’t wait any more', at('invitations/inv_x/revoke')],
    ['changing a role', 'Change role', () => at(`members/${bob.id}/role`)()],
    ['a removal', 'Remove this member?', () => at(`members/${bob.id}/remove`)()],
    ['revoking access', 'Revoke this member’s access?', () => at(`members/${bob.id}/revoke-all`)()],
    ['leaving', 'Leave this organization?', () => at(`members/${ada.id}/remove`)()],
    ['a member who is gone', 'This person is not a member', at('members/user_x/remove')],
    ['the policy', 'Policy', at('policy')],
    ['an invitation to somebody new', 'Join', opened(() => invitation)],
    [
      'an invitation, refused',
      'Join',
      sent(
        opened(() => invitation),
        'Create account and join',
      ),
    ],
    ['an invitation to somebody known', 'Join', opened(() => openToKnown)],
    ['an invitation to join', 'Join', () => tabOf(known, new URL(openToKnown).pathname)],
    ['somebody else’s invitation', 'Join', () => tabOf(bob, new URL(openToKnown).pathname)],
    ['an invitation that is none', 'This invitation doesn’t work', opened(() => `${identity.url}/invitations/x`)],
  ])('%s', async (_, heading, go) => {
    const page = await go();
    await arrive(page, heading);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await flawsOf(page)).toEqual([]);
  });

  it.each([
    ['the members', 'Členové', 'members'],
    ['the policy', 'Pravidla', 'policy'],
    ['a removal', 'Odebrat tohoto člena?', 'members/:bob/remove'],
  ])('%s in Czech', async (_, heading, section) => {
    const page = await tabOf(ada, pathOf(ada, section.replace(':bob', bob.id)), { locale: 'cs-CZ' });
    await arrive(page, heading);
    expect(await flawsOf(page)).toEqual([]);
  });
});
