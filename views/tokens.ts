// Tokens, and the place where they are managed, as the pages show them; and what state a token is in, in words' stead.
import type { Organization } from './organization.ts';
import { ageInSeconds } from './text/relative-time.ts';

export type TokenKind = 'personal' | 'organization';

/** Where one list of tokens is managed, as its visitor may. */
export type TokenArea = {
  kind: TokenKind;
  /** Of the list; the other pages are below it. */
  path: string;
  /** Those of the visitor. */
  organizations: readonly Organization[];
  /** Whose tokens they are. None: the visitor's own, of all organizations. */
  organization?: Organization;
  /** Viewers of an organization may only look. */
  mayChange: boolean;
};

export function sectionOf({ kind }: TokenArea): 'apiKeys' | 'organizationTokens' {
  return kind === 'personal' ? 'apiKeys' : 'organizationTokens';
}

export type ShownToken = {
  id: string;
  name: string;
  /** `td_****a1b2c3d4` */
  preview: string;
  /** Name of the organization a personal token is bound to; left out where there is only one. */
  organization?: string;
  /** Of an organization's token. */
  scopes?: readonly string[];
  /** Name of who made an organization's token. */
  createdBy?: string;
  createdAt: Date;
  /** Null: never. */
  expiresAt: Date | null;
  lastUsed?: { at: Date; address?: string; userAgent?: string };
  /** It was rotated, and `expiresAt` is the end of its grace. */
  replaced: boolean;
  /** False: its person has left the organization it is bound to. */
  usable: boolean;
};

export type TokenState = 'active' | 'expiring' | 'unused' | 'replaced' | 'expired' | 'unusable';

const DAY = 24 * 3600;
const EXPIRING_WITHIN = 7 * DAY;
const UNUSED_AFTER = 30 * DAY;

/** What its owner should know first. */
export function stateOf({ expiresAt, replaced, usable, lastUsed, createdAt }: ShownToken, now: Date): TokenState {
  if (expiresAt !== null && expiresAt <= now) return 'expired';
  if (!usable) return 'unusable';
  if (replaced) return 'replaced';
  if (expiresAt !== null && ageInSeconds(now, expiresAt) <= EXPIRING_WITHIN) return 'expiring';
  return lastUsed === undefined && ageInSeconds(createdAt, now) > UNUSED_AFTER ? 'unused' : 'active';
}
