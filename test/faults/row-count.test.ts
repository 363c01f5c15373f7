// A session costs one row, however often it refreshes: every 15 minutes for its whole life of 90 days.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { logIn, refresh } from '../support/oauth.ts';
import { rowCounts } from '../support/tables.ts';

/** Over 90 days; every one of the 8,640 by `npm run test:long`. */
const REFRESHES = Number(process.env['REFRESHES'] ?? 720);
const LIFE_DAYS = 90;
/** 15 minutes less a second, where it is 8,640 times: the last one comes before the 90 days are over. */
const PAUSE_SECONDS = (LIFE_DAYS * DAY) / REFRESHES - 1;

let identity: Identity;

beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(async () => {
  vi.useRealTimers();
  await identity?.close();
});

it(`${REFRESHES} refreshes of one session leave no row behind`, { timeout: 180_000 }, async () => {
  stopClock();
  let { refresh_token: token } = await logIn(identity.url, await identity.addPerson());
  const before = await rowCounts(identity.services.database);

  for (let count = 0; count < REFRESHES; count += 1) {
    advance(PAUSE_SECONDS);
    const answer = await refresh(identity.url, token);
    if (answer.status !== 200) throw new Error(`refresh ${count} answered ${JSON.stringify(answer.body)}`);
    token = answer.body.refresh_token;
  }

  expect(await rowCounts(identity.services.database)).toEqual(before);
  advance(DAY);
  expect((await refresh(identity.url, token)).body.error).toBe('invalid_grant'); // its 90 days are over
});
