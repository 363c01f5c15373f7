// What can happen. The second word is the past tense of what was done to the first.
export const AUDIT_ACTIONS = [
  'login.approved',
  'login.denied',
  'sign_in.failed',
  'session.created',
  'session.refused',
  'session.ended',
  'session.organization_changed',
  'person.created',
  'person.disabled',
  'person.enabled',
  'password.set',
  'membership.created',
  'membership.role_changed',
  'membership.removed',
  'invitation.created',
  'invitation.accepted',
  'invitation.revoked',
  'organization.created',
  'organization.policy_changed',
  'token.created',
  'token.rotated',
  'token.revoked',
  'resource_server.created',
  'resource_server.removed',
  'signing_key.created',
  'set_up_link.created',
  'audit.exported',
  'audit.pruned',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export type AuditOutcome = 'success' | 'denied' | 'failure';

/** Those that are no success. */
const OUTCOMES: { readonly [A in AuditAction]?: AuditOutcome } = {
  'login.denied': 'denied',
  'session.refused': 'denied',
  'sign_in.failed': 'failure',
};

export function outcomeOf(action: AuditAction): AuditOutcome {
  return OUTCOMES[action] ?? 'success';
}
