// /api/organizations/{orgId}/audit: the audit log for the organization's admins who signed in;
// /api/users/me/tokens/{id}/audit: what became of one's own token. No token may read either: whoever found one would learn
// how far they have been seen.
import type Router from '@koa/router';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import { credentialAnswer, pageAnswer, positionOf } from './audit-answers.ts';
import { answerExport } from './audit-export.ts';
import { auditQueryOf } from './audit-query.ts';
import { auditExportQuery, auditQuery, tokenAuditQuery } from './audit-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, requireSession } from './principal.ts';
import { parseBody } from './schemas.ts';

const PATH = '/api/organizations/:orgId/audit';

export function mountAudit(router: Router, { accounts, resolver, trail }: ApiDependencies): void {
  router.get(PATH, async (ctx) => {
    const organizationId = await enterOrganization(ctx, accounts, await requireSession(ctx, resolver), 'admin');
    const { cursor, limit, ...filters } = parseBody(auditQuery, { ...ctx.query });
    const query = await auditQueryOf(trail, organizationId, filters);
    const page = { before: positionOf(cursor), limit };
    const isOfCredential = (query.tokenId ?? query.sessionId) !== undefined && cursor === undefined;
    ctx.body = isOfCredential
      ? credentialAnswer(await trail.credential(organizationId, query, page))
      : pageAnswer(await trail.search(organizationId, query, page));
  });

  router.get(`${PATH}/export`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const { format, ...filters } = parseBody(auditExportQuery, { ...ctx.query });
    const query = await auditQueryOf(trail, organizationId, filters);
    answerExport(ctx, format, await trail.export(organizationId, query, format, actorFor(ctx, principal)));
  });

  router.get('/api/users/me/tokens/:id/audit', async (ctx) => {
    const { personId } = await requireSession(ctx, resolver);
    const { cursor, limit, since, until } = parseBody(tokenAuditQuery, { ...ctx.query });
    const page = { before: positionOf(cursor), limit };
    const found = await trail.ownToken(personId, parameter(ctx, 'id'), { since, until }, page);
    if (found === undefined) throw new HttpError(404, 'Token not found');
    ctx.body = credentialAnswer(found);
  });
}
