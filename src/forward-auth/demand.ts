// What a gateway demands of a credential before it lets a request through, as the operator wrote it into the gateway's
// configuration. Whatever is not understood is refused: a misspelt demand must not let everybody in.
import { HttpError } from '../http/http-error.ts';
import { holds } from '../oauth/held-scopes.ts';
import type { ActiveIntrospection } from '../oauth/introspection.ts';
import { isAtLeast, ROLES, type Role } from '../oauth/roles.ts';

export const PATH = '/forward-auth';

interface Demand {
  /** A name of config/services.json. */
  readonly service: string | undefined;
  /** All of these. */
  readonly scopes: readonly string[];
  /** A person who has at least this role. */
  readonly role: Role | undefined;
}

interface Question {
  readonly demand: Demand;
  /** Path and query that the client asked for, where the gateway put them behind ours (Envoy). */
  readonly original: string | undefined;
}

/**
 * Reads an address: `/forward-auth?service=newsletter`, or `/forward-auth/service=newsletter/original/path?query`. In the
 * second form the client wrote all that follows the first part, so nothing there is a demand: the query least of all.
 * @param url as it came, dot segments and all
 * @param services the names there are
 * @throws HttpError 400 for what the operator has to correct
 */
export function readQuestion(url: string, services: ReadonlySet<string>): Question {
  const [, part, original] = /^\/([^/?]*)(.*)$/s.exec(url.slice(PATH.length)) ?? [];
  if (part === undefined) return { demand: readDemand(url.slice(PATH.length + 1), services), original: undefined };
  if (part === '')
    throw misconfigured(`nothing stands between ${PATH}/ and the path: write ${PATH}/-/ to demand nothing`);
  return { demand: readDemand(part === '-' ? '' : part, services), original };
}

function readDemand(text: string, services: ReadonlySet<string>): Demand {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!['service', 'scope', 'role'].includes(name)) throw misconfigured(`it knows no ${quote(name)}`);
    if (given.has(name)) throw misconfigured(`${name} is given twice`);
    if (value.trim() === '') throw misconfigured(`${name} is empty`);
    given.set(name, value);
  }
  const service = given.get('service');
  if (service !== undefined && !services.has(service))
    throw misconfigured(`there is no service ${quote(service)} in config/services.json`);
  const role = given.get('role');
  if (role !== undefined && !isRole(role))
    throw misconfigured(`role is one of ${ROLES.join(', ')}, not ${quote(role)}`);
  const scope = given.get('scope');
  if (scope !== undefined && !SCOPES.test(scope))
    throw misconfigured(`scope is a list of scopes with one space between them, not ${quote(scope)}`);
  return { service, scopes: scope?.split(' ') ?? [], role };
}

/** RFC 6749 §3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function misconfigured(what: string): HttpError {
  return new HttpError(400, `The gateway asks ${PATH} wrongly: ${what}. Correct its configuration.`);
}

/**
 * Judges as @teamday/resource-server does.
 * @throws HttpError 403 where `who` falls short, with a challenge where a scope would help (RFC 6750 §3.1)
 */
export function requireDemand({ service, scopes, role }: Demand, who: ActiveIntrospection): void {
  // Persons who signed in are let into every service: their application's scopes say what may be done there.
  if (service !== undefined && who.token_use !== 'access_token' && !hasScope(who, service)) {
    throw insufficientScope(
      `Token does not have access to the '${service}' service. Required scope: '${service}' or 'all'.`,
      service,
    );
  }
  if (!scopes.every((scope) => hasScope(who, scope))) throw insufficientScope(FORBIDDEN, scopes.join(' '));
  if (role !== undefined && (who.role === undefined || !isAtLeast(who.role, role))) throw new HttpError(403, FORBIDDEN);
}

const FORBIDDEN = 'You do not have permission to perform this action';

function hasScope({ token_use: use, scope }: ActiveIntrospection, wanted: string): boolean {
  return holds(use, scope.split(' '), wanted);
}

function insufficientScope(message: string, scope: string): HttpError {
  return new HttpError(403, message, {
    headers: {
      'www-authenticate': `Bearer realm="TeamDay", error="insufficient_scope", error_description="${message}", scope="${scope}"`,
    },
  });
}
