// SQL of lists of sign-ins that are alive, as those who may end them see them: a person their own, an organization's
// admins the CLI logins that act for it. Newest first.
import { first, type Queryable } from '../database/database.ts';
import type { SessionSelection } from './session.ts';
import { selected } from './session-store.ts';

export interface ListedSession {
  /** `ses_…` */
  readonly id: string;
  readonly kind: 'browser' | 'cli';
  /** Null: a browser's. */
  readonly clientId: string | null;
  readonly personId: string;
  readonly personName: string;
  readonly email: string;
  /** The current one; null: of none, as browsers'. */
  readonly organizationId: string | null;
  readonly organizationName: string | null;
  readonly deviceName: string | null;
  readonly deviceSystem: string | null;
  /** Where it began. */
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  /** Its beginning counts. */
  readonly lastUsedAt: Date;
  readonly lastUsedAddress: string | null;
  readonly expiresAt: Date;
}

/** Where a page of a list ended: the next begins behind it, whatever has been added or has ended meanwhile. */
export interface SessionPosition {
  readonly createdAt: Date;
  readonly id: string;
}

const COLUMNS = `s.id, s.kind, s.client_id AS "clientId", s.person_id AS "personId", p.name AS "personName", p.email,
  s.organization_id AS "organizationId", o.name AS "organizationName", s.device_name AS "deviceName",
  s.device_system AS "deviceSystem", s.address, s.user_agent AS "userAgent", s.created_at AS "createdAt",
  greatest(s.created_at, s.last_used_at) AS "lastUsedAt",
  coalesce(s.last_used_address, s.address) AS "lastUsedAddress", s.expires_at AS "expiresAt"`;

const FROM =
  'FROM sessions s JOIN people p ON p.id = s.person_id LEFT JOIN organizations o ON o.id = s.organization_id';

export async function listSessions(
  on: Queryable,
  selection: SessionSelection,
  behind: SessionPosition | undefined,
  limit: number,
  now: Date,
): Promise<readonly ListedSession[]> {
  const { where, parameters } = alive(selection, now);
  const position = behind === undefined ? [] : [behind.createdAt, behind.id];
  const n = parameters.length;
  const further = behind === undefined ? '' : `AND (s.created_at, s.id) < ($${n + 1}, $${n + 2})`;
  const { rows } = await on.query<ListedSession>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${where} ${further} ORDER BY s.created_at DESC, s.id DESC LIMIT ${limit}`,
    [...parameters, ...position],
  );
  return rows;
}

export async function countSessions(on: Queryable, selection: SessionSelection, now: Date): Promise<number> {
  const { where, parameters } = alive(selection, now);
  const found = await on.query<{ count: number }>(
    `SELECT count(*) AS count FROM sessions s WHERE ${where}`,
    parameters,
  );
  return first(found)?.count ?? 0;
}

/** Whose sign-ins act for an organization, by name. */
export async function listPeopleSignedIn(
  on: Queryable,
  organizationId: string,
  limit: number,
  now: Date,
): Promise<readonly { readonly id: string; readonly name: string; readonly email: string }[]> {
  const { where, parameters } = alive({ organizationId }, now);
  const { rows } = await on.query<{ id: string; name: string; email: string }>(
    `SELECT p.id, p.name, p.email FROM people p WHERE p.id IN (SELECT s.person_id FROM sessions s WHERE ${where})
     ORDER BY lower(p.name), p.email LIMIT ${limit}`,
    parameters,
  );
  return rows;
}

/** Whether there is or was any of those. */
export async function wasSession(on: Queryable, selection: SessionSelection): Promise<boolean> {
  const { where, parameters } = selected(selection);
  const { count } = await on.query(`SELECT s.id FROM sessions s WHERE ${where} LIMIT 1`, parameters);
  return count === 1;
}

function alive(selection: SessionSelection, now: Date) {
  const { where, parameters } = selected(selection, [now]);
  return { where: `${where} AND s.ended_at IS NULL AND s.expires_at > $1`, parameters };
}
