// The queries, bodies and answers of an organization's credentials.
import { z } from 'zod';
import { CREDENTIAL_FILTERS } from '../tokens/credential.ts';
import { MOST_AT_ONCE } from '../tokens/credentials.ts';
import { CURSOR_RULE, paging } from './paging.ts';

const IDS_RULE = `ids must be a list of 1 to ${MOST_AT_ONCE} ids of tokens (tok_…)`;

const tokenId = (error: string) => z.string({ error }).regex(/^tok_[A-Za-z0-9]{1,64}$/, { error });

export const revokeCredentials = z
  .strictObject({
    ids: z
      .array(tokenId(IDS_RULE), { error: IDS_RULE })
      .min(1, IDS_RULE)
      .max(MOST_AT_ONCE, IDS_RULE)
      .meta({ description: 'Personal and organization tokens' }),
    dryRun: z
      .boolean({ error: 'dryRun must be true or false' })
      .default(false)
      .meta({ description: 'Changes nothing, and says what would happen' }),
  })
  .meta({ id: 'RevokeCredentials' });

export const revokeAllTokens = z
  .strictObject({
    exceptCurrent: z
      .boolean({ error: 'exceptCurrent must be true or false' })
      .default(false)
      .meta({ description: 'Keeps the token that makes this request' }),
  })
  .meta({ id: 'RevokeAllTokens' });

const pageQuery = paging(500, 100, tokenId(CURSOR_RULE));

export const personalTokensQuery = z.strictObject(pageQuery);

export const credentialsQuery = z.strictObject({
  filter: z
    .enum(CREDENTIAL_FILTERS, { error: `filter must be one of ${CREDENTIAL_FILTERS.join(', ')}` })
    .optional()
    .meta({
      description:
        "expiring: within 30 days. beyond_policy: made to live longer than the organization's policy allows now",
    }),
  kind: z
    .enum(['personal', 'organization'], { error: 'kind must be personal or organization' })
    .optional()
    .meta({ description: 'Only those' }),
  owner: z
    .string()
    .regex(/^user_[A-Za-z0-9_-]{1,64}$/, { error: 'owner must be the id of a person (user_…)' })
    .optional()
    .meta({ description: 'Whose they are, or who made them: user_…' }),
  ...pageQuery,
});

const time = z.iso.datetime();

const owner = z.strictObject({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() });

const credential = {
  id: z.string(),
  name: z.string(),
  tokenPreview: z.string().meta({ example: 'td_****a1b2c3d4' }),
  owner: owner.meta({ description: "Whose it is; of an organization's token, who made it" }),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedUserAgent: z.string().nullable(),
  works: z.boolean().meta({ description: 'False: it has expired, or its person has left or was disabled' }),
};

const nextCursor = z.string().nullable().meta({ description: 'For the next page; null: this is the last' });

export const organizationPersonalTokens = z
  .strictObject({
    tokens: z.array(z.strictObject(credential)),
    count: z.int().meta({ description: 'How many there are on all pages' }),
    nextCursor,
  })
  .meta({ id: 'OrganizationPersonalTokens' });

const kind = z.enum(['personal', 'organization']);

export const credentialList = z
  .strictObject({
    credentials: z.array(
      z.strictObject({
        kind,
        ...credential,
        scopes: z.array(z.string()).nullable().meta({ description: 'Null: whatever its person may' }),
      }),
    ),
    count: z.int().meta({ description: 'How many there are on all pages' }),
    nextCursor,
  })
  .meta({ id: 'CredentialList' });

export const credentialRevocation = z
  .strictObject({
    selected: z.array(z.string()).meta({ description: 'Those of the ids that can be revoked' }),
    revoked: z.array(z.string()).meta({ description: 'The same when it was done; empty when dryRun' }),
    notFound: z.array(z.string()).meta({ description: 'Not here, or revoked before' }),
    wouldBreak: z
      .array(
        z.strictObject({
          id: z.string(),
          kind,
          name: z.string(),
          tokenPreview: z.string(),
          owner,
          lastUsedAt: time,
          services: z.array(
            z.strictObject({
              service: z.string(),
              requests: z.int(),
              lastUsedAt: time,
              routes: z.array(z.string()),
              addresses: z.array(z.string()),
            }),
          ),
        }),
      )
      .meta({ description: 'Those of `selected` that were used within the last 7 days, and by what' }),
  })
  .meta({ id: 'CredentialRevocation' });

export const revokedTokens = z
  .strictObject({ revoked: z.array(z.string()).meta({ description: 'The ids of those that were' }) })
  .meta({ id: 'RevokedTokens' });
