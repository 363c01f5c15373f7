// Use cases of an organization's admin: see every credential of it, know what revoking some would break, revoke them.
// A revocation looks at the admin's role and sign-in once more in its transaction, and is whole or not at all.
import { findPolicies } from '../accounts/organization-policy.ts';
import type { Actor } from '../audit/audit-log.ts';
import { after, type Clock } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { sha256 } from '../digest.ts';
import { parseToken } from '../oauth/token-format.ts';
import { usageOf } from '../usage/usage-store.ts';
import type {
  Credential,
  CredentialOwner,
  CredentialQuery,
  CredentialRules,
  IncidentProgress,
  RemainingLogin,
} from './credential.ts';
import * as store from './credential-store.ts';
import { type Breakage, breakagesOf, nameOf, USE_WINDOW } from './credential-uses.ts';
import { type Maker, mayStill } from './maker.ts';
import { recordRevocations } from './revoke-tokens.ts';
import { LIST_EXPIRED_FOR } from './token-policy.ts';
import { revokeTokens } from './token-store.ts';

/** So many credentials can be revoked in one transaction. */
export const MOST_AT_ONCE = 500;
const MOST_OWNERS = 1_000;
/** Ways of use that are looked at, the latest first. What was used is known without: from each token's last use. */
const MOST_USES = 20_000;

interface CredentialPage {
  readonly credentials: readonly Credential[];
  /** How many there are on all pages. */
  readonly total: number;
  /** Leads to the next page; null: this is the last. */
  readonly nextCursor: string | null;
}

/** What a revocation comes to, or came to. */
export interface Revocation {
  /** In the order they were asked for. */
  readonly selected: readonly Credential[];
  /** Those of `selected` that something has used within the last seven days. */
  readonly wouldBreak: readonly Breakage[];
  /** Not there, or revoked before. */
  readonly notFound: readonly string[];
}

export interface Credentials {
  /** Newest first; expired ones for 30 days. Undefined: the cursor isn't one of this organization's. */
  list(
    query: CredentialQuery,
    page: { readonly cursor: string | undefined; readonly limit: number },
  ): Promise<CredentialPage | undefined>;
  /** Who has made credentials there that are not revoked: at most a thousand people, by name. */
  owners(organizationId: string): Promise<readonly CredentialOwner[]>;
  /** What somebody means by an id, a preview, or the token itself: revoked ones too. */
  search(organizationId: string, text: string): Promise<readonly Credential[]>;
  /** What revoking these would come to. Changes nothing. */
  plan(organizationId: string, ids: readonly string[]): Promise<Revocation>;
  /** Revokes all of these at once, in one transaction. `forbidden`: no longer an admin, or no longer signed in. */
  revoke(
    organizationId: string,
    ids: readonly string[],
    by: Maker,
    actor: Actor,
  ): Promise<({ readonly outcome: 'done' } & Revocation) | { readonly outcome: 'forbidden' }>;
  /** Of what worked there at `at`, how much still does. */
  progressSince(organizationId: string, at: Date): Promise<IncidentProgress>;
  /** The newest logins of terminals among what still does. */
  loginsSince(organizationId: string, at: Date, limit: number): Promise<readonly RemainingLogin[]>;
}

/** @param personalMaxDays the longest the operator lets a personal token live; null: for ever */
export function createCredentials(database: Database, clock: Clock, personalMaxDays: number | null): Credentials {
  return {
    async list(query, { cursor, limit }) {
      const { organizationId } = query;
      if (cursor !== undefined && !(await store.isCredential(database, organizationId, cursor))) return undefined;
      const now = clock.now();
      const listing = { expiredAfter: after(now, -LIST_EXPIRED_FOR), rules: await rulesOf(organizationId) };
      const page = { afterId: cursor, limit: limit + 1 };
      const [found, total] = await Promise.all([
        store.listCredentials(database, query, listing, page, now),
        store.countCredentials(database, query, listing, now),
      ]);
      const credentials = found.slice(0, limit);
      return { credentials, total, nextCursor: found.length > limit ? (credentials.at(-1)?.id ?? null) : null };
    },

    owners: (organizationId) => store.listOwners(database, organizationId, MOST_OWNERS),

    async search(organizationId, text) {
      const meant = meaningOf(text.trim());
      return meant === undefined ? [] : await store.searchCredentials(database, organizationId, meant, clock.now());
    },

    plan: (organizationId, ids) => consider(database, organizationId, ids, clock.now()),

    revoke: (organizationId, ids, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await mayStill(transaction, by, organizationId, 'admin', now))) return { outcome: 'forbidden' };
        const planned = await consider(transaction, organizationId, ids, now);
        const wanted = planned.selected.map(({ id }) => id);
        const revoked = await revokeTokens(transaction, wanted, 'revoked', now);
        await recordRevocations(transaction, revoked, 'revoked', actor, now);
        const done = new Set(revoked.map(({ id }) => id));
        return {
          outcome: 'done',
          selected: planned.selected.filter(({ id }) => done.has(id)),
          wouldBreak: planned.wouldBreak.filter(({ credential }) => done.has(credential.id)),
          notFound: [...planned.notFound, ...wanted.filter((id) => !done.has(id))], // others were faster
        };
      }),

    progressSince: (organizationId, at) => store.countSince(database, organizationId, at, clock.now()),
    loginsSince: (organizationId, at, limit) => store.listLogins(database, organizationId, at, limit, clock.now()),
  };

  async function rulesOf(organizationId: string): Promise<CredentialRules> {
    const policy = (await findPolicies(database, [organizationId])).get(organizationId);
    const limits = [personalMaxDays, policy?.personalTokenMaxDays ?? null].filter((days) => days !== null);
    return {
      personalMaxDays: limits.length === 0 ? null : Math.min(...limits),
      organizationTokensExpire: policy?.requireOrganizationTokenExpiry ?? false,
    };
  }
}

async function consider(on: Queryable, organizationId: string, ids: readonly string[], now: Date): Promise<Revocation> {
  const found = new Map((await store.findCredentials(on, organizationId, ids, now)).map((each) => [each.id, each]));
  const wanted = [...new Set(ids)];
  const selected = wanted.flatMap((id) => found.get(id) ?? []);
  const since = after(now, -USE_WINDOW);
  const uses = await usageOf(on, selected.map(nameOf), organizationId, { since }, MOST_USES);
  return {
    selected,
    wouldBreak: breakagesOf(selected, uses, now),
    notFound: wanted.filter((id) => !found.has(id)),
  };
}

/** `tok_…`, `td_****a1b2c3d4`, or a whole token: the id, or the range in which its digest is. */
function meaningOf(text: string): { id: string } | { digests: [Buffer, Buffer] } | undefined {
  if (/^tok_[A-Za-z0-9]{1,64}$/.test(text)) return { id: text };
  if (parseToken(text) !== undefined) return { digests: [sha256(text), sha256(text)] };
  const preview = /^(?:(?:td|otk)_)?\*{0,8}([0-9a-f]{8})$/i.exec(text)?.[1];
  if (preview === undefined) return undefined;
  const digit = Buffer.from(preview, 'hex');
  return { digests: [Buffer.concat([digit, Buffer.alloc(28, 0)]), Buffer.concat([digit, Buffer.alloc(28, 255)])] };
}
