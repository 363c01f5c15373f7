import { normalizeEmail, normalizeName, normalizeOrganizationId } from '../accounts/account.ts';
import { createAccounts, type NewPerson } from '../accounts/accounts.ts';
import { systemClock } from '../clock.ts';
import { ROLES, type Role } from '../oauth/roles.ts';
import { readPassword } from './read-password.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

interface Options {
  email: string;
  name?: string;
  organization: string;
  role: string;
  passwordStdin?: boolean;
  json?: boolean;
}

export async function createUser(options: Options): Promise<void> {
  const person = await readPerson(options);
  const result = await withDatabase((database) => createAccounts(database, systemClock).createPerson(person, OPERATOR));
  switch (result.outcome) {
    case 'created':
      if (person.password === undefined)
        process.stderr.write(
          `${person.email} has no password and can't sign in yet: run this again with --password-stdin.\n`,
        );
      print(options.json, { id: result.id }, result.id);
      return;
    case 'added':
      print(options.json, { id: result.id }, result.id);
      return;
    case 'unknown_organization':
      throw new CommandProblem(
        `there is no organization ${person.organizationId}: create it first (teamday-identity organizations create)`,
      );
    case 'already_member':
      throw new CommandProblem(`${person.email} is a member of ${person.organizationId} already`);
    case 'different_password':
      throw new CommandProblem(
        `${person.email} has an account with another password: leave --password-stdin away to add it to ${person.organizationId}`,
      );
  }
}

async function readPerson(options: Options): Promise<NewPerson> {
  const email = normalizeEmail(options.email);
  if (email === undefined)
    throw new CommandProblem(`--email: ${JSON.stringify(options.email)} is not an e-mail address`);
  const name = normalizeName(options.name ?? email);
  if (name === undefined) throw new CommandProblem('--name must be 1 to 100 characters, without control characters');
  const organizationId = normalizeOrganizationId(options.organization);
  if (organizationId === undefined)
    throw new CommandProblem('--organization must be org_ and up to 64 letters, digits, _ or -');
  if (!isRole(options.role)) throw new CommandProblem(`--role must be one of ${ROLES.join(', ')}`);
  const password = options.passwordStdin === true ? await readPassword() : undefined;
  return { email, name, organizationId, role: options.role, password };
}

function isRole(role: string): role is Role {
  return (ROLES as readonly string[]).includes(role);
}
