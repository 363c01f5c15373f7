// Checks an export of the audit log in JSON Lines against itself: each record against its hash, and where two follow each
// other in their chain, the one against the other. That nothing was left out only the database can tell.
import { parseTime } from '../clock.ts';
import { jsonbText, linkHash, type RecordTexts } from './chain.ts';

export interface ExportCheck {
  readonly records: number;
  /** Places where records of a chain are missing. */
  readonly gaps: number;
  /** Lines without a place in the organization's chain. */
  readonly unchecked: number;
  /** The first that is wrong. */
  readonly fault: string | undefined;
}

interface ExportedLine {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly organizationId: string | null;
  readonly actor: { readonly id: string } | null;
  readonly credential: string | null;
  readonly target: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly chain?: string;
  readonly seq?: number;
  readonly previousHash?: string;
  readonly hash?: string;
}

/** @throws SyntaxError for what is no JSON; the file's own errors */
export async function verifyExport(lines: AsyncIterable<string>): Promise<ExportCheck> {
  const places = new Map<string, { readonly hash: string; readonly previousHash: string }>();
  const count = { records: 0, unchecked: 0 };
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    const line = JSON.parse(text) as ExportedLine;
    const { chain, seq, hash, previousHash } = line;
    if (chain === undefined || seq === undefined || hash === undefined || previousHash === undefined) {
      count.unchecked += 1;
      continue;
    }
    const computed = linkHash(Buffer.from(previousHash, 'hex'), chain, seq, textsOf(line)).toString('hex');
    const [before, after] = [places.get(`${chain} ${seq - 1}`), places.get(`${chain} ${seq + 1}`)];
    const follows = (before?.hash ?? previousHash) === previousHash && (after?.previousHash ?? hash) === hash;
    if (computed !== hash || !follows || places.has(`${chain} ${seq}`)) {
      const fault = `line ${number}: record ${seq} (id ${line.id}), ${line.action} at ${line.at}, was altered`;
      return { ...count, gaps: 0, fault };
    }
    count.records += 1;
    places.set(`${chain} ${seq}`, { hash, previousHash });
  }
  return { ...count, gaps: gapsIn([...places.keys()]), fault: undefined };
}

function gapsIn(places: readonly string[]): number {
  const known = new Set(places);
  const ends = places.filter((place) => {
    const [chain, seq] = place.split(' ');
    return !known.has(`${chain} ${Number(seq) + 1}`);
  });
  return ends.length - new Set(places.map((place) => place.split(' ')[0])).size;
}

function textsOf({ id, at, actor, details, ...line }: ExportedLine): RecordTexts {
  const milliseconds = parseTime(at)?.getTime();
  return {
    ...line,
    id: String(id),
    at: `${milliseconds}000`,
    actorId: actor?.id ?? null,
    details: jsonbText(details),
  };
}
