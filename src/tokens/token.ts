import { randomBytes } from 'node:crypto';
import { sha256 } from '../digest.ts';
import type { Role } from '../oauth/roles.ts';
import { Secret } from '../oauth/secret.ts';
import { formatToken, type TokenPrefix } from '../oauth/token-format.ts';

interface Common {
  /** `tok_…` */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole token. */
  readonly digest: Buffer;
  readonly organizationId: string;
  /** `user_…`; of an organization's token, who made it. */
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null: never. */
  readonly expiresAt: Date | null;
  /** The id of the token that took this one's place; this one ends at `expiresAt`, the end of its grace period. */
  readonly replacedBy: string | null;
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedUserAgent: string | null;
}

/** `td_…`: acts for its person, in the organization it was made in, with the role that person has there now. */
interface PersonalToken extends Common {
  readonly kind: 'personal';
  readonly personId: string;
}

/** `otk_…`: acts for the organization itself, limited to services. */
interface OrganizationToken extends Common {
  readonly kind: 'organization';
  /** `all`, or names of services. */
  readonly scopes: readonly string[];
}

export type Token = PersonalToken | OrganizationToken;

/** No part of what a token stands for: how it came to be and ends, and what changes with every use. */
type History = 'createdBy' | 'replacedBy' | 'lastUsedAt' | 'lastUsedAddress' | 'lastUsedUserAgent';

/** Good at the moment it was read, with its person, role and organization as they are now. */
export interface LivePersonalToken extends Omit<PersonalToken, History> {
  readonly email: string;
  readonly personName: string;
  readonly organizationName: string;
  readonly role: Role;
}

/** Good at the moment it was read. */
export interface LiveOrganizationToken extends Omit<OrganizationToken, History> {
  readonly organizationName: string;
}

export type LiveToken = LivePersonalToken | LiveOrganizationToken;

const PREFIXES: Readonly<Record<Token['kind'], TokenPrefix>> = { personal: 'td_', organization: 'otk_' };

/** A new token, shown to its owner once. */
export interface IssuedToken {
  readonly id: string;
  readonly secret: Secret;
  readonly name: string;
  readonly organizationId: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** A new token's value. */
export function newTokenSecret(kind: Token['kind']): { secret: Secret; digest: Buffer } {
  const value = formatToken(PREFIXES[kind], randomBytes(28));
  return { secret: new Secret(value), digest: sha256(value) };
}

/** How a token is shown in lists: a holder can compute it, nobody can go back. */
export function previewOf(token: Pick<Token, 'kind' | 'digest'>): string {
  return `${PREFIXES[token.kind]}****${token.digest.toString('hex', 0, 4)}`;
}
