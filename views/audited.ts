// The audit log as the pages show it.

export type Outcome = 'success' | 'denied' | 'failure';

export type ShownRecord = {
  id: number;
  at: Date;
  /** `token.revoked` */
  action: string;
  outcome: Outcome;
  /** Name, or id where it is not known any more. Left out: nobody who could be known. */
  actor?: string;
  /** Whom it was about, where that is somebody else. */
  person?: string;
  /** `session:ses_…`, `command` */
  credential?: string;
  /** `token:tok_…` */
  target: string;
  address?: string;
  userAgent?: string;
  details: readonly { name: string; value: string }[];
};

export type ShownUsage = {
  service: string;
  method: string | undefined;
  route: string | undefined;
  address: string | undefined;
  requests: number;
  firstAt: Date;
  lastAt: Date;
};

/** The token that is asked about, whatever has become of it. */
export type AuditedToken = {
  id: string;
  name: string;
  preview: string;
  /** Name of its person; left out: it is the organization's. */
  owner?: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  revoked?: { at: Date; reason: string };
  lastUsed?: { at: Date; address?: string };
};

/** What is looked for, as it was typed. */
export type AuditFilter = Partial<Record<'token' | 'session' | 'user' | 'action' | 'since' | 'until', string>>;

/** Addresses of the organization's audit log. */
export function auditAddress(organizationId: string, query: AuditFilter & { cursor?: string } = {}): string {
  return withQuery(`/organizations/${organizationId}/audit`, query);
}

export function exportAddress(organizationId: string, query: AuditFilter, format: 'csv' | 'jsonl'): string {
  return withQuery(`/organizations/${organizationId}/audit/export`, { format, ...query });
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const given = new URLSearchParams(query).toString();
  return given === '' ? path : `${path}?${given}`;
}
