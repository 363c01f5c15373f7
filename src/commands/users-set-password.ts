import { normalizeEmail } from '../accounts/account.ts';
import { systemClock } from '../clock.ts';
import { setPasswordOf } from '../sign-ins/password-change.ts';
import { readPassword } from './read-password.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

interface Options {
  email: string;
  passwordStdin: true;
  json?: boolean;
}

export async function setUserPassword({ email: given, json }: Options): Promise<void> {
  const email = normalizeEmail(given);
  if (email === undefined) throw new CommandProblem(`--email: ${JSON.stringify(given)} is not an e-mail address`);
  const password = await readPassword();
  const result = await withDatabase((database, { publicUrl }) =>
    setPasswordOf(database, email, password, OPERATOR, publicUrl, systemClock.now()),
  );
  if (result === undefined)
    throw new CommandProblem(
      `there is nobody with the e-mail address ${email}: create them (teamday-identity users create)`,
    );
  const { personId: id, ended } = result;
  print(json, { id, endedSessions: ended }, `${id}: password set, sign-ins ended: ${ended}`);
}
