// Every operation of /api, described once: the OpenAPI document is generated from this table, and a test holds it and
// the mounted routes together.
import type { z } from 'zod';
import * as schemas from './schemas.ts';

export interface Operation {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI spells it: {name} for a part. */
  readonly path: string;
  readonly summary: string;
  readonly tag: 'Person' | 'Organization' | 'Leaked credentials';
  /** Which credentials may call it. */
  readonly credentials: readonly ('login' | 'personal token')[];
  readonly body?: z.ZodType;
  readonly success: { readonly status: 200 | 201 | 202; readonly description: string; readonly schema: z.ZodType };
  /** What else it answers, all as { statusCode, message }. */
  readonly errors: Readonly<Record<number, string>>;
}

const UNAUTHORIZED = { 401: 'No credential, or one that is not valid now' };
const BAD_BODY = {
  400: 'The body is not valid; the message says what',
  413: 'The body is too large',
  415: 'The body is not JSON',
};
const FORBIDDEN = { 403: 'Another kind of credential, or not your role' };
const NOT_MEMBER = { 403: 'Not a member of this organization, or not your role there, or another kind of credential' };
const NOT_FOUND = { 404: 'Token not found' };
const LIMITED = { 429: 'More than 10 tokens within an hour; see Retry-After' };
const REPLACED = { 409: 'It was rotated before' };

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
  {
    method: 'get',
    path: '/api/users/me/tokens',
    summary: 'List your personal access tokens',
    tag: 'Person',
    credentials: ['login', 'personal token'],
    success: { status: 200, description: 'Not revoked, newest first', schema: schemas.personalTokenList },
    errors: { ...UNAUTHORIZED, ...FORBIDDEN },
  },
  {
    method: 'post',
    path: '/api/users/me/tokens',
    summary: 'Create a personal access token for the current organization',
    tag: 'Person',
    credentials: ['login'],
    body: schemas.createPersonalToken,
    success: { status: 201, description: 'The token, shown this once', schema: schemas.issuedPersonalToken },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...FORBIDDEN, ...LIMITED },
  },
  {
    method: 'post',
    path: '/api/users/me/tokens/{id}/revoke',
    summary: 'Revoke one of your personal access tokens',
    tag: 'Person',
    credentials: ['login', 'personal token'],
    success: { status: 200, description: 'It is not valid any more, anywhere', schema: schemas.success },
    errors: { ...UNAUTHORIZED, ...FORBIDDEN, ...NOT_FOUND },
  },
  {
    method: 'post',
    path: '/api/users/me/tokens/{id}/rotate',
    summary: 'Replace one of your personal access tokens by a new one',
    tag: 'Person',
    credentials: ['login'],
    body: schemas.rotateToken,
    success: { status: 201, description: 'The new token, shown this once', schema: schemas.issuedPersonalToken },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...FORBIDDEN, ...NOT_FOUND, ...REPLACED, ...LIMITED },
  },
  {
    method: 'get',
    path: '/api/organizations/{orgId}/tokens',
    summary: "List the organization's tokens",
    tag: 'Organization',
    credentials: ['login'],
    success: { status: 200, description: 'Not revoked, newest first', schema: schemas.organizationTokenList },
    errors: { ...UNAUTHORIZED, ...NOT_MEMBER },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/tokens',
    summary: 'Generate an organization token',
    tag: 'Organization',
    credentials: ['login'],
    body: schemas.createOrganizationToken,
    success: { status: 201, description: 'The token, shown this once', schema: schemas.issuedOrganizationToken },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...NOT_MEMBER, ...LIMITED },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/tokens/{tokenId}/revoke',
    summary: 'Revoke an organization token',
    tag: 'Organization',
    credentials: ['login'],
    success: { status: 200, description: 'It is not valid any more, anywhere', schema: schemas.success },
    errors: { ...UNAUTHORIZED, ...NOT_MEMBER, ...NOT_FOUND },
  },
  {
    method: 'post',
    path: '/api/organizations/{orgId}/tokens/{tokenId}/rotate',
    summary: 'Replace an organization token by a new one',
    tag: 'Organization',
    credentials: ['login'],
    body: schemas.rotateToken,
    success: { status: 201, description: 'The new token, shown this once', schema: schemas.issuedOrganizationToken },
    errors: { ...BAD_BODY, ...UNAUTHORIZED, ...NOT_MEMBER, ...NOT_FOUND, ...REPLACED, ...LIMITED },
  },
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
