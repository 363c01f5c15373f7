// GET /api/users/me: who the credential belongs to, as the server says now.
import { isRecord, recordField, stringField, timeField, timeOrNull } from './json.ts';

export interface Membership {
  readonly id: string;
  readonly name: string;
  readonly role: string | undefined;
}

export interface Profile {
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly organization: Membership;
  readonly organizations: readonly Membership[];
  /** ISO 8601; for a sign-in only: when it ends however often it is renewed. */
  readonly sessionExpiresAt: string | undefined;
  /** For a personal token only. */
  readonly token: TokenOfProfile | undefined;
}

interface TokenOfProfile {
  readonly id: string;
  readonly name: string;
  /** ISO 8601; `null`: never. */
  readonly expiresAt: string | null;
}

/** Throws a TypeError that names the field that is wrong. */
export function parseProfile(body: Record<string, unknown>): Profile {
  const { organizations: others, session, token } = body;
  return {
    user: { id: stringField(body, 'id'), email: stringField(body, 'email'), name: stringField(body, 'name') },
    organization: membership(recordField(body, 'organization')),
    organizations: Array.isArray(others) ? others.filter(isRecord).map(membership) : [],
    sessionExpiresAt: isRecord(session) ? timeField(session, 'expiresAt') : undefined,
    token: isRecord(token) ? tokenOf(token) : undefined,
  };
}

function membership(record: Record<string, unknown>): Membership {
  const role = record['role'];
  return {
    id: stringField(record, 'id'),
    name: stringField(record, 'name'),
    role: typeof role === 'string' ? role : undefined,
  };
}

function tokenOf(record: Record<string, unknown>): TokenOfProfile {
  return {
    id: stringField(record, 'id'),
    name: stringField(record, 'name'),
    expiresAt: timeOrNull(record, 'expiresAt'),
  };
}
