import { normalizeName, normalizeOrganizationId } from '../accounts/account.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { systemClock } from '../clock.ts';
import { newId } from '../digest.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

export async function createOrganization(options: { id?: string; name: string; json?: boolean }): Promise<void> {
  const id = options.id === undefined ? newId('org_') : normalizeOrganizationId(options.id);
  if (id === undefined) throw new CommandProblem('--id must be org_ and up to 64 letters, digits, _ or -');
  const name = normalizeName(options.name);
  if (name === undefined) throw new CommandProblem('--name must be 1 to 100 characters, without control characters');

  await withDatabase(async (database) => {
    const created = await createAccounts(database, systemClock).createOrganization({ id, name }, OPERATOR);
    if (!created) throw new CommandProblem(`there is an organization ${id} already`);
  });
  print(options.json, { id, name }, id);
}
