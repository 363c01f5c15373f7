// Who may enter the pages of which tokens: a person those of their own, an organization's people those of it.
import type { Context } from 'koa';
import type { TokenArea } from '../../views/tokens.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../audit/audit-log.ts';
import type { TokenOwner } from '../tokens/token-store.ts';
import { actorFor, organizationOf, type SignedInVisit, signedIn } from './organization-area.tsx';
import type { Pages } from './pages.ts';

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
    const { organizations, organization } = await organizationOf(ctx, accounts, visit);
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
export function organizationPath({ id }: { readonly id: string }): string {
  return `/organizations/${id}/tokens`;
}
