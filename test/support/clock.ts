// The time of the test's own process, server included: moved by hand, while timers and sockets go on as usual.
import { vi } from 'vitest';

/** From here on the time stands still and moves by advance() alone. To be undone by vi.useRealTimers(). */
export function stopClock(at: Date = new Date()): void {
  vi.useFakeTimers({ toFake: ['Date'], now: at });
}

export function advance(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

export const DAY = 86_400;
