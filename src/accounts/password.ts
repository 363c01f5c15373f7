// Passwords: Argon2id at OWASP's parameters, computed off the main thread.
import { hash, verify } from '@node-rs/argon2';

const ARGON2ID = 2; // the library's Algorithm is an ambient const enum, which isolated compilation can't read
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** NIST SP 800-63B §5.1.1.2: at least 8 characters, no rules of composition, a long limit. */
export const PASSWORD_MIN = 8;
const PASSWORD_MAX = 1_000;

/** Why a new password won't do, or undefined when it will. */
export function passwordProblem(password: string): 'too_short' | 'too_long' | 'unfit' | undefined {
  if (/\p{Cc}/u.test(password)) return 'unfit'; // nobody can type it
  const length = [...password].length;
  if (length < PASSWORD_MIN) return 'too_short';
  return length > PASSWORD_MAX ? 'too_long' : undefined;
}

/** The PHC string to store. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS);
}

let nobodysHash: Promise<string> | undefined;

/** Whether `password` is the one behind `stored`. Takes as long where there is no password to compare with. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword('nobody has this password');
  const given = [...password].length > PASSWORD_MAX ? '' : password.normalize('NFKC');
  const matches = await verify(stored ?? (await nobodysHash), given);
  return matches && stored !== null && given !== '';
}
