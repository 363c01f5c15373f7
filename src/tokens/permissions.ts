// Whether somebody may make a token now, looked at in the transaction that makes it, and how long it may live there.
import { type OrganizationPolicy, POLICY_COLUMNS } from '../accounts/organization-policy.ts';
import { after, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import type { Queryable } from '../database/database.ts';
import { type Locking, lockingSql } from '../database/merged-acts.ts';
import type { Role } from '../oauth/roles.ts';
import type { Maker } from './maker.ts';
import type { Token } from './token.ts';
import { maxDaysIn } from './token-policy.ts';

/** Who wants to make what, where. */
export interface Application {
  readonly by: Maker;
  readonly organizationId: string;
  readonly kind: Token['kind'];
}

/** `maxDays` are allowed; null: for ever. `limited`: too many in the last hour. `forbidden`: no longer a member or signed in, or a viewer. */
export type Permission =
  | { readonly outcome: 'permitted'; readonly maxDays: number | null }
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'forbidden' };

/**
 * In the order of the applications. Creations by one person wait for each other, so that the count is exact; where it
 * `skips`, whoever is held by somebody else looks forbidden.
 */
export type Permit = (
  transaction: Queryable,
  applications: readonly Application[],
  now: Date,
  locking: Locking,
) => Promise<readonly Permission[]>;

const FORBIDDEN = { outcome: 'forbidden' } as const;

/** @param personalMaxDays the longest a personal token may live; null: for ever */
export function createPermit({ points, seconds }: Limit, personalMaxDays: number | null): Permit {
  return async (transaction, applications, now, locking) => {
    const people = [...new Set(applications.map(({ by }) => by.personId))];
    if (locking === 'waits') {
      // Who is over it already is told so without waiting.
      const before = await limited(transaction, people, now);
      if (before.size === people.length) return applications.map(({ by }) => before.get(by.personId) ?? FORBIDDEN);
    }
    const held = await holdMakers(transaction, applications, now, locking);
    const over = await limited(transaction, people, now);
    return applications.map((application) => {
      const { by, kind } = application;
      const maker = held.get(application);
      if (maker === undefined || (kind === 'organization' && maker.role === 'viewer')) return FORBIDDEN;
      const maxDays = maxDaysIn(kind, maker, personalMaxDays);
      return over.get(by.personId) ?? { outcome: 'permitted', maxDays };
    });
  };

  /** Those of these people who have made as many as they may. */
  async function limited(on: Queryable, people: readonly string[], now: Date) {
    const { rows } = await on.query<{ personId: string; oldest: Date }>(
      `SELECT asked.person_id AS "personId", nth.created_at AS oldest
       FROM unnest($1::text[]) AS asked (person_id) CROSS JOIN LATERAL (
         SELECT created_at FROM tokens WHERE created_by = asked.person_id AND created_at > $2
         ORDER BY created_at DESC OFFSET $3 LIMIT 1) nth`,
      [people, after(now, -seconds * SECOND), points - 1],
    );
    return new Map(
      rows.map(({ personId, oldest }) => {
        const freeAt = after(oldest, seconds * SECOND);
        const retryAfterSeconds = Math.max(1, Math.ceil((freeAt.getTime() - now.getTime()) / SECOND));
        return [personId, { outcome: 'limited', retryAfterSeconds } as const];
      }),
    );
  }
}

type Held = OrganizationPolicy & { readonly role: Role };

/**
 * Of whom the maker is enabled, a member of that organization, which is open, and signed in by the sign-in they act by, if
 * by any: the role and the policy there. All of it is held until the transaction ends, in the order in which whoever ends
 * sign-ins locks: people, organization, sign-in. Who only refers to the person, as a login that is being redeemed does, is
 * not kept waiting.
 */
async function holdMakers(
  on: Queryable,
  applications: readonly Application[],
  now: Date,
  locking: Locking,
): Promise<ReadonlyMap<Application, Held>> {
  const held = new Map<Application, Held>();
  for (const bySignIn of [true, false]) {
    const alike = applications.filter(({ by }) => (by.sessionId !== undefined) === bySignIn);
    if (alike.length === 0) continue;
    const { rows } = await on.query<Held & { n: number }>(textToHold(bySignIn, locking), [
      alike.map(({ by }) => by.personId),
      alike.map(({ organizationId }) => organizationId),
      ...(bySignIn ? [alike.map(({ by }) => by.sessionId), now] : []),
    ]);
    for (const { n, ...maker } of rows) {
      const application = alike[n - 1];
      if (application !== undefined) held.set(application, maker);
    }
  }
  return held;
}

function textToHold(bySignIn: boolean, locking: Locking): string {
  const unlessHeld = lockingSql(locking);
  return `
    SELECT asked.n, m.role, ${POLICY_COLUMNS}
    FROM unnest($1::text[], $2::text[]${bySignIn ? ', $3::text[]' : ''}) WITH ORDINALITY
      AS asked (person_id, organization_id${bySignIn ? ', session_id' : ''}, n)
    JOIN people p ON p.id = asked.person_id AND p.disabled_at IS NULL
    JOIN organizations o ON o.id = asked.organization_id AND o.closed_at IS NULL
    ${bySignIn ? 'JOIN sessions s ON s.id = asked.session_id AND s.person_id = p.id AND s.ended_at IS NULL AND s.expires_at > $4' : ''}
    JOIN memberships m ON m.person_id = p.id AND m.organization_id = o.id
    FOR NO KEY UPDATE OF p ${unlessHeld} FOR SHARE OF o ${unlessHeld}
    ${bySignIn ? `FOR SHARE OF s ${unlessHeld}` : ''} FOR SHARE OF m ${unlessHeld}`;
}
