// The operations on the audit log.
import * as schemas from './audit-schemas.ts';
import { FORBIDDEN, NOT_FOUND, NOT_MEMBER, type Operation, UNAUTHORIZED } from './operation.ts';

const BAD_QUERY = { 400: 'The query is not valid; the message says what' };

export const auditOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/users/me/tokens/{id}/audit',
    summary: 'What became of one of your personal access tokens, and what it was used for',
    tag: 'Person',
    credentials: ['login'],
    query: schemas.tokenAuditQuery,
    success: { status: 200, description: 'Newest first; also of a revoked token', schema: schemas.tokenAudit },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...FORBIDDEN, ...NOT_FOUND },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/audit',
    summary: "Search the organization's audit log",
    tag: 'Organization',
    credentials: ['login'],
    query: schemas.auditQuery,
    success: { status: 200, description: 'Newest first', schema: schemas.auditPage },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/audit/export',
    summary: "Export the organization's audit log as JSON Lines or CSV",
    tag: 'Organization',
    credentials: ['login'],
    query: schemas.auditExportQuery,
    success: {
      status: 200,
      description: 'All that match, newest first, a line each',
      schema: schemas.auditExport,
      mediaTypes: ['application/x-ndjson', 'text/csv'],
    },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
];
