// The ways in which credentials are used at the moment, counted in memory: one look-up a use. Bounded, whatever services
// tell; what is too much to be kept apart is counted together.
import { HOUR } from '../clock.ts';
import { type CleanUse, type CredentialUse, cleanUse, OTHER, userAgentText } from './credential-use.ts';

/** About 1 kB each. Beyond half of it, what is not in use is forgotten earlier. */
const MAX_WAYS = 50_000;
/** Of one credential in one hour, on this instance; further ones are counted together. Bounds the table. */
const MAX_WAYS_OF_ONE = 100;
/** Longer than anything that could be kept: such a use is counted with the others. */
const MAX_KEY = 2_000;
/** A longer one is cut before it is kept. */
const MAX_USER_AGENT = 1_000;

export interface Credential {
  /** `token:tok_…`, `session:ses_…` */
  readonly name: string;
  writtenAt: Date | undefined;
  /** Those with uses that are not written yet. */
  waiting: Way[];
  hour: number;
  /** Within `hour`. */
  ways: number;
  /** How it was used last. */
  latest: Way | undefined;
}

/** One way of using one credential within one hour, with what is not written yet. */
interface Way {
  readonly credential: Credential;
  readonly organizationId: string;
  readonly use: CleanUse;
  /** The same as it was told; undefined: several are counted together. */
  readonly told: Omit<CredentialUse, 'userAgent'> | undefined;
  /** Hours since 1970. */
  readonly hour: number;
  requests: number;
  firstAt: Date;
  lastAt: Date;
  /** Of the last use, as told. */
  address: string | undefined;
  userAgent: string | undefined;
}

/** A way as it was when it was taken. */
export interface Taken extends Readonly<Way> {
  readonly from: Way;
}

export interface Ways {
  count(name: string, organizationId: string, use: CredentialUse, now: Date): void;
  /** Of which there is something to write. */
  readonly waiting: ReadonlySet<Credential>;
  /** Takes what waits of these; what is counted from now on is not part of it. */
  take(credentials: readonly Credential[]): readonly Taken[];
  /** Puts back what could not be written, but for hours long over: an outage must not fill the memory. */
  putBack(taken: readonly Taken[], now: Date): void;
  /** Forgets what nobody needs any more. */
  tidy(now: Date, idleSince: Date): void;
}

export function createWays(): Ways {
  const ways = new Map<string, Way>();
  const credentials = new Map<string, Credential>();
  const waiting = new Set<Credential>();

  return {
    waiting,

    count(name, organizationId, use, now) {
      const hour = Math.floor(now.getTime() / HOUR);
      const way = sameWay(name, organizationId, use, hour) ?? findWay(name, organizationId, use, now, hour);
      if (way === undefined) return;
      if (way.requests === 0) {
        way.credential.waiting.push(way);
        waiting.add(way.credential);
        way.firstAt = now;
      }
      way.requests += 1;
      way.lastAt = now;
      way.address = use.address;
      way.userAgent =
        use.userAgent === undefined || use.userAgent.length <= MAX_USER_AGENT
          ? use.userAgent
          : userAgentText(use.userAgent);
    },

    take(chosen) {
      return chosen.flatMap((credential) => {
        const taken = credential.waiting.map((way) => ({ ...way, from: way }));
        for (const way of credential.waiting) way.requests = 0;
        credential.waiting = [];
        waiting.delete(credential);
        return taken;
      });
    },

    putBack(taken, now) {
      const oldest = Math.floor(now.getTime() / HOUR) - 1;
      for (const { from: way, requests, firstAt } of taken) {
        if (way.hour < oldest) continue;
        if (way.requests === 0) way.credential.waiting.push(way);
        waiting.add(way.credential);
        way.requests += requests;
        way.firstAt = firstAt;
      }
    },

    tidy(now, idleSince) {
      const hour = Math.floor(now.getTime() / HOUR);
      const isCrowded = ways.size > MAX_WAYS / 2;
      for (const credential of credentials.values()) {
        const isIdle = credential.waiting.length === 0 && (credential.writtenAt ?? now) <= idleSince;
        if (isIdle && (isCrowded || credential.hour < hour)) credentials.delete(credential.name);
      }
      for (const [key, { credential, hour: own, requests }] of ways) {
        if (requests === 0 && (own < hour || credentials.get(credential.name) !== credential)) ways.delete(key);
      }
    },
  };

  /** Most are used as they were used last: then no key is made. */
  function sameWay(name: string, organizationId: string, use: CredentialUse, hour: number): Way | undefined {
    const latest = credentials.get(name)?.latest;
    if (latest?.told === undefined || latest.hour !== hour || latest.organizationId !== organizationId)
      return undefined;
    const { service, method, route, address } = latest.told;
    const isSame = service === use.service && method === use.method && route === use.route && address === use.address;
    return isSame ? latest : undefined;
  }

  function findWay(name: string, organizationId: string, use: CredentialUse, now: Date, hour: number): Way | undefined {
    const key = `${name}\n${organizationId}\n${use.service}\n${use.method}\n${use.route}\n${use.address}`;
    const known = ways.get(key);
    const way = known?.hour === hour ? known : wayFor(key, name, organizationId, use, now, hour);
    if (way !== undefined) way.credential.latest = way;
    return way;
  }

  /** Undefined: there is no room, not even to count it with others. */
  function wayFor(
    key: string,
    name: string,
    organizationId: string,
    use: CredentialUse,
    now: Date,
    hour: number,
  ): Way | undefined {
    const credential = credentials.get(name) ?? {
      name,
      writtenAt: undefined,
      waiting: [],
      hour,
      ways: 0,
      latest: undefined,
    };
    if (credential.hour !== hour) Object.assign(credential, { hour, ways: 0 });
    const clean = cleanUse(use);
    const { service, method, route, address } = use;
    const hasRoom = key.length <= MAX_KEY && ways.size < MAX_WAYS && credential.ways < MAX_WAYS_OF_ONE;
    const ownKey = hasRoom ? key : `${name}\n${organizationId}\n${clean.service}`;
    const known = ways.get(ownKey);
    if (known?.hour === hour) return known;
    if (ways.size >= 2 * MAX_WAYS) return undefined;
    const way = {
      credential,
      organizationId,
      use: hasRoom ? clean : { service: clean.service, method: OTHER, route: OTHER, address: OTHER },
      told: hasRoom ? { service, method, route, address } : undefined,
      hour,
      requests: 0,
      firstAt: now,
      lastAt: now,
      address: undefined,
      userAgent: undefined,
    };
    credential.ways += 1;
    credentials.set(name, credential);
    ways.set(ownKey, way);
    return way;
  }
}
