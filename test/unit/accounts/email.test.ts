import { describe, expect, it } from 'vitest';
import { normalizeEmail } from '../../../src/accounts/account.ts';

describe('an e-mail address', () => {
  it.each([
    'ADA@Acme.Example',
    ' ada@acme.example\n',
    'J\u030cana@acme.example',
    'Ji\u0158i\u0301@acme.example',
    '\u0130@acme.example',
  ])('%j is the same however often it is normalized and however it is composed', (typed) => {
    const email = normalizeEmail(typed) ?? '';
    expect([normalizeEmail(email), normalizeEmail(email.normalize('NFD'))]).toEqual([email, email]);
  });

  it.each([
    'ada',
    '@acme.example',
    'ada@',
    'ada@acme.example, eve@evil.example',
    'ada@acme.example\r\nBcc: eve@evil.example',
    'ada\u202e@acme.example',
    '"ada eve"@acme.example',
  ])('%j is none', (typed) => {
    expect(normalizeEmail(typed)).toBeUndefined();
  });
});
