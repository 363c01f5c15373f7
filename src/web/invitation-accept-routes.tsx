// /invitations/{secret}: the link of a mail. Looking at it changes nothing. Who accepts is signed in as who is invited, or
// has no account yet and makes one: the link proves that mail to the address reaches them.
import type Router from '@koa/router';
import type { Context } from 'koa';
import {
  InvitationInvalidPage,
  InvitationPage,
  type InvitationStep,
  type RegistrationProblem,
} from '../../views/invitation.tsx';
import { normalizeName } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { passwordProblem } from '../accounts/password.ts';
import { readForm } from '../http/body.ts';
import { addressGroup } from '../http/client-address.ts';
import { tooManyRequests } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { RateCounter } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import type { OpenInvitation } from '../members/invitation.ts';
import type { Invitations } from '../members/invitations.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { goOnWith } from './notice.ts';
import { type Pages, type PageVisit, SESSION_COOKIE } from './pages.ts';
import { redirect } from './sign-in-routes.tsx';

export interface InvitationDependencies {
  readonly accounts: Accounts;
  readonly browserSessions: BrowserSessions;
  readonly cookies: Cookies;
  readonly guard: ForgeryGuard;
  readonly invitations: Invitations;
  readonly pages: Pages;
  /** Counts how often one address comes. */
  readonly perAddress: RateCounter;
}

const PATH = '/invitations/:secret';

export function mountInvitations(router: Router, dependencies: InvitationDependencies): void {
  const { accounts, browserSessions, cookies, guard, invitations, pages, perAddress } = dependencies;

  router.get(PATH, async (ctx) => {
    await count(ctx);
    const visit = await pages.visit(ctx);
    const invitation = await invitations.open(parameter(ctx, 'secret'));
    if (invitation === undefined) return showInvalid(ctx, visit);
    show(ctx, visit, invitation, nextStep(invitation, visit.session));
  });

  router.post(PATH, async (ctx) => {
    await count(ctx);
    const form = await readForm(ctx);
    const visit = await pages.visit(ctx);
    const { session } = visit;
    const secret = parameter(ctx, 'secret');
    if (!guard.accepts(ctx, session, form['csrf'])) {
      const invitation = await invitations.open(secret);
      if (invitation === undefined) return showInvalid(ctx, visit);
      return show(ctx, visit, invitation, nextStep(invitation, session, form['name']), { stale: true, status: 403 });
    }
    if (session === undefined) await register(ctx, visit, secret, form);
    else await accept(ctx, visit, secret, session);
  });

  async function accept(ctx: Context, visit: PageVisit, secret: string, session: BrowserSession): Promise<void> {
    const actor = { ...actorOf(ctx), personId: session.personId, credential: `session:${session.id}` };
    const result = await invitations.accept(secret, session, actor);
    switch (result.outcome) {
      case 'joined':
        return goOnWith(ctx, cookies, membersOf(result.organizationId), 'joined');
      case 'other_person':
        return redirect(ctx, ctx.path); // which says so
      case 'invalid':
        return showInvalid(ctx, visit);
    }
  }

  async function register(
    ctx: Context,
    visit: PageVisit,
    secret: string,
    form: Readonly<Record<string, string>>,
  ): Promise<void> {
    const typed = { name: form['name'] ?? '', password: form['password'] ?? '' };
    const name = normalizeName(typed.name);
    const problems = problemsOf(typed);
    if (name === undefined || Object.keys(problems).length > 0) {
      const invitation = await invitations.open(secret);
      if (invitation === undefined) return showInvalid(ctx, visit);
      const next = nextStep(invitation, undefined, typed.name);
      return show(ctx, visit, invitation, next.step === 'register' ? { ...next, problems } : next, { status: 422 });
    }
    const actor = actorOf(ctx);
    const result = await invitations.register(secret, { name, password: typed.password }, actor);
    switch (result.outcome) {
      case 'invalid':
        return showInvalid(ctx, visit);
      case 'known':
        return redirect(ctx, ctx.path); // which says that they have to sign in
      case 'joined': {
        const { person, organizationId } = result;
        await accounts.rememberLocale(person.id, visit.shell.locale);
        const started = await browserSessions.start(person, undefined, actor);
        if (started === undefined) return redirect(ctx, '/sign-in'); // disabled in the meantime
        cookies.set(ctx, SESSION_COOKIE, started.secret.reveal(), started.expiresAt);
        return goOnWith(ctx, cookies, membersOf(organizationId), 'joined');
      }
    }
  }

  /** @throws HttpError 429 */
  async function count(ctx: Context): Promise<void> {
    const retryAfterSeconds = await perAddress.count(addressGroup(actorOf(ctx).address));
    if (retryAfterSeconds !== undefined)
      throw tooManyRequests('Too many invitations were opened from your address. Wait a little.', retryAfterSeconds);
  }

  function show(
    ctx: Context,
    { shell, csrf }: PageVisit,
    invitation: OpenInvitation,
    next: InvitationStep,
    { stale = false, status = 200 } = {},
  ): void {
    const { organizationName: organization, inviterName: inviter, email, role, expiresAt } = invitation;
    const shown = { organization, inviter, email, role, expiresAt };
    const page = { shell, csrf, path: ctx.path, invitation: shown, next, stale };
    pages.show(ctx, <InvitationPage {...page} />, status);
  }

  function showInvalid(ctx: Context, { shell }: PageVisit): void {
    pages.show(ctx, <InvitationInvalidPage shell={shell} />, 404);
  }
}

function nextStep(invitation: OpenInvitation, session: BrowserSession | undefined, name = ''): InvitationStep {
  if (session !== undefined) return { step: session.email === invitation.email ? 'join' : 'switch' };
  return invitation.hasAccount ? { step: 'signIn' } : { step: 'register', name };
}

function problemsOf({ name, password }: { name: string; password: string }) {
  const weak = passwordProblem(password);
  const problems: { name?: RegistrationProblem; password?: RegistrationProblem } = {};
  if (normalizeName(name) === undefined) problems.name = name.trim() === '' ? 'required' : 'nameUnfit';
  if (weak !== undefined) problems.password = weak === 'too_short' ? 'passwordTooShort' : 'passwordUnfit';
  return problems;
}

function membersOf(organizationId: string): string {
  return `/organizations/${organizationId}/members`;
}
