// GET /api/users/me: who the credential belongs to, as the server says now.
import { isRecord, recordField, stringField } from './json.ts';

export interface Membership {
  readonly id: string;
  readonly name: string;
  readonly role: string | undefined;
}

export interface Profile {
  /** Absent for an organization's token, which belongs to no person. */
  readonly user: { readonly id: string; readonly email: string; readonly name: string } | undefined;
  readonly organization: Membership;
  readonly organizations: readonly Membership[];
  /** ISO 8601; for a sign-in only: when it ends however often it is renewed. */
  readonly sessionExpiresAt: string | undefined;
  /** ISO 8601; for a token only; undefined also when it doesn't expire. */
  readonly tokenExpiresAt: string | undefined;
}

/** Throws a TypeError that names the field that is wrong. */
export function parseProfile(body: Record<string, unknown>): Profile {
  const others = body['organizations'];
  return {
    user:
      typeof body['email'] === 'string'
        ? { id: stringField(body, 'id'), email: body['email'], name: stringField(body, 'name') }
        : undefined,
    organization: membership(recordField(body, 'organization')),
    organizations: Array.isArray(others) ? others.filter(isRecord).map(membership) : [],
    sessionExpiresAt: endOf(body['session']),
    tokenExpiresAt: endOf(body['token']),
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

function endOf(value: unknown): string | undefined {
  return isRecord(value) && typeof value['expiresAt'] === 'string' ? value['expiresAt'] : undefined;
}
