// A person's browser: a real Chromium, what people do in it, and what is wrong with the page that it shows.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { describe, expect, inject, onTestFinished } from 'vitest';
import { registerSecret } from './secrets-at-rest.ts';
import { Visitor } from './visitor.ts';

const PATIENCE_MS = 15_000;
const NARROW = { width: 360, height: 740 };

/** How pages look is the same whatever is behind them: seen once, on the backend that every run has. */
export const describeLooks = describe.runIf(inject('backend') === 'embedded');

export function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = inject('chromium');
  return chromium.launch({ executablePath, env: { ...process.env, ...env } });
}

/**
 * A browser profile for one test, in English. When the test ends, nothing may have been reported on its pages' consoles:
 * no script error, nothing blocked by the content security policy, nothing that could not be loaded.
 */
export async function openProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const reports: string[] = [];
  context.on('weberror', (report) => reports.push(report.error().message));
  context.on('console', (message) => {
    const isThePageItself = message.location().url === message.page()?.url() && /status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isThePageItself) reports.push(message.text());
  });
  onTestFinished(async () => {
    for (const { name, value } of await context.cookies()) registerSecret(`cookie ${name}`, value);
    await context.close();
    expect(reports).toEqual([]);
  });
  return context;
}

export async function openTab(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  return await (await openProfile(browser, options)).newPage();
}

/** A tab of somebody who has signed in already, at this path. */
export async function openAs(
  browser: Browser,
  url: string,
  person: { email: string; password: string },
  path: string,
  options?: BrowserContextOptions,
): Promise<Page> {
  const visitor = new Visitor(url);
  await visitor.signIn(person);
  const profile = await openProfile(browser, options);
  await profile.addCookies([{ name: 'teamday_session', value: visitor.cookie('teamday_session') ?? '', url }]);
  const page = await profile.newPage();
  await page.goto(url + path);
  return page;
}

export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  registerSecret('password', person.password);
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await press(page, 'Sign in');
}

export async function press(page: Page, button: 'Sign in' | 'Continue' | 'Authorize' | 'Cancel'): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Presses Tab until the focus is there. */
export async function tabTo(target: Locator): Promise<void> {
  const page = target.page();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard doesn’t reach ${target.toString()}`);
}

/** Resolves when a page with this heading is there. */
export async function arrive(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** What a person reads, line breaks and all. */
export async function textOf(page: Page): Promise<string> {
  return await page.locator('body').innerText();
}

/** What axe-core finds in light, and of colours in dark; and whether a narrow screen has to be scrolled sideways. */
export async function flawsOf(page: Page): Promise<string[]> {
  const flaws: string[] = [];
  const size = page.viewportSize();
  await page.evaluate(await axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished))); // colours fade
    // The dark theme is other colours, and nothing else.
    const run =
      colorScheme === 'light' ? 'axe.run()' : "axe.run({ runOnly: ['color-contrast', 'link-in-text-block'] })";
    const { violations } = (await page.evaluate(run)) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    flaws.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}: ${id}: ${html}`)));
  }
  await page.setViewportSize(NARROW);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width !== NARROW.width) flaws.push(`${NARROW.width} px: the page is ${width} px wide`);
  if (size !== null) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: null });
  return flaws;
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
