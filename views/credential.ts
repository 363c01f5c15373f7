// An organization's credentials as its admins see them.
import type { Messages } from './messages/en.ts';
import type { ShownToken } from './tokens.ts';

export type CredentialFilter = Exclude<
  keyof Messages['credentials']['filters'],
  'show' | 'all' | 'kind' | 'kinds' | 'owner' | 'anybody' | 'apply'
>;

export type ShownCredential = ShownToken & {
  kind: 'personal' | 'organization';
  /** Of an organization's token, who made it. */
  owner: { id: string; name: string; email?: string };
  /** The visitor's own. */
  mine: boolean;
  revokedAt?: Date;
};

/** What breaks when a credential is revoked. */
export type Breakage = {
  credential: ShownCredential;
  lastAt: Date;
  /** Routes and addresses: the most frequent first. None: only the last use is known. */
  services: readonly {
    service: string;
    requests: number;
    lastAt: Date;
    routes: readonly string[];
    addresses: readonly string[];
  }[];
};

/** Where an organization's pages are. */
export function pathsOf(organizationId: string) {
  const base = `/organizations/${organizationId}`;
  return {
    credentials: `${base}/credentials`,
    revoke: `${base}/credentials/revoke`,
    incident: `${base}/incident`,
    /** `before`: the moment in ISO 8601. */
    incidentOf: (before: string) => `${base}/incident?before=${encodeURIComponent(before)}`,
    incidentFind: `${base}/incident/find`,
    incidentRevoke: `${base}/incident/revoke`,
    sessions: `${base}/sessions`,
    audit: (tokenId: string) => `${base}/audit?token=${tokenId}`,
    rotate: ({ id, kind }: ShownCredential) =>
      kind === 'organization' ? `${base}/tokens/${id}/rotate` : `/settings/api-keys/${id}/rotate`,
  };
}
