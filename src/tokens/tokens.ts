// Use cases of personal and organization tokens: create, list, rotate, revoke, resolve. Each change commits with its
// audit record. Who may call what is decided by the routes, once more by the transaction where roles could have changed.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import type { Database, Queryable } from '../database/database.ts';
import { mergeLookups } from '../database/merged-lookup.ts';
import { newId } from '../digest.ts';
import type { Secret } from '../oauth/secret.ts';
import { recordRevocation } from './revoke-tokens.ts';
import { newTokenSecret, previewOf, type Token } from './token.ts';
import { expiryOf } from './token-policy.ts';
import type { RevokedToken, TokenOwner } from './token-store.ts';
import * as store from './token-store.ts';

/** Expired tokens stay in lists this long, so that their owner sees why something stopped. */
const LIST_EXPIRED_FOR = 30 * DAY;

/** Who makes a token. */
export interface Maker {
  readonly personId: string;
  /** The sign-in it is made by: that must be alive when the token is committed. Undefined: not made by one. */
  readonly sessionId: string | undefined;
}

export type NewToken = {
  readonly name: string;
  /** 0: never. */
  readonly expiresInDays: number;
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

export interface IssuedToken {
  readonly id: string;
  readonly secret: Secret;
  readonly name: string;
  readonly organizationId: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** `limited`: too many in the last hour. `forbidden`: no longer a member or signed in, or a viewer. `unknown`: no such token to rotate. */
export type Issue<More = never> =
  | { readonly outcome: 'issued'; readonly token: IssuedToken }
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'forbidden' }
  | More;

export interface Tokens {
  create(request: NewToken, actor: Actor): Promise<Issue>;
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
  /** True also when it had been revoked before; false when that owner never had it. */
  revoke(owner: TokenOwner, id: string, actor: Actor): Promise<boolean>;
  /** Revokes whichever of these digests are tokens; `also` is part of the transaction. */
  revokeByDigest(
    digests: readonly Buffer[],
    reason: 'revoked' | 'leaked',
    actor: Actor,
    also?: (transaction: Queryable, token: RevokedToken) => Promise<void>,
  ): Promise<void>;
  /** What a well-formed token stands for now. The first use of a successor retires the token it replaces. */
  resolve(digest: Buffer): Promise<store.StoredToken | undefined>;
}

/** @param personalMaxDays the longest a personal token may live, rotated ones too; null: for ever */
export function createTokens(
  database: Database,
  clock: Clock,
  creationLimit: Limit,
  personalMaxDays: number | null,
): Tokens {
  const lookUp = mergeLookups((digests: readonly Buffer[]) => store.findByDigests(database, digests, clock.now()), {
    ofKey: (digest) => digest.toString('hex'),
    ofRow: ({ digest }) => digest.toString('hex'),
  });

  return {
    create: (request, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const refused = await refusal(transaction, request.by, request.organizationId, request.kind, now);
        if (refused !== undefined) return refused;
        const { name, organizationId, kind, expiresInDays } = request;
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

    list: (owner) => store.listTokens(database, owner, after(clock.now(), -LIST_EXPIRED_FOR)),
    find: (owner, id) => store.findToken(database, owner, id),

    rotate: (owner, id, by, rotation, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const old = await store.findToken(transaction, owner, id, true);
        if (old === undefined) return { outcome: 'unknown' };
        if (old.replacedBy !== null) return { outcome: 'replaced' };
        const { kind, name, organizationId } = old;
        const refused = await refusal(transaction, by, organizationId, kind, now);
        if (refused !== undefined) return refused;

        const lifetime = lifetimeOf(old, personalMaxDays);
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

    revoke: (owner, id, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const revoked = await store.revokeToken(transaction, owner, id, 'revoked', now);
        if (revoked === undefined) return await store.wasToken(transaction, owner, id);
        await recordRevocation(transaction, revoked, 'revoked', actor, now);
        return true;
      }),

    revokeByDigest: (digests, reason, actor, also) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const revoked = await store.revokeByDigest(transaction, digests, reason, now);
        for (const token of revoked) {
          await recordRevocation(transaction, token, reason, actor, now);
          await also?.(transaction, token);
        }
      }),

    async resolve(digest) {
      const found = await lookUp(digest);
      if (found?.state === 'live' && found.retiresReplaced) await retire(found.token.id);
      return found;
    },
  };

  /**
   * Whether `by` may not make a token there now. Creations by one person wait for each other, so that the count is
   * exact; who is over it already is told so without waiting.
   */
  async function refusal(transaction: Queryable, by: Maker, organizationId: string, kind: Token['kind'], now: Date) {
    const limitedBefore = await limited(transaction, by.personId, now);
    if (limitedBefore !== undefined) return limitedBefore;
    const role = await store.lockMember(transaction, by.personId, organizationId);
    if (role === undefined || (kind === 'organization' && role === 'viewer')) return { outcome: 'forbidden' } as const;
    if (by.sessionId !== undefined && !(await store.lockSession(transaction, by.sessionId, now)))
      return { outcome: 'forbidden' } as const;
    return await limited(transaction, by.personId, now);
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

  async function retire(successorId: string): Promise<void> {
    await database.transaction(async (transaction) => {
      const now = clock.now();
      const retired = await store.retireReplaced(transaction, successorId, now);
      if (retired !== undefined)
        await recordRevocation(transaction, retired, 'rotated', { credential: `token:${successorId}` }, now);
    });
  }
}

/** How long a token was made to live, within what the policy allows now. Milliseconds; null: for ever. */
function lifetimeOf(token: Token, personalMaxDays: number | null): number | null {
  const made = token.expiresAt === null ? null : token.expiresAt.getTime() - token.createdAt.getTime();
  if (token.kind === 'organization' || personalMaxDays === null) return made;
  return Math.min(made ?? Number.POSITIVE_INFINITY, personalMaxDays * DAY);
}
