// The operations on all credentials of an organization, and on all tokens of a person.
import * as schemas from './credential-schemas.ts';
import { BAD_BODY, FORBIDDEN, NOT_FOUND, NOT_MEMBER, type Operation, UNAUTHORIZED } from './operation.ts';
import { success } from './schemas.ts';

const BAD_QUERY = { 400: 'The query is not valid; the message says what' };

export const credentialOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/users/me/tokens/revoke-all',
    summary: 'Revoke all of your personal access tokens at once; by a personal token: those of its organization',
    tag: 'Person',
    credentials: ['login', 'personal token'],
    body: schemas.revokeAllTokens,
    success: { status: 200, description: 'None of these is valid any more, anywhere', schema: schemas.revokedTokens },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...FORBIDDEN },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/personal-tokens',
    summary: "List the personal access tokens of the organization's people",
    tag: 'Organization',
    credentials: ['login'],
    query: schemas.personalTokensQuery,
    success: { status: 200, description: 'Not revoked, newest first', schema: schemas.organizationPersonalTokens },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/personal-tokens/{tokenId}/revoke',
    summary: "Revoke a personal access token of one of the organization's people",
    tag: 'Organization',
    credentials: ['login'],
    success: { status: 200, description: 'It is not valid any more, anywhere', schema: success },
    errors: { ...UNAUTHORIZED, ...NOT_MEMBER, ...NOT_FOUND },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/credentials',
    summary: 'List every personal and organization token that acts for the organization',
    tag: 'Organization',
    credentials: ['login'],
    query: schemas.credentialsQuery,
    success: { status: 200, description: 'Not revoked, newest first', schema: schemas.credentialList },
    errors: { ...BAD_QUERY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/credentials/revoke',
    summary: 'Revoke several credentials at once, or learn what that would break',
    tag: 'Organization',
    credentials: ['login'],
    body: schemas.revokeCredentials,
    success: {
      status: 200,
      description: 'All of `revoked`, in one transaction, or with dryRun nothing at all',
      schema: schemas.credentialRevocation,
    },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...NOT_MEMBER },
  },
];
