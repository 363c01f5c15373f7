import type { Role } from '../oauth/roles.ts';

export interface Organization {
  /** `org_…` */
  readonly id: string;
  readonly name: string;
}

export interface Person {
  /** `user_…` */
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string;
}

/** An organization as one of its people sees it. */
export interface Membership extends Organization {
  readonly role: Role;
}

const EMAIL = /^[^\s\p{C}@<>"(),:;[\]\\]{1,64}@[^\s\p{C}@<>"(),:;[\]\\]{1,190}$/u;

/** The form in which addresses are stored and compared, or undefined when `text` is no e-mail address. */
export function normalizeEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase().normalize('NFC'); // last: lower case may compose where upper case can't
  return EMAIL.test(email) ? email : undefined;
}

/** The operator may leave the `org_` away. Undefined when it can't be an id. */
export function normalizeOrganizationId(text: string): string | undefined {
  const id = text.startsWith('org_') ? text : `org_${text}`;
  return /^org_[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
}

// Control and format characters (among them all that turn the direction of writing), line ends, lone surrogates: nothing
// that a name needs, but for the joiners of Persian and of emoji.
const UNFIT = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
// Something to be seen: not only spaces, marks, joiners and what is drawn as nothing (fillers, the empty Braille cell).
const VISIBLE = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;

/** A name of 1-100 characters, trimmed, or undefined when it can't be one. */
export function normalizeName(text: string): string | undefined {
  const name = text.normalize('NFC').trim();
  return name !== '' && [...name].length <= 100 && !UNFIT.test(name) && VISIBLE.test(name) ? name : undefined;
}
