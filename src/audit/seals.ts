// Seals: what the server vouches for, by an HMAC under a key that is not in the database. Whoever can write to the
// database can compute the chains anew, but no seal; so what was sealed can't be changed unnoticed.
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { sameBytes } from '../digest.ts';
import { BEGINNING, fieldsText } from './chain.ts';
import * as store from './chain-store.ts';
import { checkLinks, type Fault, type Place, removed } from './check-links.ts';

export function sealMac({ chain, seq, hash, sealedAt }: Omit<store.Seal, 'mac'>, key: KeyObject): Buffer {
  const text = fieldsText([chain, String(seq), hash.toString('hex'), sealedAt.toISOString()]);
  return createHmac('sha256', key).update(`seal 1${text}`).digest();
}

function roundMac({ number, digest, sealedAt }: Omit<store.SealRound, 'mac'>, key: KeyObject): Buffer {
  const text = fieldsText([String(number), digest.toString('hex'), sealedAt.toISOString()]);
  return createHmac('sha256', key).update(`round 1${text}`).digest();
}

/** Over what a pruning leaves behind: the number and hash of the last record that it removed. */
export function pruningMac(chain: string, { seq, hash }: Place, key: KeyObject): Buffer {
  const text = fieldsText([chain, String(seq), hash.toString('hex')]);
  return createHmac('sha256', key).update(`pruned 1${text}`).digest();
}

/** Over the last seals of all chains. */
function roundDigest(lastSeals: readonly store.Seal[]): Buffer {
  const hash = createHash('sha256');
  for (const { chain, mac } of lastSeals) hash.update(fieldsText([chain, mac.toString('hex')]));
  return hash.digest();
}

/** What a round of sealing came to. */
export interface Sealing {
  /** Undefined: there was nothing new to seal. */
  readonly round: store.SealRound | undefined;
  readonly seals: readonly store.Seal[];
  /** Of chains that are not what they were: these are sealed no further. */
  readonly faults: readonly Fault[];
}

/** Seals every chain that has grown, up to where it is now, after looking at all that has come since its last seal. */
export async function sealChains(database: Database, clock: Clock, key: KeyObject): Promise<Sealing> {
  const faults: Fault[] = [];
  const due: store.Seal[] = [];
  const chains = await store.listUnsealedChains(database);
  if (chains.length === 0) return { round: undefined, seals: [], faults };
  const lastSeals = new Map((await store.readLastSeals(database)).map((seal) => [seal.chain, seal]));
  for (const chain of chains) {
    const from = placeToGoOnFrom(chain, lastSeals.get(chain.name), key);
    const { reached, fault } =
      'kind' in from ? { reached: chain, fault: from } : await checkLinks(database, chain.name, from);
    const missing = fault ?? (reached.seq < chain.seq ? removed(chain.name, reached.seq + 1, chain.seq) : undefined);
    if (missing === undefined) due.push(sealed({ chain: chain.name, ...reached, sealedAt: clock.now() }, key));
    else if (await isStill(database, chain)) faults.push(missing);
  }
  if (due.length === 0) return { round: undefined, seals: [], faults };
  return await database.transaction(async (transaction) => {
    await store.lockSeals(transaction);
    const last = await store.readSealRound(transaction);
    // What this round is over must be what the last one was over: else what was taken away would be missed no more.
    const amiss = roundFault(last, await store.readLastSeals(transaction), key);
    if (amiss !== undefined) return { round: undefined, seals: [], faults: [...faults, amiss] };
    const seals: store.Seal[] = [];
    for (const seal of due) if (await store.insertSeal(transaction, seal)) seals.push(seal);
    if (seals.length === 0) return { round: undefined, seals, faults }; // another instance was first
    const number = (last?.number ?? 0) + 1;
    const content = { number, digest: roundDigest(await store.readLastSeals(transaction)), sealedAt: clock.now() };
    const round = { ...content, mac: roundMac(content, key) };
    await store.replaceSealRound(transaction, round);
    return { round, seals, faults };
  });
}

/** Whether the last round is still over the last seals of all chains. */
export function roundFault(
  round: store.SealRound | undefined,
  lastSeals: readonly store.Seal[],
  key: KeyObject,
): Fault | undefined {
  if (round === undefined)
    return lastSeals.length > 0 ? faultOfRounds('the last round of seals was removed') : undefined;
  if (!sameBytes(round.mac, roundMac(round, key)))
    return faultOfRounds(`the round of seals ${round.number} was altered`);
  if (sameBytes(round.digest, roundDigest(lastSeals))) return undefined;
  const at = round.sealedAt.toISOString();
  return faultOfRounds(
    `a chain or its last seal was removed or put back since round ${round.number} sealed them at ${at}`,
  );
}

function faultOfRounds(message: string): Fault {
  return { chain: '-', kind: 'seal', seq: null, recordId: null, at: null, action: null, message };
}

/** Not so: another instance has sealed or pruned it while we looked. */
async function isStill(database: Database, { name, baseSeq, sealedSeq }: store.Chain): Promise<boolean> {
  const now = (await store.listChains(database)).find((chain) => chain.name === name);
  return now?.baseSeq === baseSeq && now.sealedSeq === sealedSeq;
}

/** The chain's last seal, or where it begins; a fault when the seal is not ours or gone. */
function placeToGoOnFrom(chain: store.Chain, seal: store.Seal | undefined, key: KeyObject) {
  const base = { seq: chain.baseSeq, hash: chain.baseHash };
  if (chain.sealedSeq === 0) return base.seq === 0 ? { seq: 0, hash: BEGINNING } : base;
  if (seal === undefined) return sealFault(chain.name, chain.sealedSeq, 'was removed');
  if (!sameBytes(seal.mac, sealMac(seal, key)))
    return sealFault(chain.name, seal.seq, 'is not one that this server made');
  return seal.seq < base.seq ? base : seal;
}

export function sealFault(chain: string, seq: number, what: string): Fault {
  const message = `the seal of record ${seq} ${what}`;
  return { chain, kind: 'seal', seq, recordId: null, at: null, action: null, message };
}

function sealed(content: Omit<store.Seal, 'mac'>, key: KeyObject): store.Seal {
  return { ...content, mac: sealMac(content, key) };
}
