// SQL of people, organizations and memberships.
import { first, type Queryable } from '../database/database.ts';
import type { Role } from '../oauth/roles.ts';
import type { Membership, Organization, Person } from './account.ts';

export async function insertOrganization(on: Queryable, organization: Organization, now: Date): Promise<void> {
  await on.query('INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)', [
    organization.id,
    organization.name,
    now,
  ]);
}

export async function findOrganization(on: Queryable, id: string): Promise<Organization | undefined> {
  return first(
    await on.query<Organization>('SELECT id, name FROM organizations WHERE id = $1 AND closed_at IS NULL', [id]),
  );
}

export async function insertPerson(
  on: Queryable,
  person: Person,
  passwordHash: string | undefined,
  now: Date,
): Promise<void> {
  await on.query(
    `INSERT INTO people (id, email, name, password_hash, password_changed_at, created_at)
     VALUES ($1, $2, $3, $4, CASE WHEN $4::text IS NULL THEN NULL ELSE $5::timestamptz END, $5)`,
    [person.id, person.email, person.name, passwordHash ?? null, now],
  );
}

export async function setPassword(on: Queryable, personId: string, passwordHash: string, now: Date): Promise<void> {
  await on.query('UPDATE people SET password_hash = $2, password_changed_at = $3 WHERE id = $1', [
    personId,
    passwordHash,
    now,
  ]);
}

export interface PersonWithPassword extends Person {
  readonly passwordHash: string | null;
  readonly disabled: boolean;
}

export async function findPersonByEmail(on: Queryable, email: string): Promise<PersonWithPassword | undefined> {
  return first(
    await on.query<PersonWithPassword>(
      `SELECT id, email, name, password_hash AS "passwordHash", disabled_at IS NOT NULL AS disabled FROM people WHERE email = $1`,
      [email],
    ),
  );
}

/** False when the person was a member already. */
export async function insertMembership(
  on: Queryable,
  personId: string,
  organizationId: string,
  role: Role,
  now: Date,
): Promise<boolean> {
  const { count } = await on.query(
    `INSERT INTO memberships (person_id, organization_id, role, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [personId, organizationId, role, now],
  );
  return count === 1;
}

/** The organizations that people belong to and that are open, by name. Who belongs to none is left out. */
export async function listMemberships(
  on: Queryable,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Membership[]>> {
  const { rows } = await on.query<Membership & { personId: string }>(
    `SELECT m.person_id AS "personId", o.id, o.name, m.role
     FROM memberships m JOIN organizations o ON o.id = m.organization_id AND o.closed_at IS NULL
     WHERE m.person_id = any($1) ORDER BY lower(o.name), o.id`,
    [personIds],
  );
  const found = new Map<string, Membership[]>();
  for (const { personId, ...membership } of rows) {
    const theirs = found.get(personId);
    if (theirs === undefined) found.set(personId, [membership]);
    else theirs.push(membership);
  }
  return found;
}

/** Ids -> names, of those that are known. */
export async function findNames(on: Queryable, personIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await on.query<{ id: string; name: string }>('SELECT id, name FROM people WHERE id = any($1)', [
    personIds,
  ]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Where mail to a person goes, and in which language. */
export interface Contact {
  readonly email: string;
  readonly locale: 'en' | 'cs';
}

/** Undefined when the person is disabled or, where an organization is named, no member of it. */
export async function findContact(
  on: Queryable,
  personId: string,
  organizationId?: string,
): Promise<Contact | undefined> {
  return first(
    await on.query<Contact>(
      `SELECT email, locale FROM people p WHERE id = $1 AND disabled_at IS NULL
       AND ($2::text IS NULL OR EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND m.organization_id = $2))`,
      [personId, organizationId ?? null],
    ),
  );
}

export async function findAdminContacts(on: Queryable, organizationId: string): Promise<readonly Contact[]> {
  const { rows } = await on.query<Contact>(
    `SELECT p.email, p.locale FROM memberships m JOIN people p ON p.id = m.person_id AND p.disabled_at IS NULL
     WHERE m.organization_id = $1 AND m.role = 'admin' ORDER BY p.email`,
    [organizationId],
  );
  return rows;
}

/** Remembers the language a person's browser asks for. */
export async function updateLocale(on: Queryable, personId: string, locale: Contact['locale']): Promise<void> {
  await on.query('UPDATE people SET locale = $2 WHERE id = $1 AND locale <> $2', [personId, locale]);
}

/** Whether nobody could sign in by password. */
export async function hasNobody(on: Queryable): Promise<boolean> {
  const found = await on.query<{ any: boolean }>(
    'SELECT EXISTS (SELECT FROM people WHERE password_hash IS NOT NULL AND disabled_at IS NULL) AS any',
  );
  return first(found)?.any === false;
}

/** Whether there is nobody and nothing yet. */
export async function isEmpty(on: Queryable): Promise<boolean> {
  const found = await on.query<{ any: boolean }>(
    'SELECT EXISTS (SELECT FROM people) OR EXISTS (SELECT FROM organizations) AS any',
  );
  return first(found)?.any === false;
}

/** Everybody there is, by e-mail address. */
export async function listPeople(on: Queryable): Promise<
  readonly (Person & {
    readonly disabled: boolean;
    readonly organizations: readonly { readonly id: string; readonly role: Role }[];
  })[]
> {
  const { rows } = await on.query<
    Person & { disabled: boolean; organizations: readonly { readonly id: string; readonly role: Role }[] }
  >(
    `SELECT p.id, p.email, p.name, p.disabled_at IS NOT NULL AS disabled,
            coalesce(jsonb_agg(jsonb_build_object('id', m.organization_id, 'role', m.role) ORDER BY m.organization_id)
              FILTER (WHERE m.person_id IS NOT NULL), '[]') AS organizations
     FROM people p LEFT JOIN memberships m ON m.person_id = p.id GROUP BY p.id ORDER BY p.email`,
  );
  return rows;
}
