// /organizations/{orgId}/audit: the audit log, for the organization's admins; and its exports.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { AuditPage, type AuditProblem } from '../../views/audit.tsx';
import type { AuditedToken, AuditFilter, ShownRecord, ShownUsage } from '../../views/audited.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { cursorOf, positionOf } from '../api/audit-answers.ts';
import { answerExport } from '../api/audit-export.ts';
import { auditQueryOf } from '../api/audit-query.ts';
import { auditExportQuery, auditQuery } from '../api/audit-schemas.ts';
import { AUDIT_ACTIONS } from '../audit/audit-actions.ts';
import type { ReadRecord } from '../audit/record-store.ts';
import { HttpError } from '../http/http-error.ts';
import { previewOf } from '../tokens/token.ts';
import type { CredentialTrail, Trail, TrailPage } from '../trail/trail.ts';
import type { TokenFacts } from '../trail/trail-store.ts';
import type { Usage } from '../usage/usage-store.ts';
import { type OrganizationVisit, visitAsAdmin } from './organization-area.tsx';
import type { Pages } from './pages.ts';

const PATH = '/organizations/:orgId/audit';
const ON_A_PAGE = 50;

export function mountAuditPages(router: Router, accounts: Accounts, pages: Pages, trail: Trail): void {
  router.get(PATH, async (ctx) => {
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined) return;
    const filter = filterIn(ctx);
    const parsed = auditQuery.safeParse(filter);
    if (!parsed.success) return show(ctx, visit, filter, { records: [], next: undefined }, problemOf(parsed.error));
    const { cursor, limit: _limit, ...filters } = parsed.data;
    const query = await auditQueryOf(trail, visit.organization.id, filters);
    const page = { before: positionOf(cursor), limit: ON_A_PAGE };
    const isOfCredential = (query.tokenId ?? query.sessionId) !== undefined && cursor === undefined;
    const { id } = visit.organization;
    show(
      ctx,
      visit,
      filter,
      await (isOfCredential ? trail.credential(id, query, page) : trail.search(id, query, page)),
    );
  });

  router.get(`${PATH}/export`, async (ctx) => {
    if (ctx.get('sec-fetch-site') === 'cross-site') throw new HttpError(403, 'Exports are started from the page.');
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined) return;
    const parsed = auditExportQuery.safeParse(filterIn(ctx));
    if (!parsed.success) throw new HttpError(400, 'This export can’t be read. Start it from the page.');
    const { format, ...filters } = parsed.data;
    const { id } = visit.organization;
    const query = await auditQueryOf(trail, id, filters);
    answerExport(ctx, format, await trail.export(id, query, format, visit.actor));
  });

  function show(
    ctx: Context,
    { shell, organization }: OrganizationVisit,
    { cursor, ...filter }: AuditFilter & { cursor?: string },
    found: TrailPage | CredentialTrail,
    problem?: AuditProblem,
  ): void {
    const { records, next } = found;
    const page = (
      <AuditPage
        shell={shell}
        organization={organization}
        filter={filter}
        actions={AUDIT_ACTIONS}
        {...(problem === undefined ? {} : { problem })}
        {...('usage' in found ? { credential: shownCredential(found) } : {})}
        records={records.map(shownRecord)}
        isFirstPage={cursor === undefined}
        {...(next === undefined ? {} : { nextCursor: cursorOf(next) })}
      />
    );
    pages.show(ctx, page, problem === undefined ? 200 : 400);
  }
}

/** A form sends the fields that were left empty, too. */
function filterIn(ctx: Context): Record<string, string> {
  const given = Object.entries(ctx.query).map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

const PROBLEMS: readonly AuditProblem[] = ['token', 'session', 'user', 'action', 'since', 'until'];

function problemOf({
  issues,
}: {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}): AuditProblem {
  return PROBLEMS.find((problem) => issues[0]?.path[0] === problem) ?? 'other';
}

function shownRecord(record: ReadRecord): ShownRecord {
  const { id, at, action, outcome, actorId, actorName, personId, personName, target } = record;
  const { credential, address, userAgent, details } = record;
  return {
    id,
    at,
    action,
    outcome,
    target,
    ...(actorId === null ? {} : { actor: actorName ?? actorId }),
    ...(personId === null || personId === actorId ? {} : { person: personName ?? personId }),
    ...(credential === null ? {} : { credential }),
    ...(address === null ? {} : { address }),
    ...(userAgent === null ? {} : { userAgent }),
    details: Object.entries(details)
      .filter(([name, value]) => value !== null && name !== 'personId')
      .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })),
  };
}

function shownCredential({ token, usage }: CredentialTrail) {
  return { ...(token === undefined ? {} : { token: shownToken(token) }), usage: usage.map(shownUsage) };
}

function shownToken(token: TokenFacts): AuditedToken {
  const { id, name, createdAt, expiresAt, ownerId, ownerName, ownerEmail } = token;
  const { createdBy, createdByName, revokedAt, revokeReason, lastUsedAt, lastUsedAddress } = token;
  return {
    id,
    name,
    preview: previewOf(token),
    createdAt,
    expiresAt,
    createdBy: createdByName ?? createdBy,
    ...(ownerId === null
      ? {}
      : { owner: [ownerName ?? ownerId, ownerEmail].filter((each) => each !== null).join(' · ') }),
    ...(revokedAt === null ? {} : { revoked: { at: revokedAt, reason: revokeReason ?? '' } }),
    ...(lastUsedAt === null
      ? {}
      : { lastUsed: { at: lastUsedAt, ...(lastUsedAddress === null ? {} : { address: lastUsedAddress }) } }),
  };
}

function shownUsage({ service, method, route, address, requests, firstAt, lastAt }: Usage): ShownUsage {
  const told = (text: string) => (text === '' ? undefined : text);
  return { service, method: told(method), route: told(route), address: told(address), requests, firstAt, lastAt };
}
