import { text } from 'node:stream/consumers';
import { PASSWORD_MIN, passwordProblem } from '../accounts/password.ts';
import { CommandProblem } from './report-failure.ts';

/** All of standard input, less the line's end that echo adds. */
export async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Type the password, then Enter and Ctrl+D.\n');
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  const problem = passwordProblem(password);
  if (problem === 'too_short') throw new CommandProblem(`the password must have at least ${PASSWORD_MIN} characters`);
  if (problem === 'unfit') throw new CommandProblem('the password must be one line, without control characters');
  if (problem === 'too_long') throw new CommandProblem('the password is too long');
  return password;
}
