// The queries, bodies and answers of sign-ins.
import { z } from 'zod';
import { paging } from './paging.ts';

const pageQuery = paging(500, 100);

export const sessionsQuery = z.strictObject(pageQuery);

const USER_RULE = 'must be the id of a person (user_…)';
const userId = (name: string) =>
  z.string({ error: `${name} ${USER_RULE}` }).regex(/^user_[A-Za-z0-9_-]{1,64}$/, { error: `${name} ${USER_RULE}` });

export const organizationSessionsQuery = z.strictObject({
  user: userId('user').optional().meta({ description: 'Whose: user_…' }),
  ...pageQuery,
});

export const revokeOrganizationSessions = z
  .strictObject({
    userId: userId('userId').optional().meta({ description: 'Of this person alone', example: 'user_…' }),
    confirm: z
      .string({ error: 'confirm must be a text' })
      .max(400, 'confirm must be the name or the id of the organization')
      .optional()
      .meta({ description: "The organization's name or id; required without userId", example: 'Acme Corp' }),
  })
  .meta({ id: 'RevokeOrganizationSessions' });

const time = z.iso.datetime();

const session = {
  id: z.string(),
  kind: z.enum(['cli', 'browser']),
  client: z.string().nullable().meta({ description: 'Name of the program; null: a browser', example: 'TeamDay CLI' }),
  organizationId: z.string().nullable().meta({ description: 'The current one; null: a browser is of none' }),
  device: z.string().nullable().meta({ description: 'Host name, as the device told it' }),
  system: z.string().nullable().meta({ example: 'Linux x64' }),
  address: z.string().nullable().meta({ description: 'Where it began' }),
  userAgent: z.string().nullable(),
  createdAt: time,
  lastUsedAt: time.meta({ description: 'To a few minutes; its beginning counts' }),
  lastUsedAddress: z.string().nullable(),
  expiresAt: time,
  current: z.boolean().meta({ description: 'The one that asks' }),
};

const page = {
  count: z.int().meta({ description: 'On all pages' }),
  nextCursor: z.string().nullable().meta({ description: 'Null: this is the last page' }),
};

export const sessionList = z.strictObject({ sessions: z.array(z.strictObject(session)), ...page }).meta({
  id: 'SessionList',
});

export const organizationSessionList = z
  .strictObject({
    sessions: z.array(
      z.strictObject({
        ...session,
        user: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
      }),
    ),
    ...page,
  })
  .meta({ id: 'OrganizationSessionList' });

export const endedSessions = z
  .strictObject({ success: z.literal(true), ended: z.int().meta({ description: 'How many there were' }) })
  .meta({ id: 'EndedSessions' });
