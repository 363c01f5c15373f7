// A person at work in the strictness test: makes credentials at any instance, and has calls carried out that end or
// change them, until their outcome is known.
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicMs } from '../../src/clock.ts';
import { CLI_CLIENT_ID } from '../../src/oauth/device-grant.ts';
import type { Role } from '../../src/oauth/roles.ts';
import type { State } from './history.ts';
import { logIn } from './oauth.ts';
import type { Answer, Call } from './strictness-door.ts';
import type { SeededRandom } from './strictness-random.ts';
import type { Credential, Watch } from './strictness-watch.ts';
import { type Instance, ORGANIZATION, type Person, type World } from './strictness-world.ts';
import { Visitor } from './visitor.ts';

/** A sign-in, its tokens the latest last. */
export interface Login {
  /** `ses_…` */
  readonly id: string;
  readonly access: Credential[];
  readonly refresh: Credential[];
}

export interface Token {
  readonly id: string;
  readonly credential: Credential;
}

export type TokenKind = 'personal' | 'organization';

/** One kind of call that changes credentials. */
export interface Act {
  readonly name: string;
  readonly status: number;
  /** What the credentials are afterwards. */
  readonly to: State;
}

export interface Lane {
  readonly random: SeededRandom;
  readonly person: Person;
  readonly organizationId: string;
  /** Of a sign-in that lasts as long as the lane, to make and end others by. */
  readonly authorization: string;
  /** The same sign-in, for those whose lane is to end. Watched from the first call on. */
  ownLogin(): Login;
  logIn(): Promise<Login>;
  makeToken(kind: TokenKind): Promise<Token>;
  /** The token that an answer gives. */
  tokenIn(answer: Answer, kind: TokenKind): Token;
  /** The refresh token before the latest one ends, new tokens are there. False: it is not known whether. */
  refresh(login: Login): Promise<boolean>;
  /** Tries once. Undefined: it is not known whether it was done. @throws Refused */
  attempt(act: Act, call: Call, on: readonly Credential[]): Promise<Answer | undefined>;
  /** Tries until it is done, or it is refused because it was done before nobody knew it: then each is ended by itself. */
  carryOut(act: Act, call: Call | (() => Promise<boolean>), on: readonly Credential[]): Promise<void>;
  /** Ends these, whatever has become of them: each token by itself, a sign-in by any of its tokens. */
  revoke(tokens: readonly Credential[]): Promise<void>;
  revokeLogin(login: Login): Promise<void>;
  /** Somebody's browser, signed in at some instance. */
  visitor(): Promise<Visitor>;
  /** Another person's lane. */
  another(role: Role): Promise<Lane>;
}

/** What all lanes have in common. */
export interface Surroundings {
  readonly world: World;
  readonly watch: Watch;
  /** Instance -> until when nobody asks it: else each lane would have to wait there. */
  readonly avoidedUntil: Map<Instance, number>;
  /** How long a call that changes something may take: who has waited so long asks another instance. */
  readonly patienceMs: () => number;
}

/** It was not done, and won't be. */
export class Refused extends Error {}

/** An instance that let somebody wait is not asked for so long. */
const AVOIDED_MS = 1_000;
const RETRY_MS = 200;
const MOST_TRIES = 600;

export function revokeByItself(credential: Credential): Call {
  const body = new URLSearchParams({ client_id: CLI_CLIENT_ID, token: credential.token }).toString();
  return { path: '/oauth/revoke', body };
}

export function refreshWith(credential: Credential): Call {
  const fields = { grant_type: 'refresh_token', client_id: CLI_CLIENT_ID, refresh_token: credential.token };
  return { path: '/oauth/token', body: new URLSearchParams(fields).toString() };
}

const SUPERSEDE = 'refresh, of the token before it';
const BY_ITSELF: Act = { name: 'RFC 7009, with whatever is left', status: 200, to: 'inactive' };

