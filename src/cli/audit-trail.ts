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
  /** Ids of the tokens before and after it, where it was rotated. */
  readonly replaces: string | null;
  readonly replacedBy: string | null;
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
  mostPages = MOST_PAGES,
): Promise<AuditTrail> {
  const path = `/api/organizations/${encodeURIComponent(organizationId)}/audit`;
  const trail = await fetchTrail(client, path, query, mostPages);
  if (trail === undefined) throw new CliError(EXIT.failure, 'The server keeps no audit log that can be read');
  return trail;
}

/** Undefined: 404. */
async function fetchTrail(
  client: ApiClient,
  path: string,
  query: TrailQuery,
  mostPages = MOST_PAGES,
): Promise<AuditTrail | undefined> {
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
  } while (cursor !== null && pages.length < mostPages);
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

/** `tok_` and 20 characters: nothing that a list would have to complete. */
export const WHOLE_ID = /^tok_[A-Za-z0-9]{20}$/;

export function tokenNotFound(id: string, isAdmin: boolean): CliError {
  const whose = isAdmin ? "a revoked token, another person's or the organization's" : 'a revoked token';
  const details = [
    ...(WHOLE_ID.test(id) ? [] : [`Of ${whose}, give the whole id.`]),
    isAdmin
      ? '`teamday audit --action token.revoked` shows those of revoked ones, or Organization Settings → Credentials → Activity.'
      : "Other people's tokens, and the organization's, are shown to its admins.",
  ];
  return new CliError(EXIT.failure, 'Token not found', { details, next: LIST_TOKENS });
}

/** Names under which nothing at all is known here are told apart from those with nothing in the time that was asked for. */
export async function refuseUnknown(
  client: ApiClient,
  organizationId: string,
  { token, session, user }: TrailQuery,
  isAdmin: boolean,
): Promise<void> {
  const isUnknown = async (query: TrailQuery) => {
    const { isCut, records, usage = [], token: found } = await organizationTrail(client, organizationId, query, 1);
    return !isCut && found === null && records.length + usage.length === 0;
  };
  if (token !== undefined && (await isUnknown({ token }))) throw tokenNotFound(token, isAdmin);
  if (session !== undefined && (await isUnknown({ session }))) {
    throw new CliError(EXIT.failure, `Nothing is known here of a sign-in ${session}`, {
      details: ['A sign-in in a browser that did nothing here is shown with its person.'],
      next: ['  teamday audit --user <id or e-mail>'],
    });
  }
  if (user !== undefined && (await isUnknown({ user }))) {
    throw new CliError(EXIT.failure, `Nothing is known here of ${user}`, {
      details: ['Somebody who is no member any more is found by their id, not by their address:'],
      next: ['  teamday audit --action membership.removed'],
    });
  }
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
    replaces: textOrNull(token['replaces']),
    replacedBy: textOrNull(token['replacedBy']),
  };
}

function personOf(value: unknown): Person | null {
  if (!isRecord(value)) return null;
  return { id: stringField(value, 'id'), name: textOrNull(value['name']), email: textOrNull(value['email']) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
