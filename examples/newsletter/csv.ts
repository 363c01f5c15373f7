/**
 * CSV (RFC 4180) as rows of cells, empty lines left out: commas, quoted cells, quotes doubled within them. Undefined
 * where quotes stand in no pairs, or in the middle of a cell.
 */
export function parseCsv(csv: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let read = 0;
  for (const [whole, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy)) {
    read += whole.length;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
  }
  return read === csv.length ? rows : undefined;
}
