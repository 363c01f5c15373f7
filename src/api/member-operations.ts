// The operations on an organization's people, its invitations and its policy.
import * as schemas from './member-schemas.ts';
import { BAD_BODY, NOT_MEMBER, type Operation, UNAUTHORIZED } from './operation.ts';
import { success } from './schemas.ts';

const REFUSALS = { ...UNAUTHORIZED, ...NOT_MEMBER };
const NO_MEMBER = { 404: 'Member not found' };
const NO_INVITATION = { 404: 'Invitation not found' };
const LAST_ADMIN = { 409: 'They are the last admin' };
const NOT_SENT = {
  409: 'A member already, or invited already, or this server sends no mail',
  429: 'Too many today; see Retry-After',
};

const ORGANIZATION = { tag: 'Organization', credentials: ['login'] } as const;
const PATH = '/api/organizations/{orgId}';

export const memberOperations: readonly Operation[] = [
  {
    ...ORGANIZATION,
    method: 'get',
    path: `${PATH}/members`,
    summary: "List the organization's people",
    success: { status: 200, description: 'By name', schema: schemas.memberList },
    errors: REFUSALS,
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/members/{userId}/role`,
    summary: 'Change what a member may do',
    body: schemas.changeRole,
    success: { status: 200, description: 'True from the next introspection on', schema: schemas.memberRole },
    errors: { ...BAD_BODY, ...REFUSALS, ...NO_MEMBER, ...LAST_ADMIN },
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/members/{userId}/remove`,
    summary: 'Remove a member, or leave; their logins and personal tokens of the organization end',
    success: { status: 200, description: 'What ended, and what stays', schema: schemas.memberRemoved },
    errors: { ...REFUSALS, ...NO_MEMBER, ...LAST_ADMIN },
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/members/{userId}/revoke-all`,
    summary: "End a member's logins and personal tokens of the organization",
    success: { status: 200, description: 'What ended; they stay a member', schema: schemas.accessRevoked },
    errors: { ...REFUSALS, ...NO_MEMBER },
  },
  {
    ...ORGANIZATION,
    method: 'get',
    path: `${PATH}/invitations`,
    summary: 'List the invitations that wait for an answer',
    success: { status: 200, description: 'Newest first, expired ones too', schema: schemas.invitationList },
    errors: REFUSALS,
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/invitations`,
    summary: 'Invite somebody by mail',
    body: schemas.inviteMember,
    success: {
      status: 201,
      description: 'The link is in the mail, works once and for 7 days',
      schema: schemas.invitation,
    },
    errors: { ...BAD_BODY, ...REFUSALS, ...NOT_SENT },
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/invitations/{id}/resend`,
    summary: 'Send an invitation again',
    success: { status: 201, description: 'The new one; the old link is dead', schema: schemas.invitation },
    errors: { ...REFUSALS, ...NO_INVITATION, ...NOT_SENT },
  },
  {
    ...ORGANIZATION,
    method: 'post',
    path: `${PATH}/invitations/{id}/revoke`,
    summary: 'Withdraw an invitation',
    success: { status: 200, description: 'The link is dead', schema: success },
    errors: { ...REFUSALS, ...NO_INVITATION },
  },
  {
    ...ORGANIZATION,
    method: 'get',
    path: `${PATH}/policy`,
    summary: "The organization's policy",
    success: { status: 200, description: 'What it demands beyond the operator', schema: schemas.policy },
    errors: REFUSALS,
  },
  {
    ...ORGANIZATION,
    method: 'put',
    path: `${PATH}/policy`,
    summary: "Change the organization's policy; tokens that there are keep their end",
    body: schemas.changePolicy,
    success: { status: 200, description: 'True from the next token on', schema: schemas.policy },
    errors: { ...BAD_BODY, ...REFUSALS },
  },
];
