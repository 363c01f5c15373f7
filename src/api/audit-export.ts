// Exports of the audit log: JSON Lines, which `teamday-identity audit verify --file` can check, and CSV for spreadsheets.
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { ExportedRecord } from '../trail/trail.ts';
import { recordAnswer } from './audit-answers.ts';

type Format = 'csv' | 'jsonl';

const TYPES: Readonly<Record<Format, string>> = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson' };

/** Answers with a file, written as fast as it is taken. */
export function answerExport(ctx: Context, format: Format, batches: AsyncIterable<readonly ExportedRecord[]>): void {
  ctx.status = 200;
  ctx.set('content-type', TYPES[format]);
  ctx.set('content-disposition', `attachment; filename="audit.${format}"`);
  ctx.set('cache-control', 'no-store');
  ctx.set('x-content-type-options', 'nosniff');
  ctx.body = Readable.from(textOf(format, batches), { objectMode: false });
}

async function* textOf(format: Format, batches: AsyncIterable<readonly ExportedRecord[]>): AsyncGenerator<string> {
  const line = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for await (const records of batches) if (records.length > 0) yield records.map(line).join('');
}

function jsonLine({ link, ...record }: ExportedRecord): string {
  const { chain, seq, previousHash, hash } = link ?? {};
  const place = { chain, seq, previousHash: previousHash?.toString('hex'), hash: hash?.toString('hex') };
  return `${JSON.stringify({ ...recordAnswer(record), ...place })}\n`;
}

const COLUMNS: readonly (readonly [name: string, of: (record: ExportedRecord) => string | null])[] = [
  ['at', ({ at }) => at.toISOString()],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['actor_id', ({ actorId }) => actorId],
  ['actor_name', ({ actorName }) => actorName],
  ['credential', ({ credential }) => credential],
  ['target', ({ target }) => target],
  ['person_id', ({ personId }) => personId],
  ['person_name', ({ personName }) => personName],
  ['organization_id', ({ organizationId }) => organizationId],
  ['address', ({ address }) => address],
  ['user_agent', ({ userAgent }) => userAgent],
  ['request_id', ({ requestId }) => requestId],
  ['details', ({ details }) => JSON.stringify(details)],
  ['id', ({ id }) => String(id)],
];

/** RFC 4180. */
function csvLine(record: ExportedRecord): string {
  return `${COLUMNS.map(([, of]) => cell(of(record) ?? '')).join(',')}\r\n`;
}

/**
 * A spreadsheet takes what begins like a formula for one: an apostrophe makes it text. So also behind a semicolon, which is
 * what Excel takes for the end of a cell in Czech and most of Europe's languages.
 */
function cell(text: string): string {
  const inert = text.replaceAll(/^(?=[\t\r\n])|(?<=^|[;\t\r\n])(?=[=+\-@])/g, "'");
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
