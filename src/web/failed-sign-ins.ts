// Failed sign-ins in the audit log, for the admins of whoever they were about. Written after the answer, which must not tell
// by its time whether there is such a person; and no more of them than anybody reads, or else strangers could fill the log.
import type { Context } from 'koa';
import { findPersonByEmail } from '../accounts/account-store.ts';
import { recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { RateCounters } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';

const RECORDED_PER_PERSON = { points: 20, seconds: 3600 };

/** Notes that whoever sent `ctx` did not know this person's password. */
export type NoteFailedSignIn = (ctx: Context, email: string) => void;

/** @param onFailure told of those that could not be written: they are lost */
export function createFailedSignIns(
  database: Database,
  counters: RateCounters,
  clock: Clock,
  onFailure: (error: unknown) => void,
): NoteFailedSignIn {
  const recorded = counters.counter('failed-sign-in-record', RECORDED_PER_PERSON);

  async function record(email: string, actor: ReturnType<typeof actorOf>): Promise<void> {
    const person = await findPersonByEmail(database, email);
    if (person === undefined || (await recorded.count(person.id)) !== undefined) return;
    await database.transaction((transaction) =>
      recordAct(transaction, clock.now(), { action: 'sign_in.failed', target: `person:${person.id}`, actor }),
    );
  }

  return (ctx, email) => {
    const actor = actorOf(ctx);
    ctx.res.once('close', () => void record(email, actor).catch(onFailure));
  };
}
