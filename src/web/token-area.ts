// Who may enter the pages of which tokens: a person those of their own, an organization's people those of it. An
// organization that one isn't in looks like one that doesn't exist.
import type { Context } from 'koa';
import type { TokenArea } from '../../views/tokens.ts';
import type { Membership } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { parameter } from '../api/organization-token-routes.ts';
import type { Actor } from '../audit/audit-log.ts';
import { HttpError } from '../http/http-error.ts';
import { actorOf } from '../http/request-context.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { TokenOwner } from '../tokens/token-store.ts';
import type { Pages, PageVisit } from './pages.ts';
import { redirect } from './sign-in-routes.tsx';

/** A visit of somebody who is signed in. */
export interface SignedInVisit extends PageVisit {
  readonly session: BrowserSession;
}

export interface TokenVisit extends SignedInVisit {
  readonly area: TokenArea;
  readonly owner: TokenOwner;
  readonly actor: Actor;
}

/**
 * Undefined: nobody is signed in, and the answer leads to where that is done.
 * @param returnTo the path to come back to; the one that was asked for unless told otherwise
 * @throws HttpError 404
 */
export type Enter = (ctx: Context, returnTo?: string) => Promise<TokenVisit | undefined>;

/** Visits of signed-in people; others are sent to sign in, and then on to `returnTo`. */
export async function signedIn(ctx: Context, pages: Pages, returnTo = ctx.url): Promise<SignedInVisit | undefined> {
  const visit = await pages.visit(ctx);
  if (visit.session !== undefined) return { ...visit, session: visit.session };
  redirect(ctx, `/sign-in?return_to=${encodeURIComponent(returnTo)}`);
  return undefined;
}

export function enterPersonal(accounts: Accounts, pages: Pages): Enter {
  return async (ctx, returnTo) => {
    const visit = await signedIn(ctx, pages, returnTo);
    if (visit === undefined) return undefined;
    const { personId } = visit.session;
    const organizations = await accounts.memberships(personId);
    const area = { kind: 'personal', path: PERSONAL_PATH, organizations, mayChange: true } as const;
    return { ...visit, area, owner: { kind: 'personal', personId }, actor: actorFor(ctx, visit) };
  };
}

export function enterOrganization(accounts: Accounts, pages: Pages): Enter {
  return async (ctx, returnTo) => {
    const visit = await signedIn(ctx, pages, returnTo);
    if (visit === undefined) return undefined;
    const organizations = await accounts.memberships(visit.session.personId);
    const organization = organizations.find(({ id }) => id === parameter(ctx, 'orgId'));
    if (organization === undefined) throw new HttpError(404, 'Not found');
    const area = {
      kind: 'organization',
      path: organizationPath(organization),
      organizations,
      organization,
      mayChange: organization.role !== 'viewer',
    } as const;
    return {
      ...visit,
      area,
      owner: { kind: 'organization', organizationId: organization.id },
      actor: actorFor(ctx, visit),
    };
  };
}

export const PERSONAL_PATH = '/settings/api-keys';

/** Of the list of an organization's tokens. */
export function organizationPath({ id }: Pick<Membership, 'id'>): string {
  return `/organizations/${id}/tokens`;
}

function actorFor(ctx: Context, { session }: SignedInVisit): Actor {
  return { ...actorOf(ctx), personId: session.personId, credential: `session:${session.id}` };
}
