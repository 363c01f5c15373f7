// What a route asks of whoever calls it, and whether a principal has it.
import { holds } from '../oauth/held-scopes.ts';
import type { Role } from '../oauth/roles.ts';
import type { Principal } from './principal.ts';
import type { Refusal, Refusals } from './refusal.ts';

export interface Requirement {
  /** The service this route belongs to, by its name in TeamDay: tokens need it, or `all`, among their scopes. */
  readonly service: string;
  /** Scopes that are needed besides, all of them: `['agents:manage']`. */
  readonly scopes?: readonly string[];
  /**
   * Who may: persons by their role, and `organization` for organization tokens, which have none. Without it everybody
   * may; with it nobody who isn't named.
   */
  readonly roles?: readonly (Role | 'organization')[];
}

const SERVICE = /^[a-z][a-z0-9-]*$/;
/** RFC 6749 §3.3, less what would have to be quoted in a header. */
const SCOPE = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;

/** @throws TypeError when a route was described wrongly: it must not be opened by a slip of the pen */
export function checkRequirement({ service, scopes = [], roles = [] }: Requirement): void {
  if (typeof service !== 'string' || !SERVICE.test(service)) {
    throw new TypeError(`service must be the name of a TeamDay service, such as 'newsletter', not ${String(service)}`);
  }
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string' && SCOPE.test(scope))) {
    throw new TypeError("scopes must be a list of scopes, such as ['agents:manage']");
  }
  const known: readonly string[] = ['admin', 'member', 'viewer', 'organization'];
  if (!Array.isArray(roles) || !roles.every((role) => known.includes(role))) {
    throw new TypeError(`roles must be a list of ${known.join(', ')}`);
  }
}

/** Why not, or undefined when the principal may. */
export function refusalOf(principal: Principal, requirement: Requirement, refusals: Refusals): Refusal | undefined {
  const { service, scopes = [], roles } = requirement;
  const { credential, scopes: held } = principal;
  // Persons who signed in are let into every service: their applications' scopes say what may be done there.
  if (credential !== 'access_token' && !holds(credential, held, service)) {
    return refusals.service(service, principal.rateLimit);
  }
  if (!scopes.every((scope) => holds(credential, held, scope))) return refusals.scope(scopes, principal.rateLimit);
  const standing = principal.kind === 'person' ? principal.role : 'organization';
  if (roles !== undefined && !roles.includes(standing)) return refusals.role(principal.rateLimit);
  return undefined;
}
