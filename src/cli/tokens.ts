// A person's personal access tokens over REST: list, create, rotate, revoke one or all, and finding one by the beginning of its id.
import { hash } from 'node:crypto';
import type { ApiClient } from './api-client.ts';
import { CliError, EXIT, Unreachable, usageError } from './errors.ts';
import { type Answer, understood } from './http.ts';
import { isRecord, stringField, timeField, timeOrNull } from './json.ts';

/** As lists show it. Times are ISO 8601 in UTC. */
export interface TokenEntry {
  readonly id: string;
  readonly name: string;
  /** `td_****` and 8 hex digits of the token's digest. */
  readonly tokenPreview: string;
  readonly organizationId: string;
  readonly createdAt: string;
  /** `null`: never. */
  readonly expiresAt: string | null;
  /** `null`: not yet. */
  readonly lastUsedAt: string | null;
}

/** A new token with its value, which the server tells this once. */
export interface IssuedToken {
  readonly token: string;
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  /** ISO 8601 in UTC; `null`: never. */
  readonly expiresAt: string | null;
}

export interface Rotation {
  /** How long the old token goes on working; 0: not at all. */
  readonly graceSeconds: number;
  /** The first use of the new token ends the grace. */
  readonly untilFirstUse: boolean;
}

export const LIST_TOKENS = ['See your tokens and their ids:', '  teamday auth tokens list'];

const TOKENS = '/api/users/me/tokens';
const TIMEOUT = 15_000;
/** The answer holds the only copy of the new token: Ctrl+C waits for it. */
const ISSUING = { timeout: TIMEOUT, uninterruptible: true };

/** Newest first. A token that lists its owner's learns on the way when it expires itself. */
export async function listTokens(client: ApiClient): Promise<readonly TokenEntry[]> {
  const answer = await client.request('GET', TOKENS, undefined, { timeout: TIMEOUT });
  if (answer.status !== 200) throw refusal(client, answer, 'listed');
  const tokens = understood(client.credential.server, answer, ({ tokens: list }) => {
    if (!Array.isArray(list)) throw new TypeError('"tokens" is missing or not a list');
    return list.filter(isRecord).map(entryOf);
  });
  const own = tokens.find((token) => isInUse(client, token));
  if (own !== undefined) client.noteTokenExpiry(own.expiresAt);
  return tokens;
}

/** `expiresInDays`: 0 never, undefined what the server gives by itself (90, or the most that is allowed). */
export async function createToken(
  client: ApiClient,
  request: { readonly name: string; readonly expiresInDays: number | undefined },
): Promise<IssuedToken> {
  return await issue(client, TOKENS, request, 'created');
}

export async function rotateToken(client: ApiClient, id: string, rotation: Rotation): Promise<IssuedToken> {
  return await issue(client, `${pathOf(id)}/rotate`, rotation, 'rotated');
}

/** Returns only when the server has confirmed it; so also for a token that was revoked before. */
export async function revokeToken(client: ApiClient, id: string): Promise<void> {
  const answer = await client.request('POST', `${pathOf(id)}/revoke`, undefined, { timeout: TIMEOUT });
  if (answer.status !== 200) throw refusal(client, answer, 'revoked');
}

/** All of one's own at once, or none; a token's those of its organization, itself among them. Gives their ids. */
export async function revokeAllTokens(client: ApiClient): Promise<readonly string[]> {
  const answer = await client.request('POST', `${TOKENS}/revoke-all`, '{}', { timeout: TIMEOUT });
  if (answer.status !== 200) throw refusal(client, answer, 'revoked');
  return understood(client.credential.server, answer, ({ revoked }) => {
    if (!Array.isArray(revoked)) throw new TypeError('"revoked" is missing or not a list');
    return revoked.filter((id) => typeof id === 'string');
  });
}

/**
 * The token whose id that is, or begins so; undefined when the list has none, which the server may still know.
 * Throws a usage error when it begins several, or can't be an id at all.
 */
export function tokenById(tokens: readonly TokenEntry[], id: string): TokenEntry | undefined {
  if (/^(td|otk)_/.test(id)) {
    throw usageError(
      'This is a token itself, not its id. It was sent nowhere, but your shell may remember it',
      LIST_TOKENS,
    );
  }
  // An empty variable in a script begins every id.
  if (!/^\w[\w-]*$/.test(id)) throw usageError(`This can't be the id of a token: "${id}"`, LIST_TOKENS);
  const matches = tokens.filter((token) => token.id.startsWith(id));
  const exact = matches.find((token) => token.id === id);
  if (exact === undefined && matches.length > 1) {
    throw new CliError(EXIT.usage, `${matches.length} tokens have an id that begins with ${id}`, {
      details: matches.map((token) => `  ${token.id}  ${token.name}`),
      next: ['Give more of the id.'],
    });
  }
  return exact ?? matches[0];
}

/** Whether that is the very token by which the command asks: its preview tells. */
export function isInUse({ credential }: ApiClient, { tokenPreview }: Partial<TokenEntry>): boolean {
  return credential.kind === 'token' && tokenPreview === `td_****${hash('sha256', credential.token).slice(0, 8)}`;
}

async function issue(client: ApiClient, path: string, body: object, done: Act): Promise<IssuedToken> {
  const answer = await client.request('POST', path, JSON.stringify(body), ISSUING).catch(lostAnswer);
  if (answer.status !== 201) throw refusal(client, answer, done);
  return understood(client.credential.server, answer, (issued) => ({
    token: stringField(issued, 'token'),
    id: stringField(issued, 'id'),
    name: stringField(issued, 'name'),
    organizationId: stringField(issued, 'organizationId'),
    expiresAt: timeOrNull(issued, 'expiresAt'),
  }));
}

/** Asking again would make a second token, so it is left to the person. */
function lostAnswer(error: unknown): never {
  if (!(error instanceof Unreachable)) throw error;
  throw new CliError(EXIT.failure, error.message, {
    details: ['If the request has arrived, there is a new token whose value is lost. Look, and revoke it:'],
    next: ['  teamday auth tokens list', ...error.next],
  });
}

function entryOf(record: Record<string, unknown>): TokenEntry {
  return {
    id: stringField(record, 'id'),
    name: stringField(record, 'name'),
    tokenPreview: stringField(record, 'tokenPreview'),
    organizationId: stringField(record, 'organizationId'),
    createdAt: timeField(record, 'createdAt'),
    expiresAt: timeOrNull(record, 'expiresAt'),
    lastUsedAt: timeOrNull(record, 'lastUsedAt'),
  };
}

function pathOf(id: string): string {
  return `${TOKENS}/${encodeURIComponent(id)}`;
}

type Act = 'listed' | 'created' | 'rotated' | 'revoked';

function refusal(client: ApiClient, answer: Answer, act: Act): CliError {
  const { credential } = client;
  const { status } = answer;
  if (status === 404) return new CliError(EXIT.failure, 'Token not found', { status, next: LIST_TOKENS });
  if (status !== 403 || credential.kind !== 'token') return client.refusal(answer);
  return new CliError(EXIT.forbidden, 'You do not have permission to perform this action', {
    status,
    details: [
      credential.tokenKind === 'organization_token'
        ? 'An organization token belongs to no person, so it can neither list nor change personal access tokens.'
        : `With a personal access token no token can be ${act}: that takes a sign-in.`,
    ],
    next: [
      'Sign in with your browser:',
      ...(credential.isSaved ? [] : [`  unset ${credential.source}`]),
      '  teamday auth login',
    ],
  });
}
