// SQL of how clients, tokens and sessions stand: one statement of as many parts as there are kinds of questions. Each row
// comes as one line of text, a JSON array, which is cheaper to carry and to compare than its columns.
import type { ResourceServer } from '../clients/resource-server.ts';
import { parseTime } from '../clock.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { LiveToken } from '../tokens/token.ts';
import type { Kind, SessionStanding, TokenStanding } from './standing.ts';

/** All that was found, or null: a line for each row: kind and number of its key (`t17`), a space, its columns as a JSON array. */
export interface Found {
  readonly lines: string | null;
}

const SESSION = `
  JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL
  JOIN organizations o ON o.id = s.organization_id AND o.closed_at IS NULL
  JOIN memberships m ON m.person_id = s.person_id AND m.organization_id = s.organization_id
  WHERE s.kind = 'cli' AND s.ended_at IS NULL`;

const SESSION_COLUMNS = `json_build_array(s.id, s.client_id, s.scope, s.person_id, p.email, p.name, s.organization_id, o.name, m.role,
  encode(s.refresh_id, 'hex'), s.generation, s.rotated_at, s.authenticated_at, s.created_at, s.expires_at)::text AS row`;

/** What of each kind is found of the keys `q`, numbered from 1 on. */
const PARTS: Readonly<Record<Kind, string>> = {
  c: `
    json_build_array(c.services, encode(c.secret_digest, 'hex'), c.jwks, c.tells_reasons, c.counts_requests)::text AS row
    FROM q JOIN resource_servers c ON c.id = q.key`,
  t: `
    json_build_array(t.id, t.kind, t.name, t.organization_id, t.person_id, t.scopes, t.created_at, t.expires_at,
      o.name, p.email, p.name, m.role, t.retires_replaced,
      t.revoked_at IS NOT NULL OR o.closed_at IS NOT NULL
        OR (t.kind = 'personal' AND (m.role IS NULL OR p.disabled_at IS NOT NULL)))::text AS row
    FROM q
    JOIN tokens t ON t.digest = decode(q.key, 'hex')
    JOIN organizations o ON o.id = t.organization_id
    LEFT JOIN people p ON p.id = t.person_id
    LEFT JOIN memberships m ON m.person_id = t.person_id AND m.organization_id = t.organization_id`,
  s: `${SESSION_COLUMNS} FROM q JOIN sessions s ON s.id = q.key ${SESSION}`,
  r: `${SESSION_COLUMNS} FROM q JOIN sessions s ON s.refresh_id = decode(q.key, 'hex') ${SESSION}`,
};

const KINDS = ['c', 't', 's', 'r'] as const satisfies readonly Kind[];

/** What is asked about, each once. */
type Asked = Readonly<Record<Kind, readonly { readonly id: string }[]>>;

interface Statement {
  readonly text: string;
  readonly parameters: readonly string[];
}

/** Yields one row, `Found`, with a line for each key there is something of, in no order. */
export function statementFor(asked: Asked): Statement {
  const kinds = KINDS.filter((kind) => asked[kind].length > 0);
  return { text: textFor(kinds), parameters: kinds.map((kind) => listOf(asked[kind])) };
}

const texts = new Map<string, string>();

/** One for each set of kinds. A kind's keys come as one text with commas between them: none has one in it. */
function textFor(kinds: readonly Kind[]): string {
  const name = kinds.join('');
  const known = texts.get(name);
  if (known !== undefined) return known;
  const parts = kinds.map(
    (kind, n) =>
      `(WITH q AS (SELECT * FROM unnest(string_to_array($${n + 1}, ',')) WITH ORDINALITY AS q (key, n))
        SELECT '${kind}' || q.n AS name, ${PARTS[kind]})`,
  );
  const text = `SELECT string_agg(name || ' ' || row, E'\\n') AS lines FROM (${parts.join(' UNION ALL ')}) AS found`;
  texts.set(name, text);
  return text;
}

function listOf(asked: readonly { readonly id: string }[]): string {
  let list = '';
  for (const { id } of asked) list += list === '' ? id : `,${id}`;
  return list;
}

export function readRow(kind: Kind, id: string, row: string): ResourceServer | TokenStanding | SessionStanding {
  const columns = JSON.parse(row) as readonly unknown[];
  switch (kind) {
    case 'c':
      return readClient(id, columns);
    case 't':
      return readToken(id, columns);
    default:
      return { kind: 'session', session: readSession(columns) };
  }
}

function readClient(id: string, row: readonly unknown[]): ResourceServer {
  const [services, secretDigest, jwks, tellsReasons, countsRequests] = row;
  const digest = typeof secretDigest === 'string' ? Buffer.from(secretDigest, 'hex') : null;
  return { id, services, secretDigest: digest, jwks, tellsReasons, countsRequests } as ResourceServer;
}

function readToken(digest: string, row: readonly unknown[]): TokenStanding {
  const [id, kind, name, organizationId, personId, scopes, createdAt, expiresAt, organizationName] = row;
  const [email, personName, role, retiresReplaced, ended] = row.slice(9);
  const token = {
    id,
    kind,
    name,
    digest: Buffer.from(digest, 'hex'),
    organizationId,
    personId,
    scopes,
    createdAt: dateOf(createdAt),
    expiresAt: dateOf(expiresAt),
    organizationName,
    email,
    personName,
    role,
  } as LiveToken;
  return { kind: 'token', token, ended: ended !== false, retiresReplaced: retiresReplaced === true };
}

function readSession(row: readonly unknown[]): LiveSession {
  const [id, clientId, scope, personId, email, personName, organizationId, organizationName, role, refreshId] = row;
  const [generation, rotatedAt, authenticatedAt, createdAt, expiresAt] = row.slice(10);
  return {
    id,
    clientId,
    scope,
    personId,
    email,
    personName,
    organizationId,
    organizationName,
    role,
    refreshId: Buffer.from(refreshId as string, 'hex'),
    generation,
    rotatedAt: dateOf(rotatedAt),
    authenticatedAt: dateOf(authenticatedAt),
    createdAt: dateOf(createdAt),
    expiresAt: dateOf(expiresAt),
  } as LiveSession;
}

/** Never null for what can't be read: without an end a token would live for ever. */
function dateOf(value: unknown): Date | null {
  if (value === null) return null;
  const date = typeof value === 'string' ? parseTime(value) : undefined;
  if (date === undefined) throw new TypeError(`${JSON.stringify(value)} is no time`);
  return date;
}
