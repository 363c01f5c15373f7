// What the token pages of a person and of an organization have in common: their dependencies, the way to the ones that
// change something, refusals, and the only page that shows a token's value.
import type { Context } from 'koa';
import { type ReplacedToken, TokenCreatedPage } from '../../views/token-created.tsx';
import type { TokenNotice } from '../../views/token-list.tsx';
import { REFUSAL_STATUS, type TokenRefusal, TokenRefusalPage } from '../../views/token-refusal.tsx';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import type { RateCounters } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import type { Policies } from '../members/policies.ts';
import type { IssuedToken } from '../tokens/token.ts';
import type { TokenPolicy } from '../tokens/token-policy.ts';
import type { Tokens } from '../tokens/tokens.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { goOnWith } from './notice.ts';
import type { Pages } from './pages.ts';
import type { TokenVisit } from './token-area.ts';

export interface TokenPageDependencies {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly cookies: Cookies;
  readonly counters: RateCounters;
  readonly guard: ForgeryGuard;
  readonly pages: Pages;
  readonly policies: Policies;
  readonly publicUrl: string;
  /** Name -> what it gives access to. */
  readonly services: Readonly<Record<string, string>>;
  readonly tokenPolicy: TokenPolicy;
  readonly tokens: Tokens;
}

/** Shows the value of a token that was just made: in this answer and nowhere else. */
export function reveal(
  ctx: Context,
  { pages, publicUrl, services }: TokenPageDependencies,
  { shell, area }: TokenVisit,
  token: IssuedToken,
  replaced?: ReplacedToken,
): void {
  const { scopes, organizationId } = token;
  const { name: organization } = area.organizations.find(({ id }) => id === organizationId) ?? { name: organizationId };
  const exampleService = [...(scopes ?? []), ...Object.keys(services)].find((scope) => scope !== 'all') ?? 'all';
  pages.show(
    ctx,
    <TokenCreatedPage
      shell={shell}
      area={area}
      token={{
        value: token.secret.reveal(),
        name: token.name,
        organization,
        ...(scopes === null ? {} : { scopes }),
        expiresAt: token.expiresAt,
      }}
      {...(replaced === undefined ? {} : { replaced })}
      publicUrl={publicUrl}
      exampleService={exampleService}
    />,
  );
}

export function refuse(ctx: Context, pages: Pages, { shell, area }: TokenVisit, why: TokenRefusal): void {
  const { requestId } = actorOf(ctx);
  pages.show(ctx, <TokenRefusalPage shell={shell} area={area} why={why} requestId={requestId} />, REFUSAL_STATUS[why]);
}

/** What the list may have to say of the last form. */
export const NOTICES: readonly TokenNotice[] = ['revoked', 'again'];

export function backToList(ctx: Context, cookies: Cookies, { area }: TokenVisit, notice: TokenNotice): void {
  goOnWith(ctx, cookies, area.path, notice);
}
