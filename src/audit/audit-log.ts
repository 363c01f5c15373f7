// The append-only record of acts on credentials and accounts. Owns the audit_records table; written in the transaction
// of the act itself, so that neither can exist without the other. When that commits, the database links the record to the
// one before (migration 0004_audit.sql).
import type { Queryable } from '../database/database.ts';
import { type AuditAction, outcomeOf } from './audit-actions.ts';

/** Who acts, by which credential, from where. */
export interface Actor {
  /** `user_…`; undefined: the operator's command, or nobody who could be known. */
  readonly personId?: string | undefined;
  /** `session:ses_…`, `command`, … */
  readonly credential?: string | undefined;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface AuditRecord {
  readonly action: AuditAction;
  /** `session:ses_…`, `person:user_…`, … */
  readonly target: string;
  readonly organizationId?: string | undefined;
  readonly actor: Actor;
  /** Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export async function recordAct(transaction: Queryable, now: Date, record: AuditRecord): Promise<void> {
  await recordActs(transaction, now, [record]);
}

/** Many in one statement, in their order. */
export async function recordActs(transaction: Queryable, now: Date, records: readonly AuditRecord[]): Promise<void> {
  if (records.length === 0) return;
  await transaction.query(
    recordingSql(
      '$1',
      `SELECT action, organization_id, actor_id, credential, target, address, user_agent, request_id, details, outcome
       FROM ROWS FROM (jsonb_to_recordset($2) AS (
         action text, organization_id text, actor_id text, credential text, target text, address text, user_agent text,
         request_id text, details jsonb, outcome text)) WITH ORDINALITY AS records (
         action, organization_id, actor_id, credential, target, address, user_agent, request_id, details, outcome, n)
       ORDER BY n`,
    ),
    [now, JSON.stringify(records.map(rowOf))],
  );
}

/**
 * What records acts, as a part of the statement that does them. Their chains are added to as it commits, when nothing times it
 * out: who mustn't wait then holds the heads (`audit_chains`) before.
 * @param now the expression of the time
 * @param rows a SELECT of action, organization_id, actor_id, credential, target, address, user_agent, request_id, details
 *   and outcome, in this order
 */
export function recordingSql(now: string, rows: string): string {
  return `
    INSERT INTO audit_records (at, action, organization_id, actor_id, credential, target, address, user_agent, request_id, details, outcome)
    SELECT ${now}, acts.* FROM (${rows}) acts`;
}

function rowOf({ action, target, organizationId, actor, details = {} }: AuditRecord) {
  return {
    action,
    target,
    details,
    outcome: outcomeOf(action),
    organization_id: organizationId,
    actor_id: actor.personId,
    credential: actor.credential,
    address: actor.address,
    user_agent: actor.userAgent,
    request_id: actor.requestId,
  };
}
