// Who sent a request, as introspection says it is now. Times are seconds since 1970.
import type { ActiveIntrospection, RateLimit as ToldRateLimit } from '../oauth/introspection.ts';
import { ROLES, type Role } from '../oauth/roles.ts';
import { IdentityUnavailable } from './identity-unavailable.ts';

/** Of the credential, this request counted. */
export type RateLimit = Omit<ToldRateLimit, 'exceeded'>;

interface CommonPrincipal {
  /** `org_…`: the organization that the credential acts in, and the only one whose data it may see. */
  readonly organizationId: string;
  /** `all`, names of services, or scopes such as `agents:manage`. */
  readonly scopes: readonly string[];
  /** As lists and the audit log name the token: `tok_…`. An access token's own id for a sign-in. */
  readonly tokenId: string | undefined;
  readonly issuedAt: number;
  /** undefined: it doesn't expire. */
  readonly expiresAt: number | undefined;
  /** undefined: this service isn't registered to be told, none applies, or the answer was remembered (`cacheSeconds`). */
  readonly rateLimit: Readonly<RateLimit> | undefined;
}

export interface Person extends CommonPrincipal {
  readonly kind: 'person';
  /** A sign-in, or a token the person made. */
  readonly credential: 'access_token' | 'personal_access_token';
  /** `user_…` */
  readonly id: string;
  readonly email: string | undefined;
  /** In that organization, now. */
  readonly role: Role;
  /** Sign-ins only: the application that was let in, `teamday-cli` for example. */
  readonly clientId: string | undefined;
  /** Sign-ins only: `ses_…` */
  readonly sessionId: string | undefined;
}

export interface Organization extends CommonPrincipal {
  readonly kind: 'organization';
  readonly credential: 'organization_token';
  /** The same as `organizationId`. */
  readonly id: string;
}

export type Principal = Person | Organization;

/** The principal of an active answer, or undefined when its credential is none that a request may carry. */
export function principalIn(answer: ActiveIntrospection): Principal | undefined {
  const { token_use: use, sub: id, org_id: organizationId, scope, rate_limit: told } = answer;
  if (![id, organizationId, scope].every((member) => typeof member === 'string')) throw incomprehensible();
  const common = {
    id,
    organizationId,
    scopes: scope.split(' ').filter((one) => one !== ''),
    tokenId: answer.jti,
    issuedAt: answer.iat,
    expiresAt: answer.exp,
    rateLimit: told && { limit: told.limit, remaining: told.remaining, reset: told.reset },
  };
  switch (use) {
    case 'organization_token':
      return { kind: 'organization', credential: use, ...common };
    case 'access_token':
    case 'personal_access_token': {
      const { role, username: email, client_id: clientId, sid: sessionId } = answer;
      if (role === undefined || !ROLES.includes(role)) throw incomprehensible();
      return { kind: 'person', credential: use, ...common, email, role, clientId, sessionId };
    }
    default:
      return undefined; // a refresh token, or a kind this version doesn't know
  }
}

function incomprehensible(): IdentityUnavailable {
  return new IdentityUnavailable(
    'The identity service answered what this version of @teamday/resource-server cannot read: update the package.',
  );
}
