// Use cases of personal and organization tokens: create, list, rotate, revoke. Each change commits with its
// audit record. Who may call what is decided by the routes, once more by the transaction where roles could have changed.
import { lockPolicy } from '../accounts/organization-policy.ts';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import type { Database, Queryable } from '../database/database.ts';
import { newId } from '../digest.ts';
import { holdSession } from '../sessions/session-store.ts';
import { type CreateAtOnce, createCreateAtOnce } from './create-at-once.ts';
import { type Maker, mayStill } from './maker.ts';
import { recordRevocations } from './revoke-tokens.ts';
import { type IssuedToken, newTokenSecret, previewOf, type Token } from './token.ts';
import { expiryOf, isTooLong, LIST_EXPIRED_FOR, maxDaysIn, usualDays } from './token-policy.ts';
import type { RevocableTokens, RevokedToken, TokenOwner } from './token-store.ts';
import * as store from './token-store.ts';

export type NewToken = {
  readonly name: string;
  /** 0: never; undefined: as long as is usual, and allowed. */
  readonly expiresInDays: number | undefined;
  readonly organizationId: string;
  /** The owner of a personal one. */
  readonly by: Maker;
} & ({ readonly kind: 'personal' } | { readonly kind: 'organization'; readonly scopes: readonly string[] });

interface Rotation {
  /** How long the old token goes on working beside the new one. */
  readonly graceSeconds: number;
  /** The first use of the new token ends the old one's grace early. */
  readonly untilFirstUse: boolean;
}

/**
 * `limited`: too many in the last hour. `too_long`: the organization allows no token to live that long. `forbidden`: no
 * longer a member or signed in, or a viewer. `unknown`: no such token to rotate.
 */
export type Issue<More = never> =
  | { readonly outcome: 'issued'; readonly token: IssuedToken }
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'forbidden' }
  | More;

/** `maxDays` are allowed. */
export type TooLong = { readonly outcome: 'too_long'; readonly maxDays: number };

export interface Tokens {
  create(request: NewToken, actor: Actor): Promise<Issue<TooLong>>;
  /** The plain case of it, of a personal one. */
  readonly createAtOnce: CreateAtOnce;
  list(owner: TokenOwner): Promise<readonly Token[]>;
  find(owner: TokenOwner, id: string): Promise<Token | undefined>;
  /** A new token in the place of `id`, as long-lived as that one was made to be. One that was replaced can't be again. */
  rotate(
    owner: TokenOwner,
    id: string,
    by: Maker,
    rotation: Rotation,
    actor: Actor,
  ): Promise<Issue<{ readonly outcome: 'unknown' | 'replaced' }>>;
  /**
   * `revoked` also when it had been before; `unknown` when that owner never had it. `forbidden`: an organization's takes
   * a member who is signed in, one of its people's an admin; what is one's own may always be revoked.
   */
  revoke(owner: RevocableTokens, id: string, by: Maker, actor: Actor): Promise<'revoked' | 'unknown' | 'forbidden'>;
  /** All that lists show of a person's, but for `exceptId`, at once. The ids, newest first. */
  revokeAll(
    owner: Extract<TokenOwner, { kind: 'personal' }>,
    exceptId: string | undefined,
    actor: Actor,
  ): Promise<readonly string[]>;
  /** Revokes whichever of these digests are tokens; `also` is part of the transaction. */
  revokeByDigest(
    digests: readonly Buffer[],
    reason: 'revoked' | 'leaked',
    actor: Actor,
    also?: (transaction: Queryable, token: RevokedToken) => Promise<void>,
  ): Promise<void>;
  /** The first use of a token that replaced another "until first use": revokes that one. */
  retireReplaced(successorId: string): Promise<void>;
}

