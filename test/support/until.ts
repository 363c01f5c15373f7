import { setTimeout } from 'node:timers/promises';

/** Asks every 25 ms until there is an answer; after 20 s throws an error that names what was waited for. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 800; tries += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await setTimeout(25);
  }
  throw new Error(`Waited 20 s for ${what}`);
}
