// The operations on sign-ins: a person's own, and those that act for an organization.
import { BAD_BODY, FORBIDDEN, NOT_MEMBER, type Operation, UNAUTHORIZED } from './operation.ts';
import { success } from './schemas.ts';
import * as schemas from './session-schemas.ts';

const BAD_QUERY = { 400: 'The query is not valid; the message says what' };
const NOT_FOUND = { 404: 'Session not found' };
const ENDED = 'Its access and refresh tokens are not valid any more, anywhere';

export const sessionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/users/me/sessions',
    summary: 'List where you are signed in',
    tag: 'Person',
    credentials: ['login'],
    query: schemas.sessionsQuery,
    success: { status: 200, description: 'Browsers and CLI logins, newest first', schema: schemas.sessionList },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...FORBIDDEN },
  },
  {
    method: 'post',
    path: '/api/users/me/sessions/{id}/revoke',
    summary: 'End one of your sign-ins',
    tag: 'Person',
    credentials: ['login'],
    success: { status: 200, description: ENDED, schema: success },
    errors: { ...UNAUTHORIZED, ...FORBIDDEN, ...NOT_FOUND },
  },
  {
    method: 'post',
    path: '/api/users/me/sessions/revoke-others',
    summary: 'Sign out everywhere else: end all your sign-ins but the one that asks',
    tag: 'Person',
    credentials: ['login'],
    success: { status: 200, description: ENDED, schema: schemas.endedSessions },
    errors: { ...UNAUTHORIZED, ...FORBIDDEN },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/sessions',
    summary: 'List the CLI logins that act for the organization',
    tag: 'Organization',
    credentials: ['login'],
    query: schemas.organizationSessionsQuery,
    success: { status: 200, description: 'Newest first', schema: schemas.organizationSessionList },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/sessions/{id}/revoke',
    summary: 'End one of the CLI logins that act for the organization',
    tag: 'Organization',
    credentials: ['login'],
    success: { status: 200, description: ENDED, schema: success },
    errors: { ...UNAUTHORIZED, ...NOT_MEMBER, ...NOT_FOUND },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/sessions/revoke-all',
    summary: 'End all CLI logins that act for the organization, or all of one person there; yours are among them',
    tag: 'Organization',
    credentials: ['login'],
    body: schemas.revokeOrganizationSessions,
    success: { status: 200, description: ENDED, schema: schemas.endedSessions },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
];
