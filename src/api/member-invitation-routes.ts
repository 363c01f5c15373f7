// /api/organizations/{orgId}/invitations: who is asked to join, for admins. The links themselves are in the mails only.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HttpError, tooManyRequests } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { Invitation } from '../members/invitation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { inviteMember } from './member-schemas.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, FORBIDDEN, makerOf, requireSession, requireSessionAndBody } from './principal.ts';
import { parseBody } from './schemas.ts';

const PATH = '/api/organizations/:orgId/invitations';

export function mountInvitations(router: Router, { accounts, invitations, resolver }: ApiDependencies): void {
  router.get(PATH, async (ctx) => {
    const { organizationId } = await enter(ctx);
    const list = await invitations.list(organizationId);
    ctx.body = { invitations: list.map(described), count: list.length };
  });

  router.post(PATH, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const to = parseBody(inviteMember, body);
    answerSent(ctx, await invitations.send(organizationId, to, makerOf(principal), actorFor(ctx, principal)));
  });

  router.post(`${PATH}/:id/resend`, async (ctx) => {
    const { organizationId, principal } = await enter(ctx);
    const id = parameter(ctx, 'id');
    answerSent(ctx, await invitations.resend(organizationId, id, makerOf(principal), actorFor(ctx, principal)));
  });

  router.post(`${PATH}/:id/revoke`, async (ctx) => {
    const { organizationId, principal } = await enter(ctx);
    const id = parameter(ctx, 'id');
    const outcome = await invitations.revoke(organizationId, id, makerOf(principal), actorFor(ctx, principal));
    if (outcome !== 'revoked') throw refusal(outcome);
    ctx.body = { success: true };
  });

  /** The organization of the path, for one of its admins. */
  async function enter(ctx: Context) {
    const principal = await requireSession(ctx, resolver);
    return { principal, organizationId: await enterOrganization(ctx, accounts, principal, 'admin') };
  }
}

type Sent = Awaited<ReturnType<ApiDependencies['invitations']['send' | 'resend']>>;
type Refusal = Exclude<Sent['outcome'], 'sent' | 'limited'>;

/**
 * 201 with the invitation that was sent.
 * @throws HttpError 403, 404, 409, 429 for the reasons why none was
 */
function answerSent(ctx: Context, result: Sent): void {
  if (result.outcome === 'limited')
    throw tooManyRequests('Too many invitations were sent today. Wait a little.', result.retryAfterSeconds);
  if (result.outcome !== 'sent') throw refusal(result.outcome);
  ctx.status = 201;
  ctx.body = described(result.invitation);
}

function refusal(outcome: Refusal): HttpError {
  switch (outcome) {
    case 'forbidden':
      return new HttpError(403, FORBIDDEN);
    case 'unknown':
      return new HttpError(404, 'Invitation not found');
    case 'already_member':
      return new HttpError(409, 'This person is a member of the organization already');
    case 'already_invited':
      return new HttpError(409, 'This person is invited already: send that invitation again, or revoke it');
    case 'no_mail':
      return new HttpError(
        409,
        'This server sends no mail, so nobody can be invited: its operator has to set SMTP_URL',
      );
  }
}

function described({ id, email, role, invitedBy, createdAt, expiresAt }: Invitation) {
  return { id, email, role, invitedBy, createdAt, expiresAt };
}
