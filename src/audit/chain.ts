// The text that is hashed of a record, and how one record's hash leads to the next: as migration 0004_audit.sql computes
// them when a transaction commits, so that verification trusts nothing that the database computes.
import { createHash } from 'node:crypto';

/** A record as it is stored, each column as text. */
export interface RecordTexts {
  readonly id: string;
  /** Microseconds since 1970. */
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly organizationId: string | null;
  readonly actorId: string | null;
  readonly credential: string | null;
  readonly target: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** As Postgres writes jsonb. */
  readonly details: string;
}

/** The chain of the records that are of no organization. */
export const SERVER_CHAIN = 'server';

/** What the first record of a chain follows. */
export const BEGINNING = Buffer.alloc(32);

/** Each field as its length in bytes and its text, null as `-`: no two records have the same text. */
export function fieldsText(fields: readonly (string | null)[]): string {
  return fields.map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`)).join('');
}

/** @param previous hash of the record before it in its chain */
export function linkHash(previous: Buffer, chain: string, seq: number, record: RecordTexts): Buffer {
  const text = fieldsText([
    chain,
    String(seq),
    record.id,
    record.at,
    record.action,
    record.outcome,
    record.organizationId,
    record.actorId,
    record.credential,
    record.target,
    record.address,
    record.userAgent,
    record.requestId,
    record.details,
  ]);
  return createHash('sha256').update(previous).update(`audit 1${text}`).digest();
}

/** As Postgres writes a jsonb object without objects or lists in it: shorter keys first, then by their bytes. */
export function jsonbText(details: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(details).toSorted(
    ([a], [b]) => Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
}
