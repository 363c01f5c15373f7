// The first organization and person of an empty server: a demo outside production, a one-time link in production.
// Owns the set_up_links table.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, HOUR } from '../clock.ts';
import { type Database, first, type Queryable } from '../database/database.ts';
import { newId, newSecret, sha256 } from '../digest.ts';
import type { Role } from '../oauth/roles.ts';
import { Secret } from '../oauth/secret.ts';
import type { Organization } from './account.ts';
import { hasNobody, isEmpty } from './account-store.ts';
import { addMembership, addOrganization, addPerson } from './accounts.ts';
import { hashPassword } from './password.ts';

interface FirstPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

export interface SetUp {
  /** Makes an organization with one person, if there is nobody and nothing yet. False: there is. */
  createFirst(organization: Organization, person: FirstPerson, role: Role): Promise<boolean>;
  /** A link's token, good once and for an hour; undefined when the server is not empty. */
  createLink(): Promise<Secret | undefined>;
  isValid(token: string): Promise<boolean>;
  /** Whether nobody can sign in: the server is not empty, but no person has a password. */
  hasNobody(): Promise<boolean>;
  /** Uses the link up: an organization with its first admin. False: the link is used, expired or unknown. */
  complete(token: string, organizationName: string, person: FirstPerson, actor: Actor): Promise<boolean>;
}

const COMMAND: Actor = { credential: 'first_start' };

export function createSetUp(database: Database, clock: Clock): SetUp {
  return {
    async createFirst(organization, person, role) {
      const passwordHash = await hashPassword(person.password);
      return await onEmptyServer(database, async (transaction) => {
        await createBoth(transaction, organization, person, passwordHash, role, COMMAND, clock.now());
      });
    },

    async createLink() {
      const token = newSecret();
      const created = await onEmptyServer(database, async (transaction) => {
        const now = clock.now();
        await transaction.query('INSERT INTO set_up_links (digest, expires_at) VALUES ($1, $2)', [
          sha256(token),
          after(now, HOUR),
        ]);
        await recordAct(transaction, now, { action: 'set_up_link.created', target: 'server', actor: COMMAND });
      });
      return created ? new Secret(token) : undefined;
    },

    async isValid(token) {
      const { count } = await database.query(
        'SELECT 1 AS one FROM set_up_links WHERE digest = $1 AND expires_at > $2',
        [sha256(token), clock.now()],
      );
      return count === 1;
    },

    hasNobody: () => hasNobody(database),

    async complete(token, organizationName, person, actor) {
      if (!(await this.isValid(token))) return false; // before the costly hash
      const passwordHash = await hashPassword(person.password);
      let done = false;
      await onEmptyServer(database, async (transaction) => {
        const now = clock.now();
        const used = first(
          await transaction.query('DELETE FROM set_up_links WHERE digest = $1 AND expires_at > $2 RETURNING digest', [
            sha256(token),
            now,
          ]),
        );
        if (used === undefined) return;
        const organization = { id: newId('org_'), name: organizationName };
        await createBoth(
          transaction,
          organization,
          person,
          passwordHash,
          'admin',
          { ...actor, credential: 'set_up_link' },
          now,
        );
        done = true;
      });
      return done;
    },
  };
}

/** Runs `work` alone and only if there is no organization and no person. */
function onEmptyServer(database: Database, work: (transaction: Queryable) => Promise<void>): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await transaction.query('LOCK TABLE set_up_links IN EXCLUSIVE MODE'); // several instances may start at once
    if (!(await isEmpty(transaction))) return false;
    await work(transaction);
    return true;
  });
}

async function createBoth(
  transaction: Queryable,
  organization: Organization,
  person: FirstPerson,
  passwordHash: string,
  role: Role,
  actor: Actor,
  now: Date,
): Promise<void> {
  await addOrganization(transaction, organization, actor, now);
  const personId = await addPerson(transaction, person, passwordHash, actor, now);
  await addMembership(transaction, personId, organization.id, role, actor, now);
  await transaction.query('DELETE FROM set_up_links');
}

export async function deleteSetUpLinksBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM set_up_links WHERE expires_at < $1', [before]);
}
