import type { Role } from '../oauth/roles.ts';

/** A person of an organization, and what acts for it in their name. */
export interface Member {
  /** `user_…` */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly joinedAt: Date;
  /** By the operator: can't sign in, and doesn't count as an admin. */
  readonly disabled: boolean;
  /** In a browser, for whatever organization. */
  readonly lastSignInAt: Date | null;
  readonly hasPassword: boolean;
  /** CLI logins that act for this organization. */
  readonly sessions: number;
  /** Personal tokens of this organization. */
  readonly tokens: number;
}
