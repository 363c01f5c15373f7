// Times as people type them to `teamday audit`.
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/cli/clock.ts';
import { momentOf } from '../../../src/cli/moments.ts';

/** A Sunday, a quarter past ten in UTC. */
const clock = { ...systemClock, now: () => Date.parse('2026-11-22T10:15:00Z') };
const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

async function iso(option: 'since' | 'until', text: string, timeZone = 'UTC'): Promise<string> {
  process.env['TZ'] = timeZone;
  return new Date(await momentOf(option, text, clock)).toISOString();
}

describe('a time', () => {
  it.each([
    ['1 week ago', '2026-11-15T00:00:00.000Z'],
    ['2 hours ago', '2026-11-22T08:15:00.000Z'],
    ['15 minutes ago', '2026-11-22T10:00:00.000Z'],
    ['yesterday', '2026-11-21T00:00:00.000Z'],
    ['today', '2026-11-22T00:00:00.000Z'],
    ['now', '2026-11-22T10:15:00.000Z'],
    ['monday', '2026-11-16T00:00:00.000Z'],
    ['sunday', '2026-11-22T00:00:00.000Z'],
    ['last friday', '2026-11-20T00:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:30:00+02:00', '2026-11-01T08:30:00.000Z'],
    [' November 1 ', '2026-11-01T00:00:00.000Z'],
  ])('since %j', async (text, expected) => {
    expect(await iso('since', text)).toBe(expected);
  });

  it('of a day counts to its end where it is the end', async () => {
    expect(await iso('until', 'yesterday')).toBe('2026-11-21T23:59:59.999Z');
    expect(await iso('until', '2026-11-01')).toBe('2026-11-01T23:59:59.999Z');
    expect(await iso('until', '2 hours ago')).toBe('2026-11-22T08:15:00.000Z');
  });

  it('is one of the terminal’s time zone', async () => {
    expect(await iso('since', 'yesterday', 'Europe/Prague')).toBe('2026-11-20T23:00:00.000Z');
    expect(await iso('until', '2026-11-01', 'America/New_York')).toBe('2026-11-02T04:59:59.999Z');
  });

  it.each([
    'rubbish',
    '',
    'rubbish 2 days ago',
    '2 days ago or so',
    '11/01/2026',
    '1.11.2026',
    'monday to friday',
    'yesterday and today',
  ])('is not %j', async (text) => {
    await expect(momentOf('since', text, clock)).rejects.toMatchObject({
      exitCode: 2,
      message: `--since is not a time: "${text}"`,
    });
  });
});
