// Who calls /api: the Bearer credential of a request, resolved as introspection would, and what it may do here.
import type { Context } from 'koa';
import type { Actor } from '../audit/audit-log.ts';
import { bearerOf, missingCredential, refusedCredential } from '../http/bearer.ts';
import { readJson } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { actorOf } from '../http/request-context.ts';
import type { CredentialResolver, Resolution } from '../introspection/resolve-credential.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { Maker } from '../tokens/maker.ts';
import type { LiveOrganizationToken, LivePersonalToken } from '../tokens/token.ts';
import { noteCaller } from './own-uses.ts';

type Principal =
  | { readonly use: 'session'; readonly personId: string; readonly session: LiveSession }
  | { readonly use: 'personal_access_token'; readonly personId: string; readonly token: LivePersonalToken }
  | { readonly use: 'organization_token'; readonly token: LiveOrganizationToken };

/** A principal that is a person: a CLI login or a personal access token. */
export type PersonPrincipal = Exclude<Principal, { use: 'organization_token' }>;
export type SessionPrincipal = Extract<Principal, { use: 'session' }>;

export const FORBIDDEN = 'You do not have permission to perform this action';

/**
 * The principal behind the request's Authorization header (RFC 6750 §2.1: no other place is looked at).
 * @throws HttpError 401 with a challenge (RFC 6750 §3)
 */
async function requirePrincipal(ctx: Context, resolver: CredentialResolver): Promise<Principal> {
  const text = bearerOf(ctx.get('authorization'));
  if (text === undefined) throw missingCredential();
  const resolution = await resolver.resolve(text);
  const principal = principalOf(resolution);
  if (principal === undefined)
    throw refusedCredential(text, resolution.use === 'none' && resolution.reason === 'expired');
  noteCaller(ctx, resolution);
  return principal;
}

/** Undefined for what opens nothing here: a refresh token, or nothing that is active. */
function principalOf(resolution: Resolution): Principal | undefined {
  switch (resolution.use) {
    case 'access_token':
      return { use: 'session', personId: resolution.session.personId, session: resolution.session };
    case 'personal_access_token':
      return { use: resolution.use, personId: resolution.token.personId, token: resolution.token };
    case 'organization_token':
      return { use: resolution.use, token: resolution.token };
    default:
      return undefined;
  }
}

/** @throws HttpError 403 for an organization's token, which is no person */
export async function requirePerson(ctx: Context, resolver: CredentialResolver): Promise<PersonPrincipal> {
  const principal = await requirePrincipal(ctx, resolver);
  if (principal.use === 'organization_token') throw new HttpError(403, FORBIDDEN);
  return principal;
}

/** @throws HttpError 403 for any token: what it asks for takes a person who signed in */
export async function requireSession(ctx: Context, resolver: CredentialResolver): Promise<SessionPrincipal> {
  const principal = await requirePrincipal(ctx, resolver);
  if (principal.use !== 'session') throw new HttpError(403, FORBIDDEN);
  return principal;
}

/** The sender of `ctx` as audit records name it: the person, and by which credential. */
export function actorFor(ctx: Context, principal: PersonPrincipal): Actor {
  const credential = principal.use === 'session' ? `session:${principal.session.id}` : `token:${principal.token.id}`;
  return { ...actorOf(ctx), personId: principal.personId, credential };
}

/**
 * A sign-in and the JSON it sends. The sign-in is looked at before the body, which strangers needn't send, and once more
 * after it: a body can be made to take minutes, and the sign-in may have ended meanwhile.
 * @throws HttpError 400, 401, 403, 413, 415
 */
export async function requireSessionAndBody(
  ctx: Context,
  resolver: CredentialResolver,
): Promise<{ principal: SessionPrincipal; body: unknown }> {
  await requireSession(ctx, resolver);
  const body = await readJson(ctx);
  return { principal: await requireSession(ctx, resolver), body };
}

/** Who makes a token by this sign-in. */
export function makerOf({ personId, session }: SessionPrincipal): Maker {
  return { personId, sessionId: session.id };
}
