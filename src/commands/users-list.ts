import { listPeople } from '../accounts/account-store.ts';
import { print, withDatabase } from './with-database.ts';

/** One line a person: e-mail address, id, name, and the roles in organizations. */
export async function listUsers({ json }: { json?: boolean }): Promise<void> {
  const users = await withDatabase((database) => listPeople(database));
  const lines = users.map(({ id, email, name, disabled, organizations }) => {
    const roles = organizations.map((one) => `${one.id} (${one.role})`).join(', ');
    return [email, id, name, roles, ...(disabled ? ['disabled'] : [])].join('\t');
  });
  if (json === true || lines.length > 0) print(json, { users }, lines.join('\n'));
}
