// Use cases of people and organizations: creating them, and signing a person in by e-mail and password.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import { type Database, type Queryable, UniqueViolation } from '../database/database.ts';
import { mergeLookups } from '../database/merged-statements.ts';
import { newId } from '../digest.ts';
import type { Role } from '../oauth/roles.ts';
import type { Membership, Organization, Person } from './account.ts';
import {
  type Contact,
  findNames,
  findOrganization,
  findPersonByEmail,
  insertMembership,
  insertOrganization,
  insertPerson,
  listMemberships,
  type PersonWithPassword,
  setPassword,
  updateLocale,
} from './account-store.ts';
import { hashPassword, verifyPassword } from './password.ts';

export interface NewPerson {
  /** Normalized. */
  readonly email: string;
  readonly name: string;
  /** None: the person can't sign in by password. */
  readonly password?: string | undefined;
  readonly organizationId: string;
  readonly role: Role;
}

/** `added`: the e-mail was known; that person is now a member of one more organization, or has a first password. */
type PersonCreation =
  | { readonly outcome: 'created' | 'added'; readonly id: string }
  | { readonly outcome: 'unknown_organization' | 'already_member' | 'different_password' };

/** Whoever knew the password, and what it was compared with: a sign-in must not outlive a change of it. */
interface VerifiedPerson extends Person {
  readonly passwordHash: string;
}

/** What a person gets wrong when signing in is never told apart: unknown, disabled, without password, wrong password. */
export interface Accounts {
  /** False when the id is taken. */
  createOrganization(organization: Organization, actor: Actor): Promise<boolean>;
  createPerson(person: NewPerson, actor: Actor): Promise<PersonCreation>;
  authenticate(email: string, password: string): Promise<VerifiedPerson | undefined>;
  /** The open organizations a person belongs to, by name. */
  memberships(personId: string): Promise<readonly Membership[]>;
  /** Ids -> names, whether or not they have left. */
  namesOf(personIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The language that a person's browser asks for is the one that mails to them are written in. */
  rememberLocale(personId: string, locale: Contact['locale']): Promise<void>;
}

export function createAccounts(database: Database, clock: Clock): Accounts {
  const membershipsOf = mergeLookups((personIds) => listMemberships(database, personIds));

  return {
    async createOrganization(organization, actor) {
      try {
        await database.transaction((transaction) => addOrganization(transaction, organization, actor, clock.now()));
        return true;
      } catch (error) {
        if (error instanceof UniqueViolation) return false;
        throw error;
      }
    },

    async createPerson(person, actor) {
      const passwordHash = person.password === undefined ? undefined : await hashPassword(person.password);
      const known = await findPersonByEmail(database, person.email);
      const given = known?.passwordHash !== null ? person.password : undefined; // who has none yet may be given one
      if (known !== undefined && given !== undefined && !(await verifyPassword(known.passwordHash, given))) {
        return { outcome: 'different_password' };
      }
      try {
        return await database.transaction((transaction) => addOrJoin(transaction, person, known, passwordHash, actor));
      } catch (error) {
        // Somebody made this person at the same moment: now they are known.
        if (error instanceof UniqueViolation && known === undefined) return await this.createPerson(person, actor);
        throw error;
      }
    },

    async authenticate(email, password) {
      const person = await findPersonByEmail(database, email);
      const matches = await verifyPassword(person?.passwordHash ?? null, password);
      if (person === undefined || !matches || person.disabled || person.passwordHash === null) return undefined;
      return { id: person.id, email: person.email, name: person.name, passwordHash: person.passwordHash };
    },

    memberships: async (personId) => (await membershipsOf(personId)) ?? [],
    namesOf: (personIds) => findNames(database, personIds),
    rememberLocale: (personId, locale) => updateLocale(database, personId, locale),
  };

  async function addOrJoin(
    transaction: Queryable,
    person: NewPerson,
    known: PersonWithPassword | undefined,
    passwordHash: string | undefined,
    actor: Actor,
  ): Promise<PersonCreation> {
    if ((await findOrganization(transaction, person.organizationId)) === undefined)
      return { outcome: 'unknown_organization' };
    const now = clock.now();
    const id = known?.id ?? (await addPerson(transaction, person, passwordHash, actor, now));
    const joined = await addMembership(transaction, id, person.organizationId, person.role, actor, now);
    const isFirstPassword = known?.passwordHash === null && passwordHash !== undefined;
    if (isFirstPassword) {
      await setPassword(transaction, id, passwordHash, now);
      await recordAct(transaction, now, { action: 'password.set', target: `person:${id}`, actor });
    }
    if (!joined && !isFirstPassword) return { outcome: 'already_member' };
    return { outcome: known === undefined ? 'created' : 'added', id };
  }
}

/** Part of a transaction: the organization and its audit record. */
export async function addOrganization(
  transaction: Queryable,
  organization: Organization,
  actor: Actor,
  now: Date,
): Promise<void> {
  await insertOrganization(transaction, organization, now);
  await recordAct(transaction, now, {
    action: 'organization.created',
    target: `organization:${organization.id}`,
    organizationId: organization.id,
    actor,
    details: { name: organization.name },
  });
}

/** Part of a transaction: the person and its audit record. Returns the new id. */
export async function addPerson(
  transaction: Queryable,
  person: Pick<NewPerson, 'email' | 'name'>,
  passwordHash: string | undefined,
  actor: Actor,
  now: Date,
): Promise<string> {
  const id = newId('user_');
  await insertPerson(transaction, { id, email: person.email, name: person.name }, passwordHash, now);
  await recordAct(transaction, now, {
    action: 'person.created',
    target: `person:${id}`,
    actor,
    details: { email: person.email },
  });
  return id;
}

/** Part of a transaction: the membership and its audit record. False when there was one already. */
export async function addMembership(
  transaction: Queryable,
  personId: string,
  organizationId: string,
  role: Role,
  actor: Actor,
  now: Date,
): Promise<boolean> {
  const added = await insertMembership(transaction, personId, organizationId, role, now);
  if (added) {
    await recordAct(transaction, now, {
      action: 'membership.created',
      target: `person:${personId}`,
      organizationId,
      actor,
      details: { role },
    });
  }
  return added;
}
