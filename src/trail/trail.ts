// What may be read of the audit log and of what credentials were used for: by an organization's admins all that belongs to
// it, by a person what became of their own tokens. Who asks is the routes' matter.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { type ChainedLink, readLinksOf } from '../audit/chain-store.ts';
import {
  type AccountRecords,
  type Position,
  type ReadRecord,
  type RecordQuery,
  searchRecords,
} from '../audit/record-store.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { type Usage, usageOf } from '../usage/usage-store.ts';
import {
  findMember,
  findMemberByEmail,
  findTokenOfOrganization,
  findTokenOfPerson,
  type TokenFacts,
} from './trail-store.ts';

export interface TrailQuery extends Omit<RecordQuery, 'subject'> {
  readonly tokenId?: string | undefined;
  readonly sessionId?: string | undefined;
}

interface PageWanted {
  readonly before: Position | undefined;
  readonly limit: number;
}

export interface TrailPage {
  readonly records: readonly ReadRecord[];
  /** Undefined: these were the last. */
  readonly next: Position | undefined;
}

/** What a credential was used for, as far as it was told and is still known. */
export interface CredentialTrail extends TrailPage {
  /** Undefined: there was none such, or it is a session. */
  readonly token: TokenFacts | undefined;
  /** The ways in which it was used, the last used first. */
  readonly usage: readonly Usage[];
}

export interface ExportedRecord extends ReadRecord {
  /** Undefined for records that belong to no organization: they are part of another chain. */
  readonly link: ChainedLink | undefined;
}

export interface Trail {
  /** Of an organization. With a token or a session also its usage. */
  search(organizationId: string, query: TrailQuery, page: PageWanted): Promise<TrailPage>;
  credential(organizationId: string, query: TrailQuery, page: PageWanted): Promise<CredentialTrail>;
  /** Undefined: that person never had such a token. */
  ownToken(
    personId: string,
    tokenId: string,
    query: TrailQuery,
    page: PageWanted,
  ): Promise<CredentialTrail | undefined>;
  /** All that match, some at a time; that they were exported is recorded first. */
  export(
    organizationId: string,
    query: TrailQuery,
    format: string,
    actor: Actor,
  ): Promise<AsyncIterable<readonly ExportedRecord[]>>;
  /** Undefined: no member has this address. */
  memberByEmail(organizationId: string, email: string): Promise<string | undefined>;
}

/**
 * What an organization may see of its members' accounts, which are of no organization: that somebody signed in, or tried to,
 * since they joined. From where is shown only while it is their only organization.
 */
const ACCOUNT_ACTIONS = [
  'sign_in.failed',
  'session.created',
  'session.ended',
  'login.denied',
  'password.set',
  'person.disabled',
  'person.enabled',
];

/** More ways of using one credential than anybody reads. */
export const MOST_USAGE = 1_000;
const EXPORT_BATCH = 500;

export function createTrail(database: Database, clock: Clock): Trail {
  async function search(organizationId: string, query: TrailQuery, { before, limit }: PageWanted): Promise<TrailPage> {
    const { tokenId, sessionId, ...rest } = query;
    if (tokenId !== undefined && sessionId !== undefined) return { records: [], next: undefined }; // never both
    const subject = tokenId === undefined ? sessionId && `session:${sessionId}` : `token:${tokenId}`;
    const { account, isHidden } = await accountRecords(organizationId, query);
    const found = await searchRecords(database, organizationId, { ...rest, subject }, before, limit + 1, account);
    const records = found.slice(0, limit).map((record) => (isHidden(record) ? withoutPlace(record) : record));
    const last = records.at(-1);
    return { records, next: found.length > limit && last !== undefined ? { at: last.at, id: last.id } : undefined };
  }

  async function accountRecords(organizationId: string, { personId, tokenId, sessionId }: TrailQuery) {
    const isOfPerson = personId !== undefined && tokenId === undefined && sessionId === undefined;
    const member = isOfPerson ? await findMember(database, organizationId, personId) : undefined;
    const account: AccountRecords | undefined = member && { actions: ACCOUNT_ACTIONS, since: member.since };
    return { account, isHidden: (record: ReadRecord) => record.organizationId === null && member?.isOnly !== true };
  }

  function usage(credential: string, organizationId: string | undefined, { since, until }: TrailQuery) {
    return usageOf(database, [credential], organizationId, { since, until }, MOST_USAGE);
  }

  return {
    search,

    async credential(organizationId, query, page) {
      const { tokenId, sessionId } = query;
      const token = tokenId && (await findTokenOfOrganization(database, organizationId, tokenId));
      const name = tokenId === undefined ? `session:${sessionId}` : `token:${tokenId}`;
      const used = await usage(name, organizationId, query);
      return { ...(await search(organizationId, query, page)), token: token || undefined, usage: used };
    },

    async ownToken(personId, tokenId, query, page) {
      const token = await findTokenOfPerson(database, personId, tokenId);
      if (token === undefined) return undefined;
      const { records, next } = await search(token.organizationId, { ...query, tokenId }, page);
      const seen = records.map((record) => (record.actorId === personId ? record : withoutPlace(record)));
      return { records: seen, next, token, usage: await usage(`token:${tokenId}`, undefined, query) };
    },

    async export(organizationId, query, format, actor) {
      const { since, until, ...rest } = query;
      await database.transaction((transaction) =>
        recordAct(transaction, clock.now(), {
          action: 'audit.exported',
          target: `organization:${organizationId}`,
          organizationId,
          actor,
          details: { format, since: since?.toISOString() ?? null, until: until?.toISOString() ?? null, ...given(rest) },
        }),
      );
      return batches(organizationId, query);
    },

    memberByEmail: (organizationId, email) => findMemberByEmail(database, organizationId, email),
  };

  /** Newest first, each batch read when it is wanted. */
  async function* batches(organizationId: string, query: TrailQuery): AsyncGenerator<readonly ExportedRecord[]> {
    let before: Position | undefined;
    do {
      const { records, next } = await search(organizationId, query, { before, limit: EXPORT_BATCH });
      const own = records.filter((record) => record.organizationId !== null).map(({ id }) => id);
      const links = new Map((await readLinksOf(database, own)).map((link) => [link.recordId, link]));
      yield records.map((record) => ({ ...record, link: links.get(record.id) }));
      before = next;
    } while (before !== undefined);
  }
}

/** Somebody else's doing, or at another organization: that it was done, not from where and by what. */
function withoutPlace(record: ReadRecord): ReadRecord {
  return { ...record, credential: null, address: null, userAgent: null, requestId: null };
}

function given(query: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
