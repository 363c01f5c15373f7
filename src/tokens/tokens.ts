// Use cases of personal and organization tokens: create, list, rotate, revoke. Each change commits with its
// audit record. Who may call what is decided by the routes, once more by the transaction where roles could have changed.
import { type Actor, type AuditRecord, recordAct, recordActs } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import type { Database, Queryable } from '../database/database.ts';
import { BUSY, mergeActs } from '../database/merged-acts.ts';
import { newId } from '../digest.ts';
import type { Secret } from '../oauth/secret.ts';
import { type Maker, mayStill } from './maker.ts';
import { createPermit } from './permissions.ts';
import { recordRevocations } from './revoke-tokens.ts';
import { newTokenSecret, previewOf, type Token } from './token.ts';
import { expiryOf, isTooLong, LIST_EXPIRED_FOR, usualDays } from './token-policy.ts';
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

interface Creation {
  readonly request: NewToken;
  readonly actor: Actor;
}

interface Rotation {
  /** How long the old token goes on working beside the new one. */
  readonly graceSeconds: number;
  /** The first use of the new token ends the old one's grace early. */
  readonly untilFirstUse: boolean;
}

export interface IssuedToken {
  readonly id: string;
  readonly secret: Secret;
  readonly name: string;
  readonly organizationId: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date | null;
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
  /**
   * The same in the plain case, together with all who ask for it at the moment. Undefined: it can't be, or not without
   * waiting, and nothing has come of it; `create` tells.
   */
  createAtOnce(request: NewToken, actor: Actor): Promise<IssuedToken | undefined>;
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
  const permit = createPermit(creationLimit, personalMaxDays);

  const creations = mergeActs(database, async (transaction, asked: readonly Creation[], locking) => {
    const now = clock.now();
    const requests = asked.map(({ request }) => request);
    const permissions = await permit(transaction, requests, now, locking);
    const made: (NewlyMade & { readonly actor: Actor })[] = [];
    const issues = asked.map(({ request, actor }, n): Issue<TooLong> | typeof BUSY => {
      const permission = permissions[n] ?? { outcome: 'forbidden' };
      // Together, each makes one: the count is exact for that.
      if (locking === 'skips' && made.some(({ row }) => row.createdBy === request.by.personId)) return BUSY;
      if (permission.outcome !== 'permitted') return locking === 'skips' ? BUSY : permission;
      const { maxDays } = permission;
      const expiresInDays = request.expiresInDays ?? usualDays(maxDays);
      if (maxDays !== null && isTooLong(expiresInDays, maxDays)) return { outcome: 'too_long', maxDays };
      const { kind, name, organizationId, by } = request;
      const token = newToken(
        {
          kind,
          name,
          organizationId,
          createdBy: by.personId,
          personId: kind === 'personal' ? by.personId : null,
          scopes: request.kind === 'organization' ? request.scopes : null,
          expiresAt: expiryOf(expiresInDays, now),
        },
        undefined,
        now,
      );
      made.push({ ...token, actor });
      return { outcome: 'issued', token: token.issued };
    });
    await store.insertTokens(
      transaction,
      made.map(({ row }) => row),
    );
    await recordActs(
      transaction,
      now,
      made.map(({ row, actor }) => recordOf(row, actor)),
    );
    return issues;
  });

  return {
    create: (request, actor) => creations.carryOut({ request, actor }),

    async createAtOnce(request, actor) {
      const issue = await creations.together({ request, actor });
      return issue !== BUSY && issue.outcome === 'issued' ? issue.token : undefined;
    },

    list: (owner) => store.listTokens(database, owner, after(clock.now(), -LIST_EXPIRED_FOR)),
    find: (owner, id) => store.findToken(database, owner, id),

    rotate: (owner, id, by, rotation, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const seen = await store.findToken(transaction, owner, id);
        if (seen === undefined) return { outcome: 'unknown' };
        if (seen.replacedBy !== null) return { outcome: 'replaced' };
        const { kind, name, organizationId } = seen;
        const [permission] = await permit(transaction, [{ by, organizationId, kind }], now, 'waits');
        if (permission?.outcome !== 'permitted') return permission ?? { outcome: 'forbidden' };
        const old = await store.findToken(transaction, owner, id, true); // people are locked before tokens, everywhere
        if (old === undefined) return { outcome: 'unknown' };
        if (old.replacedBy !== null) return { outcome: 'replaced' };

        const lifetime = lifetimeOf(old, permission.maxDays);
        const scopes = old.kind === 'organization' ? old.scopes : null;
        const personId = old.kind === 'personal' ? old.personId : null;
        const expiresAt = lifetime === null ? null : after(now, lifetime);
        const hasGrace = rotation.graceSeconds > 0;
        const replaces = { id, retire: rotation.untilFirstUse && hasGrace };
        const successor = { kind, name, organizationId, personId, createdBy: by.personId, scopes, expiresAt };
        const { row, issued: token } = newToken(successor, replaces, now);
        await store.insertTokens(transaction, [row]);
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
}

interface NewlyMade {
  readonly row: store.NewTokenRow;
  readonly issued: IssuedToken;
}

function newToken(
  owner: Omit<store.NewTokenRow, 'id' | 'digest' | 'createdAt' | 'replaces' | 'retiresReplaced'>,
  replaces: { readonly id: string; readonly retire: boolean } | undefined,
  now: Date,
): NewlyMade {
  const id = newId('tok_');
  const { secret, digest } = newTokenSecret(owner.kind);
  const { name, organizationId, scopes, expiresAt } = owner;
  return {
    row: {
      ...owner,
      id,
      digest,
      createdAt: now,
      replaces: replaces?.id ?? null,
      retiresReplaced: replaces?.retire ?? false,
    },
    issued: { id, secret, name, organizationId, scopes, expiresAt },
  };
}

function recordOf({ id, kind, name, digest, organizationId, expiresAt }: store.NewTokenRow, actor: Actor): AuditRecord {
  const details = { kind, name, preview: previewOf({ kind, digest }), expiresAt: expiresAt?.toISOString() ?? null };
  return { action: 'token.created', target: `token:${id}`, organizationId, actor, details };
}

/** How long a token was made to live, within what the policy allows now. Milliseconds; null: for ever. */
function lifetimeOf(token: Token, maxDays: number | null): number | null {
  const made = token.expiresAt === null ? null : token.expiresAt.getTime() - token.createdAt.getTime();
  return maxDays === null ? made : Math.min(made ?? Number.POSITIVE_INFINITY, maxDays * DAY);
}
