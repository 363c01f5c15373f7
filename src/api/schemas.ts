// The bodies of /api, as zod schemas: validation and the OpenAPI description come from the same ones.
import { z } from 'zod';
import { normalizeName } from '../accounts/account.ts';
import { HttpError } from '../http/http-error.ts';
import { DEFAULT_EXPIRY_DAYS, MAX_EXPIRY_DAYS } from '../tokens/token-policy.ts';

const NAME_RULE = 'name must be 1 to 100 characters, without control or direction marks';

const name = z
  .string({ error: NAME_RULE })
  .min(1, NAME_RULE)
  .max(400, NAME_RULE)
  .refine((text) => normalizeName(text) !== undefined, NAME_RULE)
  .overwrite((text) => normalizeName(text) ?? text)
  .meta({
    description: 'Descriptive name (1-100 characters)',
    minLength: 1,
    maxLength: 100,
    example: 'Newsletter Sync',
  });

const DAYS_RULE = `expiresInDays must be a whole number from 0 to ${MAX_EXPIRY_DAYS}`;

const expiresInDays = z
  .int({ error: DAYS_RULE })
  .min(0, DAYS_RULE)
  .max(MAX_EXPIRY_DAYS, DAYS_RULE)
  .optional()
  .meta({
    description: `Days until expiry (0 = unlimited, max ${MAX_EXPIRY_DAYS}). Left out: ${DEFAULT_EXPIRY_DAYS}, or the most that is allowed`,
    default: DEFAULT_EXPIRY_DAYS,
  });

const SCOPES_RULE = 'scopes must be a list of at least one service, or ["all"]';

export const createOrganizationToken = z
  .strictObject({
    name,
    scopes: z
      .array(z.string({ error: SCOPES_RULE }), { error: SCOPES_RULE })
      .min(1, SCOPES_RULE)
      .max(50, SCOPES_RULE)
      .default(['all'])
      .meta({ description: 'Services this token can access, or all', example: ['newsletter'] }),
    expiresInDays,
  })
  .meta({ id: 'CreateOrganizationToken' });

export const createPersonalToken = z.strictObject({ name, expiresInDays }).meta({ id: 'CreatePersonalToken' });

const GRACE_RULE = 'graceSeconds must be a whole number from 0 to 604800 (7 days)';

export const rotateToken = z
  .strictObject({
    graceSeconds: z
      .int({ error: GRACE_RULE })
      .min(0, GRACE_RULE)
      .max(604_800, GRACE_RULE)
      .default(0)
      .meta({ description: 'How long the old token goes on working; 0 = it stops at once' }),
    untilFirstUse: z
      .boolean({ error: 'untilFirstUse must be true or false' })
      .default(false)
      .meta({ description: 'The first use of the new token stops the old one before its grace ends' }),
  })
  .meta({ id: 'RotateToken' });

export const changeOrganization = z
  .strictObject({ organizationId: z.string({ error: 'organizationId must be a text' }).min(1).max(100) })
  .meta({ id: 'ChangeOrganization' });

export const reportLeakedTokens = z
  .strictObject({
    tokens: z
      .array(z.string().max(5_000, 'a token is at most 5000 characters long'), {
        error: 'tokens must be a list of texts',
      })
      .min(1, 'tokens must have at least 1 entry')
      .max(100, 'tokens must have at most 100 entries')
      .meta({ description: 'Up to 100 credentials, found anywhere they should not be' }),
  })
  .meta({ id: 'ReportLeakedTokens' });

const time = z.iso.datetime();
const role = z.enum(['admin', 'member', 'viewer']);

export const issuedOrganizationToken = z
  .strictObject({
    token: z.string().meta({ description: 'The token itself, shown this once', example: 'otk_…' }),
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'IssuedOrganizationToken' });

export const organizationTokenList = z
  .strictObject({
    tokens: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        tokenPreview: z.string().meta({ example: 'otk_****a1b2c3d4' }),
        scopes: z.array(z.string()),
        createdBy: z.string(),
        createdAt: time,
        expiresAt: time.nullable(),
        lastUsedAt: time.nullable(),
      }),
    ),
    count: z.int(),
  })
  .meta({ id: 'OrganizationTokenList' });

export const issuedPersonalToken = z
  .strictObject({
    token: z.string().meta({ description: 'The token itself, shown this once', example: 'td_…' }),
    id: z.string(),
    name: z.string(),
    organizationId: z.string(),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'IssuedPersonalToken' });

export const personalTokenList = z
  .strictObject({
    tokens: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        tokenPreview: z.string().meta({ example: 'td_****a1b2c3d4' }),
        organizationId: z.string(),
        createdAt: time,
        expiresAt: time.nullable(),
        lastUsedAt: time.nullable(),
      }),
    ),
    count: z.int(),
  })
  .meta({ id: 'PersonalTokenList' });

const organization = z.strictObject({ id: z.string(), name: z.string(), role });

export const me = z
  .strictObject({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    organization,
    organizations: z.array(organization).meta({ description: 'A token shows the one organization it is bound to' }),
    session: z.strictObject({ id: z.string(), createdAt: time, expiresAt: time }).optional(),
    token: z.strictObject({ id: z.string(), name: z.string(), createdAt: time, expiresAt: time.nullable() }).optional(),
  })
  .meta({ id: 'Me' });

export const success = z.strictObject({ success: z.literal(true) }).meta({ id: 'Success' });

export const apiError = z.strictObject({ statusCode: z.int(), message: z.string() }).meta({ id: 'Error' });

/**
 * @throws HttpError 400 that names the first thing that is wrong
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys')
    throw new HttpError(400, `Unknown field: ${issue.keys.map((key) => key.slice(0, 40)).join(', ')}`);
  if (issue?.path.length === 0) throw new HttpError(400, 'The body must be a JSON object');
  throw new HttpError(400, issue?.message ?? 'The body is not valid');
}
