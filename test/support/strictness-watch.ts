// Introspects a credential at every instance again and again, from the moment it is made until each instance has been
// asked once more after its end, and then has its history judged.
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicMs } from '../../src/clock.ts';
import type { History, State } from './history.ts';
import type { Faults } from './strictness-faults.ts';
import type { SeededRandom } from './strictness-random.ts';
import type { StrictnessRecord } from './strictness-record.ts';
import type { Instance, World } from './strictness-world.ts';

export interface Credential {
  readonly token: string;
  readonly history: History;
  /** Looks at it everywhere, now. */
  glance(): Promise<void>;
  /** Nothing more will be done to it. Resolves when it was looked at everywhere, or had its time to be. */
  finish(): Promise<void>;
}

export interface Watch {
  /** @param authorization of the service that asks */
  begin(of: string, token: string, made: History['changes'][number], authorization?: string): Credential;
  /** When all that was begun has been judged; then some that ended a while ago are looked at once more. */
  end(): Promise<void>;
}

interface WatchOptions {
  /** How long an introspection may take: longer than an instance is stopped. */
  readonly patienceMs: number;
  /** Told of what can't be an answer to an introspection. */
  readonly onDefect: (error: unknown) => void;
}

/** The latest that ended, to be looked at once more at the end. */
const REMEMBERED = 500;
/** Requests under way at one instance: more would only wait for each other. */
const MAX_UNDER_WAY = 40;
/** Who goes on with other credentials waits this long for the looks after the end. */
const LINGER_MS = 100;
/** An instance that has not answered by then is asked no more about a credential that is over. */
const GIVE_UP_MS = 1_000;
const RETRY_MS = 20;
/** Between two introspections of one credential at one instance, at most. */
const PAUSE_MS = 400;

export function startWatch(
  world: World,
  record: StrictnessRecord,
  faults: Faults,
  random: SeededRandom,
  { patienceMs, onDefect }: WatchOptions,
): Watch {
  const underWay = new Map<Instance, number>();
  const watched = new Set<Promise<void>>();
  const ended: { readonly history: History; readonly token: string; readonly authorization: string }[] = [];

  async function lookUnlessBusy(...what: Parameters<typeof look>): Promise<boolean> {
    const [, , , instance] = what;
    const busy = underWay.get(instance) ?? 0;
    if (busy >= MAX_UNDER_WAY) return false;
    underWay.set(instance, busy + 1);
    const isSeen = await look(...what);
    underWay.set(instance, (underWay.get(instance) ?? 0) - 1);
    return isSeen;
  }

  /** One introspection. False: no answer, or one that says nothing about the credential. */
  async function look({ sightings }: History, token: string, authorization: string, instance: Instance) {
    const under = faults.at(instance);
    const answer = await instance.door.post(
      { path: '/oauth/introspect', authorization, body: `token=${encodeURIComponent(token)}` },
      patienceMs,
    );
    record.note(answer, under);
    const { status, body, sentAt, answeredAt } = answer;
    const state = stateIn(status, body, authorization === world.authorization);
    if (state !== undefined) sightings.push({ state, instance: instance.name, sentAt, answeredAt });
    return state !== undefined;
  }

  return {
    begin(of, token, made, authorization = world.authorization) {
      const history: History = { of, changes: [made], sightings: [] };
      const finished = new AbortController();
      const finish = new Promise<void>((resolve) => {
        finished.signal.addEventListener('abort', () => resolve());
      });

      async function lookWhileItLives(instance: Instance): Promise<void> {
        while (!finished.signal.aborted) {
          await lookUnlessBusy(history, token, authorization, instance);
          await pause(random.between(0, PAUSE_MS), undefined, { signal: finished.signal }).catch(() => {});
        }
      }

      /** At once, also where a question that was asked before the end is still waiting for its answer. */
      async function lookAfterTheEnd(instance: Instance): Promise<void> {
        await finish;
        const giveUpAt = monotonicMs() + GIVE_UP_MS;
        while (!(await lookUnlessBusy(history, token, authorization, instance)) && monotonicMs() < giveUpAt)
          await pause(RETRY_MS);
      }

      const glances = new Set<Promise<unknown>>();
      const all = Promise.all(world.instances.flatMap((one) => [lookWhileItLives(one), lookAfterTheEnd(one)]))
        .then(() => Promise.all(glances))
        .then(() => {
          record.close(history);
          ended.push({ history, token, authorization });
          if (ended.length > REMEMBERED) ended.shift();
        })
        .catch(onDefect)
        .finally(() => watched.delete(all));
      watched.add(all);
      return {
        token,
        history,
        async glance() {
          const looks = world.instances.map((one) => lookUnlessBusy(history, token, authorization, one));
          const seen = Promise.all(looks);
          glances.add(seen);
          await Promise.race([seen, pause(LINGER_MS)]);
        },
        async finish() {
          finished.abort();
          await Promise.race([all, pause(LINGER_MS)]);
        },
      };
    },

    async end() {
      while (watched.size > 0) await Promise.all(watched);
      for (const { history, token, authorization } of ended) {
        const later = { ...history, sightings: [] };
        await look(later, token, authorization, random.pick(world.instances));
        record.lookBack(later);
      }
    },
  };
}

/** @throws when it is no answer that introspection gives */
function stateIn(status: number, body: string, known: boolean): State | undefined {
  if (status === 200) {
    const { active, role } = JSON.parse(body) as { active: boolean; role?: State };
    return active ? (role ?? 'active') : 'inactive';
  }
  if (status === 401 && !known) return 'inactive'; // the service is what is looked at
  if (status === 0 || status === 503) return undefined;
  throw new Error(`introspection answered ${status} ${body}`);
}
