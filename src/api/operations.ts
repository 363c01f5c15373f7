// Every operation of /api, described once: the OpenAPI document is generated from this table, and a test holds it and
// the mounted routes together.
import { auditOperations } from './audit-operations.ts';
import { credentialOperations } from './credential-operations.ts';
import { memberOperations } from './member-operations.ts';
import { BAD_BODY, FORBIDDEN, NOT_MEMBER, type Operation, UNAUTHORIZED } from './operation.ts';
import * as schemas from './schemas.ts';
import { sessionOperations } from './session-operations.ts';
import { tokenOperations } from './token-operations.ts';

export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/users/me',
    summary: 'The person behind the credential, and the organization it acts for',
    tag: 'Person',
    credentials: ['login', 'personal token'],
    success: { status: 200, description: 'The person', schema: schemas.me },
    errors: { ...UNAUTHORIZED, ...FORBIDDEN },
  },
  {
    method: 'put',
    path: '/api/users/me/organization',
    summary: 'Change the organization that this login acts for',
    tag: 'Person',
    credentials: ['login'],
    body: schemas.changeOrganization,
    success: { status: 200, description: 'The person, now acting for that organization', schema: schemas.me },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  ...tokenOperations,
  ...sessionOperations,
  ...credentialOperations,
  ...memberOperations,
  ...auditOperations,
  {
    method: 'post',
    path: '/api/credentials/revoke',
    summary: 'Revoke credentials that were found where they should not be',
    tag: 'Leaked credentials',
    credentials: [],
    body: schemas.reportLeakedTokens,
    success: {
      status: 202,
      description: 'Those that were real are revoked; nobody is told which',
      schema: schemas.success,
    },
    errors: { ...BAD_BODY, 429: 'Too many reports from this address; see Retry-After' },
  },
];
