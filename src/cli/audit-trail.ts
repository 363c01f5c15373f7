// The audit log over REST: one's own token's, or as an admin the organization's, page after page.
import type { ApiClient } from './api-client.ts';
import { CliError, EXIT } from './errors.ts';
import { type Answer, understood } from './http.ts';
import { isRecord, numberField, stringField, timeField, timeOrNull } from './json.ts';
import { LIST_TOKENS } from './tokens.ts';

/** Times are ISO 8601 in UTC. */
export interface TrailRecord {
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: Person | null;
  readonly credential: string | null;
  readonly target: string;
  readonly address: string | null;
}

export interface Person {
  readonly id: string;
  readonly name: string | null;
  readonly email?: string | null;
}

export interface TrailUsage {
  readonly service: string;
  readonly method: string | null;
  readonly route: string | null;
  readonly address: string | null;
  readonly requests: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface TrailToken {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly tokenPreview: string;
  readonly owner: Person | null;
  readonly createdBy: Person;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly revokeReason: string | null;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
}

export interface AuditTrail {
  /** Null: there is none such, or it wasn't asked for. */
  readonly token: TrailToken | null;
  /** Undefined where neither a token nor a session was asked for. */
  readonly usage: readonly TrailUsage[] | undefined;
  readonly records: readonly TrailRecord[];
  /** There are more records, or ways of using it, than were fetched. */
  readonly isCut: boolean;
  /** As the server wrote it, for --json. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What the search is for, as the server names it: token, session, user, action, since, until. */
export type TrailQuery = Readonly<Record<string, string | undefined>>;

const PAGE = '200';
const MOST_PAGES = 25;
const TIMEOUT = 30_000;

/** What became of one of one's own tokens; undefined when the server knows no such token of this person's. */
export async function ownTokenTrail(client: ApiClient, id: string, query: TrailQuery): Promise<AuditTrail | undefined> {
  return await fetchTrail(client, `/api/users/me/tokens/${encodeURIComponent(id)}/audit`, query);
}

export async function organizationTrail(
  client: ApiClient,
  organizationId: string,
  query: TrailQuery,
): Promise<AuditTrail> {
  const path = `/api/organizations/${encodeURIComponent(organizationId)}/audit`;
  const trail = await fetchTrail(client, path, query);
  if (trail === undefined) throw new CliError(EXIT.failure, 'The server keeps no audit log that can be read');
  return trail;
}

/** Undefined: 404. */
async function fetchTrail(client: ApiClient, path: string, query: TrailQuery): Promise<AuditTrail | undefined> {
  const parameters = new URLSearchParams({ limit: PAGE });
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  const pages: Page[] = [];
  let cursor: string | null = null;
  do {
    if (cursor !== null) parameters.set('cursor', cursor);
    const answer = await client.request('GET', `${path}?${parameters.toString()}`, undefined, { timeout: TIMEOUT });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(client, answer);
    const page = understood(client.credential.server, answer, pageOf);
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor !== null && pages.length < MOST_PAGES);
  const [first] = pages;
  const isCut = cursor !== null || first?.facts['usageTruncated'] === true;
  return {
    token: first?.token ?? null,
    usage: first?.usage,
    records: pages.flatMap(({ records }) => records),
    isCut,
    raw: { ...first?.facts, records: pages.flatMap(({ raw }) => raw), recordsTruncated: cursor !== null },
  };
}

interface Page extends Pick<AuditTrail, 'token' | 'usage' | 'records'> {
  readonly nextCursor: string | null;
  /** The records as the server wrote them, and what it wrote beside them. */
  readonly raw: readonly Record<string, unknown>[];
  readonly facts: Readonly<Record<string, unknown>>;
}

function pageOf(body: Record<string, unknown>): Page {
  const { nextCursor, records: _records, ...facts } = body;
  const raw = listField(body, 'records');
  return {
    token: isRecord(body['token']) ? tokenOf(body['token']) : null,
    usage: 'usage' in body ? listField(body, 'usage').map(usageOf) : undefined,
    records: raw.map(recordOf),
    nextCursor: textOrNull(nextCursor),
    raw,
    facts,
  };
}

function refusal(client: ApiClient, answer: Answer): CliError {
  if (answer.status !== 403 || client.credential.kind !== 'token') return client.refusal(answer);
  const { isSaved, source } = client.credential;
  return new CliError(EXIT.forbidden, 'You do not have permission to perform this action', {
    status: answer.status,
    details: ['With a token the audit log cannot be read: that takes a sign-in.'],
    next: ['Sign in with your browser:', ...(isSaved ? [] : [`  unset ${source}`]), '  teamday auth login'],
  });
}

export function tokenNotFound(isAdmin: boolean): CliError {
  return new CliError(EXIT.failure, 'Token not found', {
    details: isAdmin ? [] : ["Other people's tokens, and the organization's, are shown to its admins."],
    next: LIST_TOKENS,
  });
}

function listField(body: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list = body[name];
  if (!Array.isArray(list)) throw new TypeError(`"${name}" is missing or not a list`);
  return list.filter(isRecord);
}

function recordOf(record: Record<string, unknown>): TrailRecord {
  return {
    at: timeField(record, 'at'),
    action: stringField(record, 'action'),
    outcome: stringField(record, 'outcome'),
    actor: personOf(record['actor']),
    credential: textOrNull(record['credential']),
    target: stringField(record, 'target'),
    address: textOrNull(record['address']),
  };
}

function usageOf(usage: Record<string, unknown>): TrailUsage {
  return {
    service: stringField(usage, 'service'),
    method: textOrNull(usage['method']),
    route: textOrNull(usage['route']),
    address: textOrNull(usage['address']),
    requests: numberField(usage, 'requests'),
    firstAt: timeField(usage, 'firstAt'),
    lastAt: timeField(usage, 'lastAt'),
  };
}

function tokenOf(token: Record<string, unknown>): TrailToken {
  return {
    id: stringField(token, 'id'),
    kind: stringField(token, 'kind'),
    name: stringField(token, 'name'),
    tokenPreview: stringField(token, 'tokenPreview'),
    owner: personOf(token['owner']),
    createdBy: personOf(token['createdBy']) ?? { id: '', name: null },
    createdAt: timeField(token, 'createdAt'),
    expiresAt: timeOrNull(token, 'expiresAt'),
    revokedAt: timeOrNull(token, 'revokedAt'),
    revokeReason: textOrNull(token['revokeReason']),
    lastUsedAt: timeOrNull(token, 'lastUsedAt'),
    lastUsedAddress: textOrNull(token['lastUsedAddress']),
  };
}

function personOf(value: unknown): Person | null {
  if (!isRecord(value)) return null;
  return { id: stringField(value, 'id'), name: textOrNull(value['name']), email: textOrNull(value['email']) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
