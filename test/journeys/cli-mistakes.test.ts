// Sign-ins at a terminal that come to nothing, and mistakes on the way to one that doesn't.
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrive, flawsOf, launchBrowser, openTab, press, signIn, textOf } from '../support/browser.ts';
import { demoOf, POLL_SECONDS, quickPolls, terminalOf } from '../support/cli.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';

let identity: IdentityProcess;
let browser: Browser;

beforeAll(async () => {
  [identity, browser] = await Promise.all([startIdentityProcess({ settings: quickPolls() }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await identity?.stop();
});

describe('a sign-in that comes to nothing', () => {
  it('is cancelled in the browser, and the terminal says so within a poll', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login');
    const page = await openTab(browser);
    await page.goto(await cli.openedAddress());
    await signIn(page, demoOf(identity));
    await press(page, 'Cancel');
    const cancelledAt = Date.now();
    await arrive(page, 'Authorization cancelled');
    const { code, err } = await login.finished;
    expect(Date.now() - cancelledAt).toBeLessThan(POLL_SECONDS * 1000 + 1500);
    expect(code).toBe(1);
    expect(err).toBe('Error: The sign-in was cancelled in the browser\n\nTo try again:\n  teamday auth login\n');
    expect(existsSync(cli.configFile)).toBe(false);
  });

  it('is interrupted with Ctrl+C', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login', '--manual');
    await login.code();
    login.interrupt();
    expect(await login.finished).toMatchObject({ code: 130, err: 'Error: Interrupted\n' });
    expect(existsSync(cli.configFile)).toBe(false);
  });

  it('expires: the open page and the terminal both say what to do', async () => {
    const hasty = await startIdentityProcess({ settings: quickPolls({ code: 5 }) });
    try {
      const cli = await terminalOf(hasty.url);
      const page = await openTab(browser);
      await page.goto(`${hasty.url}/sign-in`);
      await signIn(page, demoOf(hasty));
      await arrive(page, 'Hello, Demo Person');
      const login = cli.start('auth', 'login');
      await page.goto(await cli.openedAddress());
      await arrive(page, 'Authorize TeamDay CLI');
      const { code, err } = await login.finished;
      expect(code).toBe(1);
      expect(err).toBe(
        'Error: The code has expired before the sign-in was completed\n\nTo try again:\n  teamday auth login\n',
      );

      await press(page, 'Authorize');
      await arrive(page, 'This code has expired');
      expect(await textOf(page)).toContain('teamday auth login');
      expect(await flawsOf(page)).toEqual([]);
    } finally {
      await hasty.stop();
    }
  });
});

describe('a mistake', () => {
  it('in the password loses nothing: neither the e-mail address nor the way', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login');
    const page = await openTab(browser);
    await page.goto(await cli.openedAddress());
    const demo = demoOf(identity);
    await signIn(page, { ...demo, password: 'difference engine' });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toBe(
      'That email and password don’t match. Check both and try again.',
    );
    expect(await page.getByLabel('Email').inputValue()).toBe(demo.email);
    await page.getByLabel('Password').fill(demo.password);
    await press(page, 'Sign in');
    await arrive(page, 'Authorize TeamDay CLI');
    await endHere(page, login.finished);
  });

  it('in the code is said beside it, and can be put right there', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login', '--manual');
    const page = await openTab(browser);
    await page.goto(`${identity.url}/sign-in?return_to=/cli-auth`);
    await signIn(page, demoOf(identity));
    const field = page.getByLabel('Code');
    await field.fill('BCDF-GHJK');
    await press(page, 'Continue');
    await page.getByText('We don’t know this code.').waitFor();
    expect(await field.inputValue()).toBe('BCDF-GHJK');
    await field.fill('AEIOU');
    await press(page, 'Continue');
    await page.getByText('This doesn’t look like a code.').waitFor();
    await field.fill(await login.code());
    await press(page, 'Continue');
    await arrive(page, 'Authorize TeamDay CLI');
    await endHere(page, login.finished);
  });
});

async function endHere(page: Page, login: Promise<unknown>): Promise<void> {
  await press(page, 'Cancel');
  await login;
}
