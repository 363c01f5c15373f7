// The bodies and answers of members, invitations and the policy.
import { z } from 'zod';
import { normalizeEmail } from '../accounts/account.ts';
import { SIGN_IN_METHODS } from '../accounts/organization-policy.ts';
import { ROLES } from '../oauth/roles.ts';
import { MAX_EXPIRY_DAYS } from '../tokens/token-policy.ts';

const time = z.iso.datetime();
const ROLE_RULE = `role must be one of ${ROLES.join(', ')}`;
const role = z.enum(ROLES, { error: ROLE_RULE });
const signInMethod = z.enum(SIGN_IN_METHODS);

const EMAIL_RULE = 'email must be an e-mail address';

export const changeRole = z.strictObject({ role }).meta({ id: 'ChangeRole' });

export const inviteMember = z
  .strictObject({
    email: z
      .string({ error: EMAIL_RULE })
      .max(400, EMAIL_RULE)
      .refine((text) => normalizeEmail(text) !== undefined, EMAIL_RULE)
      .overwrite((text) => normalizeEmail(text) ?? text)
      .meta({ example: 'ada@acme.example' }),
    role: role.default('member'),
  })
  .meta({ id: 'InviteMember' });

const DAYS_RULE = `personalTokenMaxDays must be null or a whole number from 1 to ${MAX_EXPIRY_DAYS}`;
const METHODS_RULE = `signInMethods must be a list of at least one of: ${SIGN_IN_METHODS.join(', ')}`;

const policyMembers = {
  personalTokenMaxDays: z
    .int({ error: DAYS_RULE })
    .min(1, DAYS_RULE)
    .max(MAX_EXPIRY_DAYS, DAYS_RULE)
    .nullable()
    .meta({ description: 'The longest that a new personal access token may live; null: as the operator allows' }),
  requireOrganizationTokenExpiry: z
    .boolean({ error: 'requireOrganizationTokenExpiry must be true or false' })
    .meta({ description: 'No new organization token without an end' }),
  signInMethods: z
    .array(z.enum(SIGN_IN_METHODS, { error: METHODS_RULE }), { error: METHODS_RULE })
    .min(1, METHODS_RULE)
    .max(SIGN_IN_METHODS.length, METHODS_RULE),
};

export const changePolicy = z.strictObject(policyMembers).meta({ id: 'ChangePolicy' });
export const policy = z.strictObject(policyMembers).meta({ id: 'Policy' });

const forAdmins = { description: 'For admins only' };

export const memberList = z
  .strictObject({
    members: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        email: z.string(),
        role,
        joinedAt: time,
        lastSignInAt: time.nullable().optional().meta(forAdmins),
        signInMethods: z.array(signInMethod).optional().meta(forAdmins),
        sessions: z.int().optional().meta({ description: 'CLI logins acting for the organization. For admins only' }),
        tokens: z.int().optional().meta({ description: 'Personal tokens of the organization. For admins only' }),
        disabled: z.boolean().optional().meta(forAdmins),
      }),
    ),
    count: z.int(),
  })
  .meta({ id: 'MemberList' });

export const memberRole = z.strictObject({ id: z.string(), role }).meta({ id: 'MemberRole' });

const ended = {
  success: z.literal(true),
  sessions: z.int().meta({ description: 'How many CLI logins ended' }),
  tokens: z.int().meta({ description: 'How many personal tokens were revoked' }),
};

export const memberRemoved = z
  .strictObject({
    ...ended,
    invitations: z.int().meta({ description: 'How many invitations of theirs were withdrawn' }),
    organizationTokens: z.int().meta({ description: 'How many organization tokens they made: these stay' }),
  })
  .meta({ id: 'MemberRemoved' });

export const accessRevoked = z.strictObject(ended).meta({ id: 'AccessRevoked' });

const invitationMembers = {
  id: z.string(),
  email: z.string(),
  role,
  invitedBy: z.string(),
  createdAt: time,
  expiresAt: time,
};

export const invitation = z.strictObject(invitationMembers).meta({ id: 'Invitation' });

export const invitationList = z
  .strictObject({ invitations: z.array(z.strictObject(invitationMembers)), count: z.int() })
  .meta({ id: 'InvitationList' });
