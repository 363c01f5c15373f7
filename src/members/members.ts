// Use cases of an organization's people: who they are, what they may do, and how they leave. Whatever they could act by
// ends in the transaction that ends their right to: letting somebody back in revives nothing.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { denyApprovals } from '../device/device-authorization-store.ts';
import type { Role } from '../oauth/roles.ts';
import { endAllSessions } from '../sessions/end-sessions.ts';
import type { EndReason } from '../sessions/session.ts';
import type { Maker } from '../tokens/maker.ts';
import { revokeAllTokens } from '../tokens/revoke-tokens.ts';
import type { RevokeReason } from '../tokens/token-store.ts';
import { lockActor } from './admin.ts';
import { endInvitationOf, endInvitationsFrom } from './end-invitations.ts';
import { countInvitationsBy } from './invitation-store.ts';
import type { Member } from './member.ts';
import * as store from './member-store.ts';

/** What is theirs beside what a member shows. */
interface MemberHoldings {
  /** Organization tokens they made: these belong to the organization and stay. */
  readonly organizationTokens: number;
  /** Invitations they sent that wait for an answer. */
  readonly invitations: number;
}

/** What ended with a membership, and what stays. */
interface Removal extends MemberHoldings {
  readonly sessions: number;
  readonly tokens: number;
}

/** `unknown`: no member. `forbidden`: who asks is no admin there any more, or no longer signed in. */
type Refusal = { readonly outcome: 'unknown' | 'forbidden' };
/** The organization would be left without an admin. */
type LastAdmin = { readonly outcome: 'last_admin' };

export interface Members {
  /** By name. */
  list(organizationId: string): Promise<readonly Member[]>;
  find(organizationId: string, personId: string): Promise<(Member & MemberHoldings) | undefined>;
  /** From the next introspection on. Who stops being an admin takes the invitations they sent with them. */
  changeRole(
    organizationId: string,
    personId: string,
    role: Role,
    by: Maker,
    actor: Actor,
  ): Promise<{ readonly outcome: 'changed' } | LastAdmin | Refusal>;
  /** By an admin, or by the person. */
  remove(
    organizationId: string,
    personId: string,
    by: Maker,
    actor: Actor,
  ): Promise<{ readonly outcome: 'removed'; readonly ended: Removal } | LastAdmin | Refusal>;
  /** Ends all that acts for the organization in this person's name; they stay a member. */
  revokeAll(
    organizationId: string,
    personId: string,
    by: Maker,
    actor: Actor,
  ): Promise<{ readonly outcome: 'revoked'; readonly sessions: number; readonly tokens: number } | Refusal>;
}

export function createMembers(database: Database, clock: Clock): Members {
  return {
    list: (organizationId) => store.listMembers(database, organizationId, clock.now()),

    async find(organizationId, personId) {
      const member = await store.findMember(database, organizationId, personId, clock.now());
      return member && { ...member, ...(await holdings(database, organizationId, personId)) };
    },

    changeRole: (organizationId, personId, role, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const member = await lockMember(transaction, organizationId, personId, by, now);
        if ('outcome' in member) return member;
        if (member.role === role) return { outcome: 'changed' };
        if (await isLastAdmin(transaction, organizationId, member)) return { outcome: 'last_admin' };
        await store.updateRole(transaction, organizationId, personId, role);
        if (member.role === 'admin')
          await endInvitationsFrom(transaction, personId, organizationId, 'inviter_gone', actor, now);
        await recordAct(transaction, now, {
          action: 'membership.role_changed',
          target: `person:${personId}`,
          organizationId,
          actor,
          details: { from: member.role, to: role },
        });
        return { outcome: 'changed' };
      }),

    remove: (organizationId, personId, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const member = await lockMember(transaction, organizationId, personId, by, now, 'admin or self');
        if ('outcome' in member) return member;
        if (await isLastAdmin(transaction, organizationId, member)) return { outcome: 'last_admin' };
        const { organizationTokens } = await holdings(transaction, organizationId, personId);
        await store.deleteMembership(transaction, organizationId, personId);
        const ended = await endAccess(transaction, organizationId, personId, 'member_removed', actor, now);
        const invitations = await endInvitationsFrom(transaction, personId, organizationId, 'inviter_gone', actor, now);
        await endInvitationOf(transaction, personId, organizationId, actor, now);
        await recordAct(transaction, now, {
          action: 'membership.removed',
          target: `person:${personId}`,
          organizationId,
          actor,
          details: { role: member.role, ...ended, organizationTokens },
        });
        return { outcome: 'removed', ended: { ...ended, organizationTokens, invitations } };
      }),

    revokeAll: (organizationId, personId, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const member = await lockMember(transaction, organizationId, personId, by, now);
        if ('outcome' in member) return member;
        return {
          outcome: 'revoked',
          ...(await endAccess(transaction, organizationId, personId, 'revoked', actor, now)),
        };
      }),
  };

  /** The member to change, for whoever may. Held, as is who asks, until the transaction ends. */
  async function lockMember(
    transaction: Queryable,
    organizationId: string,
    personId: string,
    by: Maker,
    now: Date,
    who: 'admin' | 'admin or self' = 'admin',
  ): Promise<Member | Refusal> {
    const role = await lockActor(transaction, by, organizationId, [personId], now);
    const isSelf = who === 'admin or self' && personId === by.personId;
    if (role === undefined || (role !== 'admin' && !isSelf)) return { outcome: 'forbidden' };
    return (await store.findMember(transaction, organizationId, personId, now)) ?? { outcome: 'unknown' };
  }

  async function holdings(on: Queryable, organizationId: string, personId: string): Promise<MemberHoldings> {
    return {
      organizationTokens: await store.countOrganizationTokensBy(on, organizationId, personId, clock.now()),
      invitations: await countInvitationsBy(on, organizationId, personId),
    };
  }
}

async function isLastAdmin(transaction: Queryable, organizationId: string, { id, role, disabled }: Member) {
  return role === 'admin' && !disabled && !(await store.hasOtherAdmin(transaction, organizationId, id));
}

/**
 * Ends what acts for the organization in a person's name. Approvals first: a login that is being redeemed meanwhile is
 * either denied, or a session by the time sessions are ended.
 */
async function endAccess(
  transaction: Queryable,
  organizationId: string,
  personId: string,
  reason: EndReason & RevokeReason,
  actor: Actor,
  now: Date,
): Promise<{ sessions: number; tokens: number }> {
  await denyApprovals(transaction, personId, organizationId);
  const sessions = await endAllSessions(transaction, { personId, organizationId }, reason, actor, now);
  const tokens = await revokeAllTokens(transaction, { kind: 'personal', personId, organizationId }, reason, actor, now);
  return { sessions, tokens };
}
