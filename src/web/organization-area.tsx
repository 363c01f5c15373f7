// Who may enter the pages of Settings and of an organization. An organization that one isn't in looks like one that
// doesn't exist; pages for admins tell others whom to ask.
import type { Context } from 'koa';
import { ErrorPage } from '../../views/error.tsx';
import { messagesFor } from '../../views/messages/messages-for.ts';
import type { Membership } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../audit/audit-log.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import { actorOf } from '../http/request-context.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { Maker } from '../tokens/maker.ts';
import type { Pages, PageVisit } from './pages.ts';
import { redirect } from './sign-in-routes.tsx';

/** A visit of somebody who is signed in. */
export interface SignedInVisit extends PageVisit {
  readonly session: BrowserSession;
}

/** Of a page of `/organizations/{orgId}`, by one of its people. */
export interface OrganizationVisit extends SignedInVisit {
  readonly organization: Membership;
  /** All of the visitor's, to switch between. */
  readonly organizations: readonly Membership[];
  readonly actor: Actor;
}

/** Visits of signed-in people; others are sent to sign in, and then on to `returnTo`. */
export async function signedIn(ctx: Context, pages: Pages, returnTo = ctx.url): Promise<SignedInVisit | undefined> {
  const visit = await pages.visit(ctx);
  if (visit.session !== undefined) return { ...visit, session: visit.session };
  redirect(ctx, `/sign-in?return_to=${encodeURIComponent(returnTo)}`);
  return undefined;
}

/** @throws HttpError 404 */
export async function organizationOf(ctx: Context, accounts: Accounts, { session }: SignedInVisit) {
  const organizations = await accounts.memberships(session.personId);
  const organization = organizations.find(({ id }) => id === parameter(ctx, 'orgId'));
  if (organization === undefined) throw new HttpError(404, 'Not found');
  return { organizations, organization };
}

/**
 * Undefined: nobody is signed in, and the answer leads to where that is done.
 * @param returnTo the path to come back to; the one that was asked for unless told otherwise
 * @throws HttpError 404
 */
export async function visitOrganization(
  ctx: Context,
  accounts: Accounts,
  pages: Pages,
  returnTo?: string,
): Promise<OrganizationVisit | undefined> {
  const visit = await signedIn(ctx, pages, returnTo);
  if (visit === undefined) return undefined;
  return { ...visit, ...(await organizationOf(ctx, accounts, visit)), actor: actorFor(ctx, visit) };
}

/** The same for admins. Others are told so: undefined, too. */
export async function visitAsAdmin(
  ctx: Context,
  accounts: Accounts,
  pages: Pages,
  returnTo?: string,
): Promise<OrganizationVisit | undefined> {
  const visit = await visitOrganization(ctx, accounts, pages, returnTo);
  if (visit === undefined || visit.organization.role === 'admin') return visit;
  const { adminsOnly } = messagesFor(visit.shell.locale).settings;
  const page = <ErrorPage shell={visit.shell} status={403} detail={adminsOnly} requestId={actorOf(ctx).requestId} />;
  pages.show(ctx, page, 403);
  return undefined;
}

/** Who changes tokens by this visit. */
export function makerOf({ session }: SignedInVisit): Maker {
  return { personId: session.personId, sessionId: session.id };
}

/** The visitor as audit records name them. */
export function actorFor(ctx: Context, { session }: SignedInVisit): Actor {
  return { ...actorOf(ctx), personId: session.personId, credential: `session:${session.id}` };
}
