// Remembers active answers for a few seconds, where a service asked for it and accepts that revocation takes as long.

import type { ActiveIntrospection } from '../oauth/introspection.ts';
import { epochSeconds, monotonicMs } from './clock.ts';
import type { Ask } from './introspection-client.ts';

const MAX_ENTRIES = 10_000;

interface Remembered {
  readonly answer: ActiveIntrospection;
  readonly until: number;
}

/** @param ask is called for what is not remembered, at most `seconds` ago */
export function rememberAnswers(seconds: number, ask: Ask): Ask {
  if (seconds === 0) return ask;
  /** By the credential's digest, the oldest first. */
  const remembered = new Map<string, Remembered>();

  return async (question) => {
    const key = await digest(question.token);
    const found = remembered.get(key);
    if (found !== undefined && isGood(found)) return found.answer;
    remembered.delete(key);

    const askedAt = monotonicMs();
    const answer = await ask(question);
    if (!answer.active) return answer; // it may be let in again
    const { rate_limit: rateLimit, ...lasting } = answer;
    if (rateLimit?.exceeded) return answer;
    if (remembered.size >= MAX_ENTRIES) remembered.delete(remembered.keys().next().value ?? '');
    remembered.delete(key);
    remembered.set(key, { answer: lasting, until: askedAt + seconds * 1000 });
    return answer;
  };
}

function isGood({ answer: { exp }, until }: Remembered): boolean {
  return monotonicMs() < until && (exp === undefined || epochSeconds() < exp);
}

async function digest(token: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
