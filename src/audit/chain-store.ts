// SQL of the chains that link audit records: their heads, links and seals. The links themselves are written by triggers
// (migration 0004_audit.sql).
import { first, type Queryable } from '../database/database.ts';
import type { RecordTexts } from './chain.ts';

export interface Chain {
  readonly name: string;
  /** The head: number and hash of the last record. */
  readonly seq: number;
  readonly hash: Buffer;
  /** Of the last record that was removed when its time was over; 0 and zeros: none. */
  readonly baseSeq: number;
  readonly baseHash: Buffer;
  readonly sealedSeq: number;
}

export interface Link {
  readonly seq: number;
  readonly recordId: number;
  readonly hash: Buffer;
  /** Null: there is no such record. */
  readonly record: RecordTexts | null;
}

export interface Seal {
  readonly chain: string;
  readonly seq: number;
  readonly hash: Buffer;
  readonly sealedAt: Date;
  readonly mac: Buffer;
}

export interface SealRound {
  readonly number: number;
  readonly digest: Buffer;
  readonly sealedAt: Date;
  readonly mac: Buffer;
}

const CHAIN = `chain AS name, seq, hash, base_seq AS "baseSeq", base_hash AS "baseHash", sealed_seq AS "sealedSeq"`;
const SEAL = `chain, seq, hash, sealed_at AS "sealedAt", mac`;
const RECORD_TEXTS = `json_build_object('id', r.id::text, 'at', (extract(epoch FROM r.at) * 1000000)::bigint::text, 'action', r.action,
  'outcome', r.outcome, 'organizationId', r.organization_id, 'actorId', r.actor_id, 'credential', r.credential,
  'target', r.target, 'address', r.address, 'userAgent', r.user_agent, 'requestId', r.request_id, 'details', r.details::text)`;

/** All statements of the transaction see the database as it is at its first one. To be called before any other. */
export async function freezeView(transaction: Queryable): Promise<void> {
  await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
}

export async function listChains(on: Queryable): Promise<readonly Chain[]> {
  return (await on.query<Chain>(`SELECT ${CHAIN} FROM audit_chains ORDER BY chain COLLATE "C"`)).rows;
}

/** Those that have grown since their last seal; in the order in which their heads are locked, as audit_link() does. */
export async function listUnsealedChains(on: Queryable): Promise<readonly Chain[]> {
  return (await on.query<Chain>(`SELECT ${CHAIN} FROM audit_chains WHERE seq > sealed_seq ORDER BY chain COLLATE "C"`))
    .rows;
}

/** Names of all that have links or seals, whether or not they have a head. */
export async function listLinkedChains(on: Queryable): Promise<readonly string[]> {
  const { rows } = await on.query<{ chain: string }>(
    'SELECT DISTINCT chain FROM audit_links UNION SELECT DISTINCT chain FROM audit_seals',
  );
  return rows.map(({ chain }) => chain);
}

export async function readLinks(on: Queryable, chain: string, after: number, limit: number): Promise<readonly Link[]> {
  const { rows } = await on.query<Link>(
    `SELECT l.seq, l.record_id AS "recordId", l.hash, CASE WHEN r.id IS NOT NULL THEN ${RECORD_TEXTS} END AS record
     FROM audit_links l LEFT JOIN audit_records r ON r.id = l.record_id
     WHERE l.chain = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3`,
    [chain, after, limit],
  );
  return rows;
}

/** A record's place in its chain. */
export interface ChainedLink {
  readonly recordId: number;
  readonly chain: string;
  readonly seq: number;
  readonly hash: Buffer;
  /** Of the record before it. */
  readonly previousHash: Buffer;
}

export async function readLinksOf(on: Queryable, recordIds: readonly number[]): Promise<readonly ChainedLink[]> {
  const { rows } = await on.query<ChainedLink>(
    `SELECT l.record_id AS "recordId", l.chain, l.seq, l.hash, coalesce(p.hash, c.base_hash) AS "previousHash"
     FROM audit_links l JOIN audit_chains c ON c.chain = l.chain
     LEFT JOIN audit_links p ON p.chain = l.chain AND p.seq = l.seq - 1 WHERE l.record_id = any($1::bigint[])`,
    [recordIds],
  );
  return rows;
}

export interface UnlinkedRecord {
  readonly id: number;
  readonly at: Date;
  readonly action: string;
}

/** The first record that is in no chain. */
export async function findUnlinkedRecord(on: Queryable): Promise<UnlinkedRecord | undefined> {
  return first(
    await on.query<UnlinkedRecord>(
      `SELECT r.id, r.at, r.action FROM audit_records r LEFT JOIN audit_links l ON l.record_id = r.id
       WHERE l.record_id IS NULL ORDER BY r.id LIMIT 1`,
    ),
  );
}

export async function readSeals(on: Queryable, chain: string): Promise<readonly Seal[]> {
  return (await on.query<Seal>(`SELECT ${SEAL} FROM audit_seals WHERE chain = $1 ORDER BY seq`, [chain])).rows;
}