/** @param personalMaxDays the longest a personal token may live, rotated ones too; null: for ever */
export function createTokens(
  database: Database,
  clock: Clock,
  creationLimit: Limit,
  personalMaxDays: number | null,
): Tokens {
  return {
    create: (request, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const { name, organizationId, kind } = request;
        const permission = await permit(transaction, request.by, organizationId, kind, now);
        if (permission.outcome !== 'permitted') return permission;
        const { maxDays } = permission;
        const expiresInDays = request.expiresInDays ?? usualDays(maxDays);
        if (maxDays !== null && isTooLong(expiresInDays, maxDays)) return { outcome: 'too_long', maxDays };
        const createdBy = request.by.personId;
        const scopes = request.kind === 'organization' ? request.scopes : null;
        const owner = {
          kind,
          name,
          organizationId,
          createdBy,
          scopes,
          personId: kind === 'personal' ? createdBy : null,
        };
        const token = await issue(transaction, { ...owner, expiresAt: expiryOf(expiresInDays, now) }, undefined, now);
        await recordAct(transaction, now, {
          action: 'token.created',
          target: `token:${token.id}`,
          organizationId,
          actor,
          details: {
            kind,
            name,
            preview: previewOf({ kind, digest: token.digest }),
            expiresAt: token.expiresAt?.toISOString() ?? null,
          },
        });
        return { outcome: 'issued', token };
      }),

    createAtOnce: createCreateAtOnce(database, clock, creationLimit, personalMaxDays),

    list: (owner) => store.listTokens(database, owner, after(clock.now(), -LIST_EXPIRED_FOR)),
    find: (owner, id) => store.findToken(database, owner, id),

    rotate: (owner, id, by, rotation, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const seen = await store.findToken(transaction, owner, id);
        if (seen === undefined) return { outcome: 'unknown' };
        if (seen.replacedBy !== null) return { outcome: 'replaced' };
        const { kind, name, organizationId } = seen;
        const permission = await permit(transaction, by, organizationId, kind, now);
        if (permission.outcome !== 'permitted') return permission;
        const old = await store.findToken(transaction, owner, id, true); // people are locked before tokens, everywhere
        if (old === undefined) return { outcome: 'unknown' };
        if (old.replacedBy !== null) return { outcome: 'replaced' };

        const lifetime = lifetimeOf(old, permission.maxDays);
        const scopes = old.kind === 'organization' ? old.scopes : null;
        const personId = old.kind === 'personal' ? old.personId : null;
        const expiresAt = lifetime === null ? null : after(now, lifetime);
        const hasGrace = rotation.graceSeconds > 0;
        const replaces = { id, retire: rotation.untilFirstUse && hasGrace };
        const token = await issue(
          transaction,
          { kind, name, organizationId, personId, createdBy: by.personId, scopes, expiresAt },
          replaces,
          now,
        );
        if (hasGrace) await store.supersedeToken(transaction, id, token.id, after(now, rotation.graceSeconds * SECOND));
        else await store.revokeToken(transaction, owner, id, 'rotated', now);
        await recordAct(transaction, now, {
          action: 'token.rotated',
          target: `token:${id}`,
          organizationId,
          actor,
          details: {
            kind,
            name,
            successor: token.id,
            graceSeconds: rotation.graceSeconds,
            untilFirstUse: replaces.retire,
          },
        });
        return { outcome: 'issued', token };
      }),

    revoke: (owner, id, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (owner.kind !== 'personal') {
          const least = owner.kind === 'organization' ? 'member' : 'admin';
          if (!(await mayStill(transaction, by, owner.organizationId, least, now))) return 'forbidden';
        }
        const revoked = await store.revokeToken(transaction, owner, id, 'revoked', now);
        if (revoked === undefined) return (await store.wasToken(transaction, owner, id)) ? 'revoked' : 'unknown';
        await recordRevocations(transaction, [revoked], 'revoked', actor, now);
        return 'revoked';
      }),

    revokeAll: (owner, exceptId, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        await store.lockPerson(transaction, owner.personId); // tokens that are being made come before or after
        const listed = await store.listTokens(transaction, owner, after(now, -LIST_EXPIRED_FOR));
        const ids = listed.map(({ id }) => id).filter((id) => id !== exceptId);
        const revoked = await store.revokeTokens(transaction, ids, 'revoked', now);
        await recordRevocations(transaction, revoked, 'revoked', actor, now);
        return ids.filter((id) => revoked.some((token) => token.id === id));
      }),

    revokeByDigest: (digests, reason, actor, also) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const revoked = await store.revokeByDigest(transaction, digests, reason, now);
        await recordRevocations(transaction, revoked, reason, actor, now);
        for (const token of revoked) await also?.(transaction, token);
      }),

    retireReplaced: (successorId) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const retired = await store.retireReplaced(transaction, successorId, now);
        if (retired !== undefined)
          await recordRevocations(transaction, [retired], 'rotated', { credential: `token:${successorId}` }, now);
      }),
  };

  /**
   * Whether `by` may make a token there now, and how long it may live. Creations by one person wait for each other, so that
   * the count is exact; who is over it already is told so without waiting. The organization is locked before the sign-in, as
   * whoever ends sign-ins of one does.
   */
  async function permit(transaction: Queryable, by: Maker, organizationId: string, kind: Token['kind'], now: Date) {
    const limitedBefore = await limited(transaction, by.personId, now);
    if (limitedBefore !== undefined) return limitedBefore;
    const role = await store.lockMember(transaction, by.personId, organizationId);
    if (role === undefined || (kind === 'organization' && role === 'viewer')) return { outcome: 'forbidden' } as const;
    const maxDays = maxDaysIn(kind, await lockPolicy(transaction, organizationId), personalMaxDays);
    if (by.sessionId !== undefined && !(await holdSession(transaction, by.sessionId, now)))
      return { outcome: 'forbidden' } as const;
    return (await limited(transaction, by.personId, now)) ?? ({ outcome: 'permitted', maxDays } as const);
  }

  async function limited(on: Queryable, by: string, now: Date) {
    const { points, seconds } = creationLimit;
    const oldest = await store.nthLastCreation(on, by, points, after(now, -seconds * SECOND));
    if (oldest === undefined) return undefined;
    const freeAt = after(oldest, seconds * SECOND);
    return {
      outcome: 'limited',
      retryAfterSeconds: Math.max(1, Math.ceil((freeAt.getTime() - now.getTime()) / SECOND)),
    } as const;
  }

  async function issue(
    transaction: Queryable,
    owner: Omit<store.NewTokenRow, 'id' | 'digest' | 'createdAt' | 'replaces' | 'retiresReplaced'>,
    replaces: { id: string; retire: boolean } | undefined,
    now: Date,
  ): Promise<IssuedToken & { digest: Buffer }> {
    const id = newId('tok_');
    const { secret, digest } = newTokenSecret(owner.kind);
    await store.insertToken(transaction, {
      ...owner,
      id,
      digest,
      createdAt: now,
      replaces: replaces?.id ?? null,
      retiresReplaced: replaces?.retire ?? false,
    });
    return {
      id,
      secret,
      digest,
      name: owner.name,
      organizationId: owner.organizationId,
      scopes: owner.scopes,
      expiresAt: owner.expiresAt,
    };
  }
}

/** How long a token was made to live, within what the policy allows now. Milliseconds; null: for ever. */
function lifetimeOf(token: Token, maxDays: number | null): number | null {
  const made = token.expiresAt === null ? null : token.expiresAt.getTime() - token.createdAt.getTime();
  return maxDays === null ? made : Math.min(made ?? Number.POSITIVE_INFINITY, maxDays * DAY);
}
