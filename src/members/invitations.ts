// Use cases of invitations: sending, sending again, withdrawing, accepting. Whoever accepts shows the link, which proves
// that mail to the address reaches them; who has an account must be signed in to it as well.
import type { KeyObject } from 'node:crypto';
import { addMembership, addPerson } from '../accounts/accounts.ts';
import { hashPassword } from '../accounts/password.ts';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import { type Database, type Queryable, UniqueViolation } from '../database/database.ts';
import { newId } from '../digest.ts';
import { enqueueInvitation } from '../mail/outbox.ts';
import type { Role } from '../oauth/roles.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import { holdSession } from '../sessions/session-store.ts';
import type { Maker } from '../tokens/maker.ts';
import { lockActor } from './admin.ts';
import { type Invitation, type OpenInvitation, parseInvitationSecret } from './invitation.ts';
import * as store from './invitation-store.ts';
import { lockOrganization, lockPeople } from './member-store.ts';

const VALID_FOR = 7 * DAY;

export interface InvitationSettings {
  /** HMAC key of the links. */
  readonly key: KeyObject;
  /** Whether mails reach anybody. */
  readonly hasMail: boolean;
  readonly limits: {
    readonly invitationPerOrganization: Limit;
    readonly invitationPerOrganizationAndEmail: Limit;
  };
}

/** `forbidden`: who asks is no admin there any more, or no longer signed in. `no_mail`: this server sends none. */
type Sending =
  | { readonly outcome: 'sent'; readonly invitation: Invitation }
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'forbidden' | 'no_mail' };

/** `invalid`: the link is unknown, used, withdrawn or too old; which of these is never told. */
type Invalid = { readonly outcome: 'invalid' };

/** Whoever has just got an account, and may be signed in to it. */
interface NewPerson {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
}

export interface Invitations {
  /** Those that wait, expired ones among them, newest first. */
  list(organizationId: string): Promise<readonly Invitation[]>;
  find(organizationId: string, id: string): Promise<Invitation | undefined>;
  /** Whether the address has an account makes no difference. */
  send(
    organizationId: string,
    to: { readonly email: string; readonly role: Role },
    by: Maker,
    actor: Actor,
  ): Promise<Sending | { readonly outcome: 'already_member' | 'already_invited' }>;
  /** Another one in the place of `id`, whose link stops working. */
  resend(
    organizationId: string,
    id: string,
    by: Maker,
    actor: Actor,
  ): Promise<Sending | { readonly outcome: 'unknown' | 'already_member' }>;
  revoke(organizationId: string, id: string, by: Maker, actor: Actor): Promise<'revoked' | 'unknown' | 'forbidden'>;

  /** What a link leads to, if it may be accepted now. Changes nothing. */
  open(secret: string): Promise<OpenInvitation | undefined>;
  /** By somebody who is signed in. `other_person`: not as who is invited. The same person may do it twice. */
  accept(
    secret: string,
    by: BrowserSession,
    actor: Actor,
  ): Promise<
    { readonly outcome: 'joined'; readonly organizationId: string } | { readonly outcome: 'other_person' } | Invalid
  >;
  /** By somebody without an account: makes it. `known`: there is one, to be signed in to. */
  register(
    secret: string,
    person: { readonly name: string; readonly password: string },
    actor: Actor,
  ): Promise<
    | { readonly outcome: 'joined'; readonly organizationId: string; readonly person: NewPerson }
    | { readonly outcome: 'known' }
    | Invalid
  >;
}

