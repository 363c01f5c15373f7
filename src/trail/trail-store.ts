// SQL of what an audit search needs to know beside the records: the token it is about, and its person's memberships.
import { first, type Queryable } from '../database/database.ts';
import type { Token } from '../tokens/token.ts';

/** A token whatever has become of it. */
export interface TokenFacts {
  readonly id: string;
  readonly kind: Token['kind'];
  readonly name: string;
  readonly digest: Buffer;
  readonly organizationId: string;
  /** Of a personal token. */
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly ownerEmail: string | null;
  readonly createdBy: string;
  readonly createdByName: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokeReason: string | null;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedUserAgent: string | null;
}

// What was rotated without a grace was revoked in the moment in which its successor was made.
const TOKEN_FACTS = `
  SELECT t.id, t.kind, t.name, t.digest, t.organization_id AS "organizationId", t.person_id AS "ownerId", owner.name AS "ownerName",
         owner.email AS "ownerEmail", t.created_by AS "createdBy", creator.name AS "createdByName", t.scopes,
         t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt", t.revoke_reason AS "revokeReason",
         t.replaces, coalesce(t.replaced_by, (SELECT s.id FROM tokens s WHERE s.organization_id = t.organization_id
           AND s.created_at = t.revoked_at AND s.replaces = t.id)) AS "replacedBy", t.last_used_at AS "lastUsedAt", t.last_used_address AS "lastUsedAddress",
         t.last_used_user_agent AS "lastUsedUserAgent"
  FROM tokens t LEFT JOIN people owner ON owner.id = t.person_id LEFT JOIN people creator ON creator.id = t.created_by`;

export async function findTokenOfOrganization(
  on: Queryable,
  organizationId: string,
  id: string,
): Promise<TokenFacts | undefined> {
  return first(
    await on.query<TokenFacts>(`${TOKEN_FACTS} WHERE t.id = $1 AND t.organization_id = $2`, [id, organizationId]),
  );
}

export async function findTokenOfPerson(on: Queryable, personId: string, id: string): Promise<TokenFacts | undefined> {
  return first(
    await on.query<TokenFacts>(`${TOKEN_FACTS} WHERE t.id = $1 AND t.kind = 'personal' AND t.person_id = $2`, [
      id,
      personId,
    ]),
  );
}

export interface MemberStanding {
  readonly since: Date;
  /** Whether it is the only organization that they are in. */
  readonly isOnly: boolean;
}

/** Undefined: the person is no member. */
export async function findMember(
  on: Queryable,
  organizationId: string,
  personId: string,
): Promise<MemberStanding | undefined> {
  return first(
    await on.query<MemberStanding>(
      `SELECT m.created_at AS since, NOT EXISTS (
         SELECT FROM memberships o WHERE o.person_id = m.person_id AND o.organization_id <> m.organization_id) AS "isOnly"
       FROM memberships m WHERE m.organization_id = $1 AND m.person_id = $2`,
      [organizationId, personId],
    ),
  );
}

/** The id of the member with this e-mail address. */
export async function findMemberByEmail(
  on: Queryable,
  organizationId: string,
  email: string,
): Promise<string | undefined> {
  return first(
    await on.query<{ id: string }>(
      `SELECT p.id FROM people p JOIN memberships m ON m.person_id = p.id AND m.organization_id = $1 WHERE p.email = $2`,
      [organizationId, email],
    ),
  )?.id;
}
