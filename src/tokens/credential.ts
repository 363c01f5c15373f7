// What an organization's admin sees of a token, anybody's: who answers for it, and whether it still works.
import type { Token } from './token.ts';

/** `personal`: whose it is; `organization`: who made it. Names are as of now; null: a person who is no more. */
export interface CredentialOwner {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

export type Credential = Token & {
  readonly owner: CredentialOwner;
  /** Not revoked, not expired, and its owner is here. */
  readonly works: boolean;
  /** Of a personal token: an enabled member. An organization's doesn't need anybody. */
  readonly ownerIsHere: boolean;
  readonly revokedAt: Date | null;
};

/** `never_used`, `unused_90_days`, `expiring` (within 30 days) and `beyond_policy` are those that have not expired. */
export const CREDENTIAL_FILTERS = ['never_used', 'unused_90_days', 'expiring', 'unlimited', 'beyond_policy'] as const;

export type CredentialFilter = (typeof CREDENTIAL_FILTERS)[number];

export interface CredentialQuery {
  readonly organizationId: string;
  readonly filter?: CredentialFilter | undefined;
  readonly kind?: Token['kind'] | undefined;
  readonly ownerId?: string | undefined;
  /** Only what was made until then and has not expired. */
  readonly madeUntil?: Date | undefined;
}

/** How long credentials may live there by the rules of today. */
export interface CredentialRules {
  /** Of personal tokens; null: for ever. */
  readonly personalMaxDays: number | null;
  readonly organizationTokensExpire: boolean;
}

/** Of those that worked at one moment, how many still do. */
export interface Progress {
  readonly total: number;
  readonly remaining: number;
}

/** A login of a terminal that acts for the organization. */
export interface RemainingLogin {
  readonly id: string;
  readonly personName: string;
  readonly deviceName: string | null;
  readonly deviceSystem: string | null;
  readonly lastUsedAt: Date;
}

export type IncidentProgress = Readonly<Record<Token['kind'] | 'session', Progress>>;
