import { describe, expect, it } from 'vitest';
import { parseServerUrl } from '../../../src/cli/server-url.ts';
import { harmless, harmlessJson } from '../../../src/cli/terminal.ts';
import { timeLeft } from '../../../src/cli/time-left.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('time left', () => {
  it.each([
    [-5, '0 sec'],
    [40_000, '40 sec'],
    [59_700, '1 min'],
    [12 * MINUTE, '12 min'],
    [15 * MINUTE - 400, '15 min'],
    [59.6 * MINUTE, '1 hour'],
    [26 * 60 * MINUTE, '26 hours'],
    [47.4 * 60 * MINUTE, '47 hours'],
    [2 * DAY, '2 days'],
    [85 * DAY, '85 days'],
    [90 * DAY - 1000, '90 days'],
  ])('%d ms: %s', (milliseconds, said) => {
    expect(timeLeft(milliseconds)).toBe(said);
  });
});

describe('server address', () => {
  it.each([
    ['https://cc.teamday.ai/', 'https://cc.teamday.ai'],
    ['https://example.com/identity/', 'https://example.com/identity'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://id.localhost', 'http://id.localhost'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('takes %s', (text, base) => {
    expect(parseServerUrl(text, 'TEAMDAY_URL')).toBe(base);
  });

  it.each([
    ['http://cc.teamday.ai', 'unprotected'],
    ['http://127.0.0.1.example.com', 'unprotected'],
    ['http://localhost.example.com', 'unprotected'],
    ['http://192.168.1.2:3000', 'unprotected'],
    ['cc.teamday.ai', 'not a web address'],
    ['ftp://cc.teamday.ai', 'not a web address'],
    ['https://user:secret@cc.teamday.ai', 'alone'],
    ['https://cc.teamday.ai?x=1', 'alone'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseServerUrl(text, 'TEAMDAY_URL')).toThrow(reason);
  });

  it.each([
    ['localhost:3000', 'http://localhost:3000'],
    ['127.0.0.1:3000/identity', 'http://127.0.0.1:3000/identity'],
    ['[::1]:3000', 'http://[::1]:3000'],
    ['cc.teamday.ai', 'https://cc.teamday.ai'],
  ])('without a scheme, %s, is told how to write it', (text, better) => {
    expect(() => parseServerUrl(text, 'TEAMDAY_URL')).toThrow(
      expect.objectContaining({ exitCode: 2, next: [`Write it like ${better}`] }),
    );
  });
});

describe("somebody else's text", () => {
  it("can't steer the terminal", () => {
    expect(harmless('Acme\u001b[2J\r\n\u009b31m\u202eproC\tLtd')).toBe('Acme�[2J���31m�proC\tLtd');
  });

  it('stays the same JSON', () => {
    const value = { name: 'A\u001b\u009b\u202e\u{e0041}ř', list: [1, '\n'] };
    const text = harmlessJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  });
});
