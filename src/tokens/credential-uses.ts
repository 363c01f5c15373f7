// What breaks when credentials are revoked: their uses of late, told by services or seen here, put together by service. Pure.
import { after, DAY } from '../clock.ts';
import type { Usage } from '../usage/usage-store.ts';
import type { Credential } from './credential.ts';

/** What was used within this time is taken to be in use. */
export const USE_WINDOW = 7 * DAY;

interface ServiceUse {
  readonly service: string;
  readonly requests: number;
  readonly lastAt: Date;
  /** `GET /api/v1/agents`, the most frequent first; at most ten, as are the addresses. */
  readonly routes: readonly string[];
  readonly addresses: readonly string[];
}

/** A credential that is in use. */
export interface Breakage {
  readonly credential: Credential;
  readonly lastAt: Date;
  /** None where only the last use is known. */
  readonly services: readonly ServiceUse[];
}

const MOST_SHOWN = 10;

/** Those of these credentials that work and were used within the window before `now`. */
export function breakagesOf(
  credentials: readonly Credential[],
  uses: readonly Usage[],
  now: Date,
): readonly Breakage[] {
  const ofCredential = groupBy(uses, ({ credential }) => credential);
  return credentials.flatMap((credential) => {
    const services = serviceUses(ofCredential.get(nameOf(credential)) ?? []);
    const told = [
      ...services.map(({ lastAt }) => lastAt),
      ...(credential.lastUsedAt === null ? [] : [credential.lastUsedAt]),
    ];
    const lastAt = told.reduce<Date | undefined>(
      (latest, at) => (latest === undefined || at > latest ? at : latest),
      undefined,
    );
    if (!credential.works || lastAt === undefined || lastAt < after(now, -USE_WINDOW)) return [];
    return [{ credential, lastAt, services }];
  });
}

/** As records of use name it. */
export function nameOf({ id }: Pick<Credential, 'id'>): string {
  return `token:${id}`;
}

/** The busiest first. */
function serviceUses(uses: readonly Usage[]): readonly ServiceUse[] {
  return [...groupBy(uses, ({ service }) => service)]
    .map(([service, own]) => ({
      service,
      requests: total(own),
      lastAt: own.map(({ lastAt }) => lastAt).reduce((latest, at) => (at > latest ? at : latest)),
      routes: mostFrequent(own, ({ method, route }) => `${method} ${route}`.trim()),
      addresses: mostFrequent(own, ({ address }) => address),
    }))
    .toSorted((a, b) => b.requests - a.requests);
}

function mostFrequent(uses: readonly Usage[], of: (use: Usage) => string): readonly string[] {
  return [...groupBy(uses, of)]
    .filter(([text]) => text !== '')
    .toSorted(([, a], [, b]) => total(b) - total(a))
    .slice(0, MOST_SHOWN)
    .map(([text]) => text);
}

function total(uses: readonly Usage[]): number {
  return uses.reduce((sum, { requests }) => sum + requests, 0);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
