// users disable and users enable: keeping a person out of everything, at once, and letting them back in.
import { normalizeEmail } from '../accounts/account.ts';
import { systemClock } from '../clock.ts';
import { createPersonAccess } from '../members/person-access.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

interface Options {
  email: string;
  json?: boolean;
}

export async function disableUser(options: Options): Promise<void> {
  const email = emailOf(options);
  const result = await withDatabase((database) => createPersonAccess(database, systemClock).disable(email, OPERATOR));
  if (result === undefined) throw nobody(email);
  const { id, sessions, tokens, organizationsWithoutAdmin } = result;
  print(
    options.json,
    { id, endedSessions: sessions, revokedTokens: tokens, organizationsWithoutAdmin },
    [
      `${id}: disabled, sign-ins ended: ${sessions}, personal tokens revoked: ${tokens}`,
      ...organizationsWithoutAdmin.map(
        (organization) => `${organization} has no admin any more: add one (teamday-identity users create --role admin)`,
      ),
    ].join('\n'),
  );
}

export async function enableUser(options: Options): Promise<void> {
  const email = emailOf(options);
  const result = await withDatabase((database) => createPersonAccess(database, systemClock).enable(email, OPERATOR));
  if (result === undefined) throw nobody(email);
  print(options.json, result, `${result.id}: may sign in again; what was ended stays ended`);
}

function emailOf({ email: given }: Options): string {
  const email = normalizeEmail(given);
  if (email === undefined) throw new CommandProblem(`--email: ${JSON.stringify(given)} is not an e-mail address`);
  return email;
}

function nobody(email: string): CommandProblem {
  return new CommandProblem(`there is nobody with the e-mail address ${email} (teamday-identity users list)`);
}