export function createInvitations(
  database: Database,
  clock: Clock,
  { key, hasMail, limits }: InvitationSettings,
): Invitations {
  return {
    list: (organizationId) => store.listInvitations(database, organizationId),
    find: (organizationId, id) => store.findInvitation(database, organizationId, id),

    send: (organizationId, to, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await isAdmin(transaction, organizationId, by, now))) return { outcome: 'forbidden' };
        if (!hasMail) return { outcome: 'no_mail' };
        await store.endExpiredInvitation(transaction, organizationId, to.email, now);
        const obstacle = await store.invitationObstacle(transaction, organizationId, to.email);
        if (obstacle !== undefined) return { outcome: obstacle };
        const limited = await limitedUntil(transaction, organizationId, to.email, now);
        return limited ?? (await sendWithin(transaction, organizationId, to, by, actor, now));
      }),

    resend: (organizationId, id, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await isAdmin(transaction, organizationId, by, now))) return { outcome: 'forbidden' };
        if (!hasMail) return { outcome: 'no_mail' };
        const before = await store.findInvitation(transaction, organizationId, id);
        if (before === undefined) return { outcome: 'unknown' };
        const obstacle = await store.invitationObstacle(transaction, organizationId, before.email);
        if (obstacle === 'already_member') return { outcome: obstacle };
        const limited = await limitedUntil(transaction, organizationId, before.email, now);
        if (limited !== undefined) return limited;
        await store.endInvitation(transaction, id, 'resent', now);
        return await sendWithin(transaction, organizationId, before, by, actor, now);
      }),

    revoke: (organizationId, id, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await isAdmin(transaction, organizationId, by, now))) return 'forbidden';
        const invitation = await store.findInvitation(transaction, organizationId, id);
        if (invitation === undefined || !(await store.endInvitation(transaction, id, 'revoked', now))) return 'unknown';
        await recordAct(transaction, now, {
          action: 'invitation.revoked',
          target: `invitation:${id}`,
          organizationId,
          actor,
          details: { email: invitation.email, reason: 'revoked' },
        });
        return 'revoked';
      }),

    async open(secret) {
      const id = parseInvitationSecret(secret, key);
      return id === undefined ? undefined : await store.findOpenInvitation(database, id, clock.now());
    },

    async accept(secret, by, actor) {
      const id = parseInvitationSecret(secret, key);
      const destination = id === undefined ? undefined : await store.findDestination(database, id);
      if (id === undefined || destination === undefined) return { outcome: 'invalid' };
      return await database.transaction(async (transaction) => {
        const now = clock.now();
        const { organizationId } = destination;
        await lockPeople(transaction, [by.personId]);
        if (!(await lockOrganization(transaction, organizationId))) return { outcome: 'invalid' };
        if (!(await holdSession(transaction, by.id, now))) return { outcome: 'invalid' };
        const invitation = await store.findOpenInvitation(transaction, id, now);
        if (invitation === undefined) {
          const repeated = (await store.findDestination(transaction, id))?.acceptedBy === by.personId;
          return repeated ? { outcome: 'joined', organizationId } : { outcome: 'invalid' };
        }
        if (invitation.email !== by.email) return { outcome: 'other_person' };
        await join(transaction, invitation, by.personId, actor, now);
        return { outcome: 'joined', organizationId };
      });
    },

    async register(secret, { name, password }, actor) {
      const invitation = await this.open(secret); // before the costly hash
      if (invitation === undefined) return { outcome: 'invalid' };
      if (invitation.hasAccount) return { outcome: 'known' };
      const { id, email, organizationId } = invitation;
      const passwordHash = await hashPassword(password);
      try {
        return await database.transaction(async (transaction) => {
          const now = clock.now();
          if (!(await lockOrganization(transaction, organizationId))) return { outcome: 'invalid' };
          const still = await store.findOpenInvitation(transaction, id, now);
          if (still === undefined) return { outcome: 'invalid' };
          if (still.hasAccount) return { outcome: 'known' };
          const by = { ...actor, credential: `invitation:${id}` };
          const personId = await addPerson(transaction, { email, name }, passwordHash, by, now);
          await join(transaction, still, personId, { ...by, personId }, now);
          return { outcome: 'joined', organizationId, person: { id: personId, email, passwordHash } };
        });
      } catch (error) {
        if (error instanceof UniqueViolation) return { outcome: 'known' }; // made elsewhere at the same moment
        throw error;
      }
    },
  };

  async function isAdmin(transaction: Queryable, organizationId: string, by: Maker, now: Date): Promise<boolean> {
    return (await lockActor(transaction, by, organizationId, [], now)) === 'admin';
  }

  async function sendWithin(
    transaction: Queryable,
    organizationId: string,
    { email, role }: { readonly email: string; readonly role: Role },
    by: Maker,
    actor: Actor,
    now: Date,
  ): Promise<Sending> {
    const invitation = {
      id: newId('inv_'),
      email,
      role,
      invitedBy: by.personId,
      createdAt: now,
      expiresAt: after(now, VALID_FOR),
    };
    await store.insertInvitation(transaction, organizationId, invitation);
    await enqueueInvitation(transaction, email, invitation.id, now);
    await recordAct(transaction, now, {
      action: 'invitation.created',
      target: `invitation:${invitation.id}`,
      organizationId,
      actor,
      details: { email, role },
    });
    return { outcome: 'sent', invitation };
  }

  /** Each is a mail to somebody who may not have asked for it. */
  async function limitedUntil(transaction: Queryable, organizationId: string, email: string, now: Date) {
    const counted = [
      { limit: limits.invitationPerOrganization, to: undefined },
      { limit: limits.invitationPerOrganizationAndEmail, to: email },
    ];
    for (const { limit, to } of counted) {
      const since = after(now, -limit.seconds * SECOND);
      const oldest = await store.nthLastInvitation(transaction, organizationId, to, limit.points, since);
      if (oldest === undefined) continue;
      const wait = after(oldest, limit.seconds * SECOND).getTime() - now.getTime();
      return { outcome: 'limited', retryAfterSeconds: Math.max(1, Math.ceil(wait / SECOND)) } as const;
    }
    return undefined;
  }

  async function join(
    transaction: Queryable,
    { id, organizationId, role, invitedBy }: OpenInvitation,
    personId: string,
    actor: Actor,
    now: Date,
  ): Promise<void> {
    await store.endInvitation(transaction, id, 'accepted', now, personId);
    await recordAct(transaction, now, {
      action: 'invitation.accepted',
      target: `invitation:${id}`,
      organizationId,
      actor,
      details: { personId, role, invitedBy },
    });
    await addMembership(transaction, personId, organizationId, role, actor, now);
  }
}
