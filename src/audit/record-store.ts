// SQL of reading audit records, newest first. Each search walks one index for each way in which a record can match, and so
// takes as long for a page among a million records as among a hundred.
import type { Queryable } from '../database/database.ts';
import type { AuditOutcome } from './audit-actions.ts';

export interface ReadRecord {
  readonly id: number;
  readonly at: Date;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly organizationId: string | null;
  readonly actorId: string | null;
  /** Null: nobody, or unknown by now. So also below. */
  readonly actorName: string | null;
  /** Whom the act was about. */
  readonly personId: string | null;
  readonly personName: string | null;
  readonly credential: string | null;
  readonly target: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What is looked for: records that match all that is given. */
export interface RecordQuery {
  /** `token:tok_…` or `session:ses_…`: acted on, or acted by. */
  readonly subject?: string | undefined;
  /** Who acted, or whom it was about. */
  readonly personId?: string | undefined;
  readonly action?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Where a page ended: older records follow. */
export interface Position {
  readonly at: Date;
  readonly id: number;
}

/** Records of a person's that belong to no organization, as far as one of their organizations may see them. */
export interface AccountRecords {
  readonly actions: readonly string[];
  readonly since: Date;
}

/**
 * The newest records of an organization that match, at most `limit`.
 * @param before only older ones
 * @param account also these records of the query's person
 */
export async function searchRecords(
  on: Queryable,
  organizationId: string,
  query: RecordQuery,
  before: Position | undefined,
  limit: number,
  account?: AccountRecords,
): Promise<readonly ReadRecord[]> {
  const parameters: unknown[] = [];
  const parameter = (value: unknown) => `$${parameters.push(value)}`;
  const common = conditionsOf(query, before, parameter);
  const own = `organization_id = ${parameter(organizationId)}`;
  const branches = waysToMatch(query, parameter).map((way) => [own, way, ...common]);
  if (account !== undefined) {
    const ofAccount = [
      'organization_id IS NULL',
      `action = any(${parameter(account.actions)})`,
      `at >= ${parameter(account.since)}`,
    ];
    branches.push(...waysToMatch({ personId: query.personId }, parameter).map((way) => [...ofAccount, way, ...common]));
  }
  const most = parameter(limit);
  const parts = branches.map(
    (conditions) =>
      `(SELECT * FROM audit_records WHERE ${conditions.filter((each) => each !== '').join(' AND ')} ORDER BY at DESC, id DESC LIMIT ${most})`,
  );
  const { rows } = await on.query<ReadRecord>(
    `SELECT r.id, r.at, r.action, r.outcome, r.organization_id AS "organizationId", r.actor_id AS "actorId", actor.name AS "actorName",
            r.person_id AS "personId", person.name AS "personName", r.credential, r.target, r.address, r.user_agent AS "userAgent",
            r.request_id AS "requestId", r.details
     FROM (SELECT * FROM (${parts.join(' UNION ALL ')}) AS matches ORDER BY at DESC, id DESC LIMIT ${most}) AS r
     LEFT JOIN people actor ON actor.id = r.actor_id LEFT JOIN people person ON person.id = r.person_id
     ORDER BY r.at DESC, r.id DESC`,
    parameters,
  );
  return rows;
}

type Parameter = (value: unknown) => string;

/** One condition for each index; together they match each record once. */
function waysToMatch({ subject, personId }: RecordQuery, parameter: Parameter): readonly string[] {
  if (subject !== undefined) {
    const given = parameter(subject);
    const person = personId === undefined ? '' : ` AND ${isAbout(parameter(personId))}`;
    return [`target = ${given}${person}`, `credential = ${given} AND target <> ${given}${person}`];
  }
  if (personId === undefined) return [''];
  const given = parameter(personId);
  return [`actor_id = ${given}`, `person_id = ${given} AND actor_id IS DISTINCT FROM ${given}`];
}

function isAbout(person: string): string {
  return `(actor_id = ${person} OR person_id = ${person})`;
}

function conditionsOf(
  { action, since, until }: RecordQuery,
  before: Position | undefined,
  parameter: Parameter,
): string[] {
  return [
    ...(action === undefined ? [] : [`action = ${parameter(action)}`]),
    ...(since === undefined ? [] : [`at >= ${parameter(since)}`]),
    ...(until === undefined ? [] : [`at <= ${parameter(until)}`]),
    ...(before === undefined
      ? []
      : [`(at, id) < (${parameter(before.at)}::timestamptz, ${parameter(before.id)}::bigint)`]),
  ];
}
