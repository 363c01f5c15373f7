// Walks along a chain and computes each link again, up to the first that is not as it was written.
import { fromEpochMs } from '../clock.ts';
import type { Queryable } from '../database/database.ts';
import { sameBytes } from '../digest.ts';
import { linkHash, type RecordTexts } from './chain.ts';
import { type Link, readLinks } from './chain-store.ts';

const BATCH = 1_000;

/** What is wrong with a chain, and where it begins. */
export interface Fault {
  readonly chain: string;
  readonly kind: 'altered' | 'removed' | 'inserted' | 'moved' | 'rewritten' | 'seal';
  /** The record's number in its chain; null: it has none. */
  readonly seq: number | null;
  /** Null where nothing is left to tell. */
  readonly recordId: number | null;
  /** ISO 8601. */
  readonly at: string | null;
  readonly action: string | null;
  /** The whole of it, in words. */
  readonly message: string;
}

/** A place in a chain: the number and hash of the record there. */
export interface Place {
  readonly seq: number;
  readonly hash: Buffer;
}

interface Walk {
  /** The last place that is good. */
  readonly reached: Place;
  readonly fault: Fault | undefined;
}

/** @param onGood told of each record that is as it was written, in order */
export async function checkLinks(
  on: Queryable,
  chain: string,
  from: Place,
  onGood: (place: Place, record: RecordTexts) => void = () => {},
): Promise<Walk> {
  let reached = from;
  for (;;) {
    const links = await readLinks(on, chain, reached.seq, BATCH);
    for (const [index, link] of links.entries()) {
      const fault = faultOf(chain, reached, link, links[index + 1]);
      if (fault !== undefined) return { reached, fault };
      reached = { seq: link.seq, hash: link.hash };
      if (link.record !== null) onGood(reached, link.record);
    }
    if (links.length < BATCH) return { reached, fault: undefined };
  }
}

/** Why `link` is not what follows `previous`, or undefined. */
function faultOf(chain: string, previous: Place, link: Link, next: Link | undefined): Fault | undefined {
  const seq = previous.seq + 1;
  if (link.seq !== seq) return removed(chain, seq, link.seq - 1);
  const { record } = link;
  if (record === null) {
    const message = `record ${seq} (id ${link.recordId}) was removed`;
    return { chain, kind: 'removed', seq, recordId: link.recordId, at: null, action: null, message };
  }
  if (isLink(previous, chain, seq, record, link.hash)) return undefined;
  const belongsHere = next?.record ?? undefined;
  if (belongsHere !== undefined && next !== undefined) {
    if (isLink(previous, chain, seq, belongsHere, link.hash))
      return about('moved', chain, seq, record, 'was moved to another place');
    if (isLink(previous, chain, seq, belongsHere, next.hash))
      return about('inserted', chain, seq, record, 'was put in later');
  }
  return about('altered', chain, seq, record, 'was altered');
}

function isLink(previous: Place, chain: string, seq: number, record: RecordTexts, hash: Buffer): boolean {
  return sameBytes(linkHash(previous.hash, chain, seq, record), hash);
}

/** Records of which nothing is left. */
export function removed(chain: string, first: number, last: number): Fault {
  const which = first === last ? `record ${first} was removed` : `records ${first} to ${last} were removed`;
  return { chain, kind: 'removed', seq: first, recordId: null, at: null, action: null, message: which };
}

export function about(
  kind: Fault['kind'],
  chain: string,
  seq: number | null,
  record: RecordTexts,
  what: string,
): Fault {
  const { action } = record;
  const recordId = Number(record.id);
  const at = fromEpochMs(Math.floor(Number(record.at) / 1_000)).toISOString();
  const which = seq === null ? `record id ${recordId}` : `record ${seq} (id ${recordId})`;
  return { chain, kind, seq, recordId, at, action, message: `${which}, ${action} at ${at}, ${what}` };
}
