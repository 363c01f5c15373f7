// The content of ~/.teamday/config.json: its shape, and how it changes with sign-in, refresh and sign-out.
// Pure; where and how it lies on disk is config-file.ts's matter. Fields it doesn't know are carried along.

import { PUBLISHED_SERVER } from '../oauth/published-server.ts';
import type { Clock } from './clock.ts';
import { isRecord, stringField } from './json.ts';
import { parseServerUrl } from './server-url.ts';

/**
 * The documented fields, and: `url`, the server it all belongs to; `refreshAt`, when to fetch a new access token;
 * `apiTokenExpiry`, what the server said last about the end of `apiToken`.
 */
export interface SavedConfig {
  readonly url?: string;
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly expiresAt?: string;
  readonly refreshAt?: string;
  readonly user?: { readonly email: string; readonly organizationId: string };
  readonly apiToken?: string;
  readonly apiTokenExpiry?: TokenExpiry;
  readonly [other: string]: unknown;
}

/** ISO 8601. */
export interface TokenExpiry {
  /** `null`: never. */
  readonly expiresAt: string | null;
  readonly checkedAt: string;
}

/** A sign-in as it lies in the file; times in milliseconds. */
export interface SavedSession {
  readonly url: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
  readonly refreshAt: number;
}

/** What a token endpoint hands out. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds the access token lives. */
  readonly lifetime: number;
}

const TEXT_FIELDS = ['url', 'accessToken', 'refreshToken', 'expiresAt', 'refreshAt', 'apiToken'];
const SESSION_FIELDS = ['accessToken', 'refreshToken', 'expiresAt', 'refreshAt', 'user'];
const TOKEN_FIELDS = ['apiToken', 'apiTokenExpiry'];
const LONGEST_MARGIN = 30_000;

/** Throws an Error whose message says what is wrong with the text. */
export function parseConfig(text: string): SavedConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TypeError('it is not valid JSON');
  }
  if (!isRecord(value)) throw new TypeError('it is not a JSON object');
  for (const name of TEXT_FIELDS) if (value[name] !== undefined) stringField(value, name);
  if (value['url'] !== undefined) parseServerUrl(stringField(value, 'url'), '"url"');
  const { apiTokenExpiry, ...rest } = value;
  return isTokenExpiry(apiTokenExpiry) ? { ...rest, apiTokenExpiry } : rest;
}

/** One that can't be understood is dropped: it is only remembered, and asked for again. */
function isTokenExpiry(value: unknown): value is TokenExpiry {
  if (!isRecord(value)) return false;
  const { expiresAt, checkedAt } = value;
  return (expiresAt === null || typeof expiresAt === 'string') && typeof checkedAt === 'string';
}

export function serverOf(config: SavedConfig): string {
  return config.url === undefined ? PUBLISHED_SERVER : parseServerUrl(config.url, '"url"');
}

/** The sign-in the file holds, or undefined. A time that can't be read counts as past. */
export function sessionOf(config: SavedConfig, clock: Clock): SavedSession | undefined {
  const { accessToken, refreshToken } = config;
  if (accessToken === undefined || refreshToken === undefined) return undefined;
  const expiresAt = timeOf(config.expiresAt, clock) ?? 0;
  const refreshAt = timeOf(config.refreshAt, clock) ?? expiresAt - LONGEST_MARGIN;
  return { url: serverOf(config), accessToken, refreshToken, expiresAt, refreshAt };
}

/** A new access token is due 30 s before the old one ends, but not before two thirds of a short life are over. */
export function sessionFrom(url: string, tokens: Tokens, clock: Clock): SavedSession {
  const { accessToken, refreshToken, lifetime } = tokens;
  const expiresAt = clock.now() + lifetime;
  return { url, accessToken, refreshToken, expiresAt, refreshAt: expiresAt - Math.min(LONGEST_MARGIN, lifetime / 3) };
}

export function withSession(config: SavedConfig, session: SavedSession, clock: Clock): SavedConfig {
  return { ...config, ...session, expiresAt: clock.iso(session.expiresAt), refreshAt: clock.iso(session.refreshAt) };
}

/** Without the sign-in, but still knowing its server, so that the next `auth login` finds its way. */
export function withoutSession(config: SavedConfig): SavedConfig {
  return without(config, SESSION_FIELDS);
}

/** Without the saved token, but still knowing its server, so that the next `auth login` finds its way. */
export function withoutToken(config: SavedConfig): SavedConfig {
  return without(config, TOKEN_FIELDS);
}

/** Without anything that signs in, and without the server it belonged to. */
export function withoutCredentials(config: SavedConfig): SavedConfig {
  return without(config, [...SESSION_FIELDS, ...TOKEN_FIELDS, 'url']);
}

function without(config: SavedConfig, names: readonly string[]): SavedConfig {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
}

function timeOf(text: string | undefined, clock: Clock): number | undefined {
  const time = text === undefined ? Number.NaN : clock.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
