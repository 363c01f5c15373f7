// Use cases of the sign-ins of a person, or of those that act for an organization: lists, and ending one, all or all but
// one. What a single sign-in does, and how it begins, is ../sessions' and ../device's.
import type { Organization } from '../accounts/account.ts';
import type { Actor } from '../audit/audit-log.ts';
import { after, type Clock, fromEpochSeconds } from '../clock.ts';
import type { FirstPartyClient } from '../config.ts';
import type { Database, Queryable } from '../database/database.ts';
import { denyApprovals, denyApprovalsOf } from '../device/device-authorization-store.ts';
import { lockActor } from '../members/admin.ts';
import { endAllSessions } from '../sessions/end-sessions.ts';
import type { ListedSession, SessionPosition } from '../sessions/session-list-store.ts';
import * as store from '../sessions/session-list-store.ts';
import { holdPerson, holdSession } from '../sessions/session-store.ts';

/** Whose sign-ins: one person's, wherever they are; or the CLI logins that act for an organization, of all or of one. */
export type SignInsOf =
  | { readonly personId: string; readonly organizationId?: never }
  | { readonly organizationId: string; readonly personId?: string };

export interface SignIn extends ListedSession {
  /** Name of the program; null: a browser. */
  readonly client: string | null;
}

interface SignInPage {
  /** Newest first. */
  readonly signIns: readonly SignIn[];
  /** How many there are, on all pages. */
  readonly count: number;
  /** Asks for the next page; null: this was the last. */
  readonly nextCursor: string | null;
}

/** `forbidden`: who asks is no longer signed in, or no admin any more. */
export type Ending = { readonly outcome: 'ended'; readonly count: number } | { readonly outcome: 'forbidden' };

export interface SignIns {
  /** Undefined: `cursor` is none that a page was given. */
  list(
    of: SignInsOf,
    page: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<SignInPage | undefined>;
  find(of: SignInsOf, id: string): Promise<SignIn | undefined>;
  /** Who is signed in for an organization. Thousands are cut off. */
  peopleOf(organizationId: string): Promise<readonly { id: string; name: string; email: string }[]>;
  /** `ended` also when it had before; `unknown` when it never was among those. */
  end(of: SignInsOf, id: string, by: SignedIn, actor: Actor): Promise<'ended' | 'unknown' | 'forbidden'>;
  /** All of a person but the one that asks, and what they have approved for devices that haven't come for it. */
  endOthers(by: SignedIn, actor: Actor): Promise<Ending>;
  /** The same for an organization, or for one person there: none is excepted. */
  endAll(of: Extract<SignInsOf, { organizationId: string }>, by: SignedIn, actor: Actor): Promise<Ending>;
}

/** Whoever ends sign-ins does it by one. */
interface SignedIn {
  readonly personId: string;
  readonly sessionId: string;
}

const MAX_PEOPLE = 2_000;

/** @param clients whose names sign-ins are listed by */
export function createSignIns(database: Database, clock: Clock, clients: readonly FirstPartyClient[]): SignIns {
  const names = new Map(clients.map(({ client_id: id, client_name: name }) => [id, name]));
  const named = (session: ListedSession): SignIn => {
    const { clientId } = session;
    return { ...session, client: clientId === null ? null : (names.get(clientId) ?? clientId) };
  };

  return {
    async list(of, { cursor, limit }) {
      const behind = cursor === undefined ? undefined : positionOf(cursor);
      if (cursor !== undefined && behind === undefined) return undefined;
      const now = clock.now();
      const [found, count] = await Promise.all([
        store.listSessions(database, of, behind, limit + 1, now),
        store.countSessions(database, of, now),
      ]);
      const last = found.length > limit ? found[limit - 1] : undefined;
      const signIns = found.slice(0, limit).map(named);
      return { signIns, count, nextCursor: last === undefined ? null : cursorOf(last) };
    },

    async find(of, id) {
      const [found] = await store.listSessions(database, { ...of, id }, undefined, 1, clock.now());
      return found && named(found);
    },

    peopleOf: (organizationId) => store.listPeopleSignedIn(database, organizationId, MAX_PEOPLE, clock.now()),

    end: (of, id, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await mayStill(transaction, of, by, now))) return 'forbidden';
        const ended = await endAllSessions(transaction, { ...of, id }, 'revoked', actor, now);
        return ended === 1 || (await store.wasSession(transaction, { ...of, id })) ? 'ended' : 'unknown';
      }),

    endOthers: (by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const { personId, sessionId } = by;
        if (!(await mayStill(transaction, { personId }, by, now))) return { outcome: 'forbidden' };
        await denyApprovals(transaction, personId);
        const count = await endAllSessions(transaction, { personId, exceptId: sessionId }, 'revoked', actor, now);
        return { outcome: 'ended', count };
      }),

    endAll: (of, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await mayStill(transaction, of, by, now))) return { outcome: 'forbidden' };
        if (of.personId === undefined) await denyApprovalsOf(transaction, of.organizationId);
        else await denyApprovals(transaction, of.personId, of.organizationId);
        return { outcome: 'ended', count: await endAllSessions(transaction, of, 'revoked', actor, now) };
      }),
  };
}

/** Whether somebody typed which organization they mean, by its name or its id. */
export function confirms(organization: Organization | undefined, typed: string | undefined): boolean {
  const text = typed?.normalize('NFC').trim();
  return organization !== undefined && (text === organization.name || text === organization.id);
}

function cursorOf({ createdAt, id }: SessionPosition): string {
  return `${createdAt.getTime()}.${id}`;
}

function positionOf(cursor: string): SessionPosition | undefined {
  const [, time, id] = /^(\d{1,14})\.(ses_[A-Za-z0-9_-]{1,64})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) return undefined;
  return { createdAt: after(fromEpochSeconds(0), Number(time)), id };
}

/** Looked at in the transaction, and held until it ends: a role or a sign-in may have been lost since the request came. */
async function mayStill(transaction: Queryable, of: SignInsOf, by: SignedIn, now: Date): Promise<boolean> {
  if (of.organizationId !== undefined)
    return (await lockActor(transaction, by, of.organizationId, [], now)) === 'admin';
  const person = await holdPerson(transaction, by.personId);
  return person !== undefined && of.personId === by.personId && (await holdSession(transaction, by.sessionId, now));
}
