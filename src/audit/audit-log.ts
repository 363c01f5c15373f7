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
  const { actor } = record;
  await transaction.query(
    `INSERT INTO audit_records (at, action, organization_id, actor_id, credential, target, address, user_agent, request_id, details, outcome)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      now,
      record.action,
      record.organizationId ?? null,
      actor.personId ?? null,
      actor.credential ?? null,
      record.target,
      actor.address ?? null,
      actor.userAgent ?? null,
      actor.requestId ?? null,
      JSON.stringify(record.details ?? {}),
      outcomeOf(record.action),
    ],
  );
}
