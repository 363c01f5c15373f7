// Whether the audit log is what was written to it: every link of every chain is computed again, and every seal. Names the
// first record of each chain that was altered, removed or put in.
import type { KeyObject } from 'node:crypto';
import type { Database, Queryable } from '../database/database.ts';
import { sameBytes } from '../digest.ts';
import { BEGINNING, type RecordTexts } from './chain.ts';
import * as store from './chain-store.ts';
import { about, checkLinks, type Fault, type Place, removed } from './check-links.ts';
import { pruningMac, roundFault, sealFault, sealMac } from './seals.ts';

export interface ChainReport {
  readonly name: string;
  /** That are there. */
  readonly records: number;
  readonly head: Place;
  readonly lastSeal: store.Seal | undefined;
  readonly fault: Fault | undefined;
}

export interface Verification {
  readonly chains: readonly ChainReport[];
  readonly round: store.SealRound | undefined;
  /** The first of each chain, and those that are of none. */
  readonly faults: readonly Fault[];
}

/** @param key of the seals */
export function verifyAuditLog(database: Database, key: KeyObject): Promise<Verification> {
  return database.transaction(async (transaction) => {
    await store.freezeView(transaction);
    const chains: ChainReport[] = [];
    const known = await store.listChains(transaction);
    for (const chain of known) chains.push(await verifyChain(transaction, chain, key));
    const faults = chains.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));

    const names = new Set(known.map(({ name }) => name));
    for (const name of await store.listLinkedChains(transaction)) {
      if (!names.has(name)) faults.push(other(name, 'seal', 'the head of this chain was removed'));
    }
    const unlinked = await store.findUnlinkedRecord(transaction);
    if (unlinked !== undefined) {
      const { id, at, action } = unlinked;
      const message = `record id ${id}, ${action} at ${at.toISOString()}, was put in past the chain`;
      faults.push({ chain: '-', kind: 'inserted', seq: null, recordId: id, at: at.toISOString(), action, message });
    }
    const round = await store.readSealRound(transaction);
    const ofRound = roundFault(round, await store.readLastSeals(transaction), key);
    if (ofRound !== undefined) faults.push(ofRound);
    return { chains, round, faults };
  });
}

async function verifyChain(on: Queryable, chain: store.Chain, key: KeyObject): Promise<ChainReport> {
  const { name, seq, hash } = chain;
  const seals = await store.readSeals(on, name);
  const base = { seq: chain.baseSeq, hash: chain.baseHash };
  let prunedThrough = 0;
  let next = 0;
  let sealedThrough = base.seq;
  let broken: Fault | undefined;
  const compare = (place: Place, record: RecordTexts | undefined) => {
    for (; (seals[next]?.seq ?? Number.POSITIVE_INFINITY) <= place.seq; next += 1) {
      const seal = seals[next];
      if (seal === undefined || broken !== undefined || seal.seq < place.seq) continue;
      if (!sameBytes(seal.mac, sealMac(seal, key))) broken = sealFault(name, seal.seq, 'was altered');
      else if (!sameBytes(seal.hash, place.hash)) broken = rewritten(name, sealedThrough + 1, seal, record);
      else sealedThrough = seal.seq;
    }
  };
  compare(base, undefined);
  const { reached, fault } = await checkLinks(on, name, base, (place, record) => {
    if (record.action === 'audit.pruned') prunedThrough = prunedThroughOf(name, record, key) ?? prunedThrough;
    compare(place, record);
  });
  const lastSeal = seals.at(-1);
  const end = Math.max(seq, lastSeal?.seq ?? 0, chain.sealedSeq);
  return {
    name,
    records: reached.seq - base.seq,
    head: { seq, hash },
    lastSeal,
    fault:
      broken ??
      fault ??
      (base.seq !== prunedThrough && base.seq > 0 ? removed(name, prunedThrough + 1, base.seq) : undefined) ??
      (base.seq === 0 && !sameBytes(base.hash, BEGINNING)
        ? other(name, 'altered', 'its beginning was altered')
        : undefined) ??
      (reached.seq < end ? removed(name, reached.seq + 1, end) : undefined) ??
      (reached.seq > seq || !sameBytes(reached.hash, hash)
        ? other(name, 'altered', 'the head of this chain was altered')
        : undefined) ??
      (chain.sealedSeq > 0 && lastSeal?.seq !== chain.sealedSeq
        ? sealFault(name, chain.sealedSeq, 'was removed')
        : undefined),
  };
}

/** The chain is whole in itself, but not the one that was sealed. */
function rewritten(chain: string, from: number, seal: store.Seal, record: RecordTexts | undefined): Fault {
  const what = `was rewritten: one of the records ${from} to ${seal.seq} is not what was sealed at ${seal.sealedAt.toISOString()}`;
  if (record !== undefined && from === seal.seq) return about('rewritten', chain, seal.seq, record, 'was rewritten');
  return other(chain, 'rewritten', `this chain ${what}`, from);
}

/** As the server removed them: anybody who can write to the database can write such a record, but not its HMAC. */
function prunedThroughOf(chain: string, { details }: RecordTexts, key: KeyObject): number | undefined {
  const { throughSeq, hash, mac } = JSON.parse(details) as Readonly<Record<string, unknown>>;
  if (typeof throughSeq !== 'number' || typeof hash !== 'string' || typeof mac !== 'string') return undefined;
  const expected = pruningMac(chain, { seq: throughSeq, hash: Buffer.from(hash, 'hex') }, key);
  return sameBytes(Buffer.from(mac, 'hex'), expected) ? throughSeq : undefined;
}

function other(chain: string, kind: Fault['kind'], message: string, seq: number | null = null): Fault {
  return { chain, kind, seq, recordId: null, at: null, action: null, message };
}
