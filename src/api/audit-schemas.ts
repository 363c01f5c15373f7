// The queries and answers of the audit log.
import { z } from 'zod';
import { normalizeEmail } from '../accounts/account.ts';
import { AUDIT_ACTIONS } from '../audit/audit-actions.ts';
import { after, DAY, fromEpochSeconds, parseTime } from '../clock.ts';
import { paging } from './paging.ts';

const DAY_ALONE = /^\d{4}-\d\d-\d\d$/;
const WITH_ZONE = /(?:Z|[+-]\d\d:\d\d)$/;

function time(name: string, description: string, ofDay: (beginning: Date) => Date) {
  const rule = `${name} must be a time in ISO 8601 with its zone, a day (YYYY-MM-DD, in UTC), or seconds since 1970`;
  return z
    .string({ error: rule })
    .transform((text, ctx) => {
      const isDay = DAY_ALONE.test(text);
      const date = /^\d{1,11}$/.test(text)
        ? fromEpochSeconds(Number(text))
        : parseTime(isDay ? `${text}T00:00Z` : WITH_ZONE.test(text) ? text : '');
      if (date === undefined) {
        ctx.addIssue(rule);
        return z.NEVER;
      }
      return isDay ? ofDay(date) : date;
    })
    .optional()
    .meta({ description, example: '2026-11-22T10:00:00Z' });
}

const pageQuery = paging(200, 50);

const times = {
  since: time('since', 'Not before: ISO 8601, a day, or seconds since 1970', (beginning) => beginning),
  until: time('until', 'Not after; of a day its end', (beginning) => after(beginning, DAY - 1)),
};

const id = (name: string, prefix: string) => {
  const rule = `${name} must be an id (${prefix}…)`;
  return z
    .string({ error: rule })
    .regex(new RegExp(`^${prefix}[A-Za-z0-9_-]{1,64}$`), { error: rule })
    .optional();
};

const USER_RULE = 'user must be the id of a person (user_…) or the e-mail address of a member';
const ACTION_RULE = `action must be one of: ${AUDIT_ACTIONS.join(', ')}`;

const filters = {
  token: id('token', 'tok_').meta({ description: 'Acted on, or acted by: tok_…' }),
  session: id('session', 'ses_').meta({ description: 'Acted on, or acted by: ses_…' }),
  user: z
    .string({ error: USER_RULE })
    .refine((text) => /^user_[A-Za-z0-9_-]{1,64}$/.test(text) || normalizeEmail(text) !== undefined, USER_RULE)
    .optional()
    .meta({ description: 'Acted, or was acted on: user_… or the e-mail address of a member' }),
  action: z.enum(AUDIT_ACTIONS, { error: ACTION_RULE }).optional().meta({ description: 'What was done' }),
  ...times,
};

export const auditQuery = z.strictObject({ ...filters, ...pageQuery });

const FORMAT_RULE = 'format must be csv or jsonl';

export const auditExportQuery = z.strictObject({
  format: z.enum(['csv', 'jsonl'], { error: FORMAT_RULE }).default('jsonl').meta({ description: 'csv or jsonl' }),
  ...filters,
});

export const tokenAuditQuery = z.strictObject({ ...times, ...pageQuery });

export type AuditFilters = Omit<z.infer<typeof auditExportQuery>, 'format'>;

const moment = z.iso.datetime();
const person = z.strictObject({ id: z.string(), name: z.string().nullable() });

const record = z.strictObject({
  id: z.int(),
  at: moment,
  action: z.string().meta({ example: 'token.revoked' }),
  outcome: z.enum(['success', 'denied', 'failure']),
  actor: person.nullable().meta({ description: 'Who did it; null: the operator, or nobody who could be known' }),
  person: person.nullable().meta({ description: 'Whom it was about' }),
  credential: z.string().nullable().meta({ description: 'What the actor showed', example: 'session:ses_…' }),
  target: z.string().meta({ description: 'What was acted on', example: 'token:tok_…' }),
  organizationId: z.string().nullable().meta({ description: 'null: of the account alone' }),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

const usage = z.strictObject({
  service: z.string().meta({ example: 'newsletter' }),
  method: z.string().nullable(),
  route: z.string().nullable().meta({ description: 'null: not told', example: '/api/v1/agents/:id' }),
  address: z.string().nullable(),
  requests: z.int(),
  firstAt: moment,
  lastAt: moment,
});

const token = z.strictObject({
  id: z.string(),
  kind: z.enum(['personal', 'organization']),
  name: z.string(),
  tokenPreview: z.string().meta({ example: 'td_****a1b2c3d4' }),
  organizationId: z.string(),
  owner: z.strictObject({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }).nullable(),
  createdBy: person,
  scopes: z.array(z.string()).nullable(),
  createdAt: moment,
  expiresAt: moment.nullable(),
  revokedAt: moment.nullable(),
  revokeReason: z.string().nullable(),
  replaces: z.string().nullable(),
  replacedBy: z.string().nullable(),
  lastUsedAt: moment.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedUserAgent: z.string().nullable(),
});

const page = {
  records: z.array(record),
  nextCursor: z.string().nullable().meta({ description: 'null: there are no older ones' }),
};

const ofCredential = {
  token: token.nullable().meta({ description: 'Whatever has become of it; null: there was none such' }),
  usage: z
    .array(usage)
    .meta({ description: 'What it was used for, here and as services told it; the last used first' }),
  usageTruncated: z.boolean(),
};

export const auditPage = z
  .strictObject({
    ...page,
    token: ofCredential.token.optional(),
    usage: ofCredential.usage.optional(),
    usageTruncated: ofCredential.usageTruncated.optional(),
  })
  .meta({ id: 'AuditPage', description: 'token and usage are there where a token or session was asked for' });

export const tokenAudit = z.strictObject({ ...page, ...ofCredential, token }).meta({ id: 'TokenAudit' });

/** One line of an export in JSON Lines. */
export const auditExport = z
  .strictObject({
    ...record.shape,
    chain: z.string().optional(),
    seq: z.int().optional(),
    previousHash: z.string().optional(),
    hash: z.string().optional(),
  })
  .meta({ id: 'AuditExport', description: 'One line for each record, or CSV with a header' });
