import type { Role } from './roles.ts';

/** What kind of credential was asked about. */
type TokenUse = 'access_token' | 'refresh_token' | 'personal_access_token' | 'organization_token';

/** RFC 7662 §2.2, with TeamDay's members. Times are seconds since 1970. */
export interface ActiveIntrospection {
  active: true;
  token_use: TokenUse;
  token_type: 'Bearer';
  iss: string;
  /** `user_…`, or `org_…` for an organization's own token. */
  sub: string;
  client_id?: string;
  /** The person's e-mail address. */
  username?: string;
  /** Space-separated. */
  scope: string;
  aud?: string | string[];
  jti?: string;
  iat: number;
  /** Absent: never. */
  exp?: number;
  /** Tokens that expire within 30 days: whole days left, for the owner's tools to say so. */
  expires_in_days?: number;
  org_id: string;
  /** Persons only; as it is now. */
  role?: Role;
  /** Sessions only. */
  sid?: string;
  /** For services that are registered to count requests. */
  rate_limit?: RateLimit;
}

/** Of one credential, this request counted. */
export interface RateLimit {
  /** Requests in one window. */
  limit: number;
  /** What is left of them in this one. */
  remaining: number;
  /** Seconds until the window ends. */
  reset: number;
  /** This request is over the limit. */
  exceeded?: true;
}

interface InactiveIntrospection {
  active: false;
  /** Of a genuine token, for services that are registered to be told. */
  inactive_reason?: 'expired' | 'revoked';
}

export type IntrospectionResponse = ActiveIntrospection | InactiveIntrospection;