export async function openLane(around: Surroundings, person: Person, random: SeededRandom): Promise<Lane> {
  const { world, watch, avoidedUntil, patienceMs } = around;
  const visitors = new Map<Instance, Visitor>();
  const signedInFrom = monotonicMs();
  const own = await signIn();
  const ownUntil = monotonicMs();
  const authorization = `Bearer ${own.access_token}`;

  function choose(): Instance {
    const now = monotonicMs();
    const quick = world.instances.filter((instance) => (avoidedUntil.get(instance) ?? 0) < now);
    return random.pick(quick.length > 0 ? quick : world.instances);
  }

  async function send(call: Call): Promise<Answer> {
    const instance = choose();
    const answer = await instance.door.post(call, patienceMs());
    if (answer.status === 0 || answer.status >= 500) avoidedUntil.set(instance, answer.answeredAt + AVOIDED_MS);
    return answer;
  }

  async function visitorAt(instance: Instance): Promise<Visitor> {
    const visitor = visitors.get(instance) ?? new Visitor(instance.url);
    if (!visitors.has(instance)) await visitor.signIn(person);
    visitors.set(instance, visitor);
    return visitor;
  }

  /** Over the pages, at one instance or, when that fails, at another. */
  async function signIn() {
    return await tryAgain(`a sign-in of ${person.email}`, async () => {
      const instance = choose();
      return await orUndefined(async () => await logIn(instance.url, person, await visitorAt(instance)));
    });
  }

  function begin(of: string, token: string, state: State, sentAt: number, answeredAt: number): Credential {
    return watch.begin(of, token, { to: state, by: 'its creation', sentAt, answeredAt });
  }

  function loginOf(tokens: { access_token: string; refresh_token: string }, from: number, until: number): Login {
    return {
      id: sessionIdIn(tokens.access_token),
      access: [begin('an access token', tokens.access_token, person.role, from, until)],
      refresh: [begin('a refresh token', tokens.refresh_token, person.role, from, until)],
    };
  }

  const lane: Lane = {
    random,
    person,
    organizationId: ORGANIZATION,
    authorization,
    ownLogin: () => loginOf(own, signedInFrom, ownUntil),
    visitor: () => tryAgain('a browser', () => orUndefined(() => visitorAt(choose()))),
    async another(role) {
      const newcomer = await tryAgain('a new person', () => orUndefined(() => world.addPerson(role)));
      return await openLane(around, newcomer, random);
    },

    async logIn() {
      const from = monotonicMs();
      const tokens = await signIn();
      return loginOf(tokens, from, monotonicMs());
    },

    async makeToken(kind) {
      const path = kind === 'personal' ? '/api/users/me/tokens' : `/api/organizations/${ORGANIZATION}/tokens`;
      return await tryAgain(`a new ${kind} token`, async () => {
        const answer = await send({ path, authorization, body: { name: 'CI Pipeline' } });
        return isKnown(answer, 201) ? lane.tokenIn(answer, kind) : undefined;
      });
    },

    tokenIn({ body, sentAt, answeredAt }, kind) {
      const { id, token } = JSON.parse(body) as { id: string; token: string };
      const state = kind === 'personal' ? person.role : 'active';
      return { id, credential: begin(`a ${kind} token`, token, state, sentAt, answeredAt) };
    },

    async refresh({ access, refresh }) {
      const last = refresh.at(-1) as Credential;
      const answer = await send(refreshWith(last));
      const { sentAt, answeredAt } = answer;
      if (!isKnown(answer, 200)) {
        // Carried out late, by an instance that was stopped, it is the reuse of a token: all of the session may end.
        for (const { history } of [...access, ...refresh])
          history.changes.push({ to: 'inactive', by: SUPERSEDE, sentAt, answeredAt: undefined });
        return false;
      }
      last.history.changes.push({ to: 'inactive', by: SUPERSEDE, sentAt, answeredAt });
      const body = JSON.parse(answer.body) as { access_token: string; refresh_token: string };
      access.push(begin('an access token', body.access_token, person.role, sentAt, answeredAt));
      refresh.push(begin('a refresh token', body.refresh_token, person.role, sentAt, answeredAt));
      return true;
    },

    async attempt({ name, status, to }, call, on) {
      const answer = await send(call);
      const isDone = isKnown(answer, status);
      note({ name, status, to }, on, answer.sentAt, isDone ? answer.answeredAt : undefined);
      return isDone ? answer : undefined;
    },

    async carryOut(act, call, on) {
      let isUnknown = false;
      await tryAgain(act.name, async () => {
        try {
          if (typeof call !== 'function') return await lane.attempt(act, call, on);
          const sentAt = monotonicMs();
          const isDone = await call();
          note(act, on, sentAt, isDone ? monotonicMs() : undefined);
          return isDone || undefined;
        } catch (error) {
          if (!(error instanceof Refused && isUnknown)) throw error;
          // Any of these may end with another one, before it is ended by itself.
          note({ ...act, to: 'inactive' }, on, monotonicMs(), undefined);
          await lane.revoke(on);
          return true;
        } finally {
          isUnknown = true;
        }
      });
    },

    async revoke(credentials) {
      for (const credential of credentials) await lane.carryOut(BY_ITSELF, revokeByItself(credential), [credential]);
    },

    async revokeLogin({ access, refresh }) {
      const [first] = access as [Credential];
      await lane.carryOut(BY_ITSELF, revokeByItself(first), [...access, ...refresh]);
    },
  };
  return lane;
}

function note({ name, to }: Act, on: readonly Credential[], sentAt: number, answeredAt: number | undefined): void {
  for (const { history } of on) history.changes.push({ to, by: name, sentAt, answeredAt });
}

async function tryAgain<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    await pause(RETRY_MS);
  }
  throw new Error(`${what}: it never was done`);
}

/** For what takes several requests, of which any may fail. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  return await work().catch(() => undefined);
}

/** True: it was done. False: nobody knows. @throws Refused */
function isKnown({ status, body }: Answer, expected: number): boolean {
  if (status === expected) return true;
  if (status === 0 || status === 503) return false;
  throw new Refused(`answered ${status} instead of ${expected}: ${body}`);
}

function sessionIdIn(accessToken: string): string {
  const claims = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { sid: string }).sid;
}
