// What the pages of an organization's credentials and of an incident have in common.
import type { Context } from 'koa';
import { type Breakage, pathsOf, type ShownCredential } from '../../views/credential.ts';
import { ErrorPage } from '../../views/error.tsx';
import { messagesFor } from '../../views/messages/messages-for.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { after, type Clock, parseTime, SECOND } from '../clock.ts';
import { parameter } from '../http/parameter.ts';
import { actorOf } from '../http/request-context.ts';
import type { Credential } from '../tokens/credential.ts';
import type { Breakage as KnownBreakage } from '../tokens/credential-uses.ts';
import type { Credentials } from '../tokens/credentials.ts';
import { previewOf } from '../tokens/token.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { type OrganizationVisit, visitAsAdmin } from './organization-area.tsx';
import type { Pages } from './pages.ts';

export interface CredentialPageDependencies {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly guard: ForgeryGuard;
  readonly pages: Pages;
  readonly publicUrl: string;
}

/** An admin's visit; who has to sign in first comes back to a page that is opened by a GET. */
export function enterAsAdmin(
  ctx: Context,
  { accounts, pages }: CredentialPageDependencies,
  page: 'credentials' | 'incident',
): Promise<OrganizationVisit | undefined> {
  const home = pathsOf(encodeURIComponent(parameter(ctx, 'orgId')))[page];
  return visitAsAdmin(ctx, accounts, pages, ctx.method === 'GET' ? undefined : home);
}

/** Their role or sign-in was lost between the request and its transaction. */
export function showForbidden(ctx: Context, { pages }: CredentialPageDependencies, { shell }: OrganizationVisit): void {
  const { forbidden } = messagesFor(shell.locale).credentials.revocation;
  const { requestId } = actorOf(ctx);
  pages.show(ctx, <ErrorPage shell={shell} status={403} detail={forbidden} requestId={requestId} />, 403);
}

export function shownCredential(credential: Credential, { session }: OrganizationVisit): ShownCredential {
  const { id, kind, name, createdAt, expiresAt, owner, ownerIsHere, revokedAt } = credential;
  const { lastUsedAt, lastUsedAddress, lastUsedUserAgent } = credential;
  return {
    id,
    kind,
    name,
    createdAt,
    expiresAt,
    preview: previewOf(credential),
    replaced: credential.replacedBy !== null,
    usable: ownerIsHere,
    owner: { id: owner.id, name: owner.name ?? owner.id, ...(owner.email === null ? {} : { email: owner.email }) },
    mine: kind === 'personal' && owner.id === session.personId,
    ...(credential.kind === 'organization' ? { scopes: credential.scopes } : {}),
    ...(revokedAt === null ? {} : { revokedAt }),
    ...(lastUsedAt === null
      ? {}
      : {
          lastUsed: {
            at: lastUsedAt,
            ...(lastUsedAddress === null ? {} : { address: lastUsedAddress }),
            ...(lastUsedUserAgent === null ? {} : { userAgent: lastUsedUserAgent }),
          },
        }),
  };
}

export function shownBreakage({ credential, ...use }: KnownBreakage, visit: OrganizationVisit): Breakage {
  return { credential: shownCredential(credential, visit), ...use };
}

/** The ids of the boxes that were ticked, or of the one row whose button was pressed. */
export function selectedIn(form: Readonly<Record<string, string>>): readonly string[] {
  const ids = form['only'] === undefined ? Object.keys(form) : [form['only']];
  return ids.filter((id) => /^tok_[A-Za-z0-9]{1,64}$/.test(id));
}

/** A moment as addresses and forms of an incident hold it, to the second. */
export function momentOf(text: string | undefined): Date | undefined {
  const moment = text === undefined ? undefined : parseTime(text);
  return moment === undefined ? undefined : wholeSecond(moment);
}

export function textOf(moment: Date): string {
  return moment.toISOString().replace('.000Z', 'Z');
}

/** What was made just now was made before. */
export function nextSecond(moment: Date): Date {
  return wholeSecond(after(moment, SECOND - 1));
}

function wholeSecond(moment: Date): Date {
  return after(moment, -moment.getUTCMilliseconds());
}