/** The last ones, of all chains. */
export async function readLastSeals(on: Queryable): Promise<readonly Seal[]> {
  const { rows } = await on.query<Seal>(
    `SELECT s.chain, s.seq, s.hash, s.sealed_at AS "sealedAt", s.mac FROM audit_chains c
     JOIN audit_seals s ON s.chain = c.chain AND s.seq = c.sealed_seq ORDER BY c.chain COLLATE "C"`,
  );
  return rows;
}

export async function readSealRound(on: Queryable): Promise<SealRound | undefined> {
  return first(
    await on.query<SealRound>(
      'SELECT number, digest, sealed_at AS "sealedAt", mac FROM audit_seal_round ORDER BY number DESC LIMIT 1',
    ),
  );
}

/** One instance seals at a time. */
export async function lockSeals(transaction: Queryable): Promise<void> {
  await transaction.query('LOCK TABLE audit_seal_round IN EXCLUSIVE MODE');
}

/** False when somebody else has sealed as much of the chain. */
export async function insertSeal(on: Queryable, { chain, seq, hash, sealedAt, mac }: Seal): Promise<boolean> {
  const { count } = await on.query('UPDATE audit_chains SET sealed_seq = $2 WHERE chain = $1 AND sealed_seq < $2', [
    chain,
    seq,
  ]);
  if (count === 0) return false;
  await on.query(
    'INSERT INTO audit_seals (chain, seq, hash, sealed_at, mac) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    [chain, seq, hash, sealedAt, mac],
  );
  return true;
}

export async function replaceSealRound(on: Queryable, round: SealRound): Promise<void> {
  await on.query('DELETE FROM audit_seal_round');
  await on.query('INSERT INTO audit_seal_round (number, digest, sealed_at, mac) VALUES ($1, $2, $3, $4)', [
    round.number,
    round.digest,
    round.sealedAt,
    round.mac,
  ]);
}

/** Chains whose first record is older. */
export async function listChainsFrom(on: Queryable, before: Date): Promise<readonly string[]> {
  const { rows } = await on.query<{ chain: string }>(
    `SELECT c.chain FROM audit_chains c
     JOIN audit_links l ON l.chain = c.chain AND l.seq = c.base_seq + 1
     JOIN audit_records r ON r.id = l.record_id WHERE r.at < $1 ORDER BY c.chain`,
    [before],
  );
  return rows.map(({ chain }) => chain);
}

export interface Pruned {
  readonly records: number;
  /** The last of them. */
  readonly seq: number;
  readonly hash: Buffer;
}

/**
 * Removes a chain's records from its beginning to the first that is not older or not sealed yet, at most `limit` of them;
 * what is left begins after them. Undefined: there were none.
 */
export async function pruneChain(
  transaction: Queryable,
  chain: string,
  before: Date,
  limit: number,
): Promise<Pruned | undefined> {
  const { rows } = await transaction.query<{ baseSeq: number; sealedSeq: number }>(
    'SELECT base_seq AS "baseSeq", sealed_seq AS "sealedSeq" FROM audit_chains WHERE chain = $1 FOR UPDATE',
    [chain],
  );
  const { baseSeq, sealedSeq } = rows[0] ?? { baseSeq: 0, sealedSeq: 0 };
  const links = await transaction.query<{ seq: number; hash: Buffer; recordId: number; isOld: boolean }>(
    `SELECT l.seq, l.hash, l.record_id AS "recordId", r.at < $2 AS "isOld" FROM audit_links l
     JOIN audit_records r ON r.id = l.record_id WHERE l.chain = $1 AND l.seq > $3 AND l.seq <= $4 ORDER BY l.seq LIMIT $5`,
    [chain, before, baseSeq, sealedSeq, limit],
  );
  const end = links.rows.findIndex(({ isOld }) => !isOld);
  const old = end === -1 ? links.rows : links.rows.slice(0, end);
  const last = old.at(-1);
  if (last === undefined) return undefined;
  await transaction.query("SELECT set_config('teamday.audit_pruning', 'on', true)");
  await transaction.query('DELETE FROM audit_records WHERE id = any($1::bigint[])', [
    old.map(({ recordId }) => recordId),
  ]);
  await transaction.query('DELETE FROM audit_links WHERE chain = $1 AND seq <= $2', [chain, last.seq]);
  await transaction.query(
    'DELETE FROM audit_seals s USING audit_chains c WHERE c.chain = $1 AND s.chain = $1 AND s.seq < least($2, c.sealed_seq)',
    [chain, last.seq],
  );
  await transaction.query('UPDATE audit_chains SET base_seq = $2, base_hash = $3 WHERE chain = $1', [
    chain,
    last.seq,
    last.hash,
  ]);
  await transaction.query("SELECT set_config('teamday.audit_pruning', '', true)");
  return { records: old.length, seq: last.seq, hash: last.hash };
}
