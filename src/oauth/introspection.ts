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
}

interface InactiveIntrospection {
  active: false;
}

export type IntrospectionResponse = ActiveIntrospection | InactiveIntrospection;
