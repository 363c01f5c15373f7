// A table in plain text: header, dashed line, rows. Columns are as wide as what they hold, and one of them gives way
// on a narrow terminal. What the cells say is the commands' matter.
import { harmless } from './terminal.ts';
import { padded, truncated, widthOf } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  /** It is never narrower, unless it gives way. */
  readonly width: number;
  /** For at most one column: its texts are cut where the terminal is too narrow. */
  readonly givesWay?: true;
  of(row: Row): string;
}

const GAP = 3;
const NARROWEST = 8;

/** Its lines. `available`: the terminal's columns, undefined where nothing limits a line. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  available: number | undefined,
): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.of(row))));
  const natural = columns.map(({ title, width }, index) =>
    Math.max(width, widthOf(title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  );
  const excess = available === undefined ? 0 : Math.max(0, sum(natural) + GAP * (columns.length - 1) - available);
  const widths = natural.map((width, index) =>
    columns[index]?.givesWay ? Math.max(NARROWEST, width - excess) : width,
  );
  const whole = sum(widths) + GAP * columns.length;
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => padded(truncated(text, widths[index] ?? 0), (widths[index] ?? 0) + GAP))
      .join('')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), '-'.repeat(Math.min(whole, available ?? whole)), ...cells.map(line)];
}

/** A tab would move what follows to nobody knows where. */
function oneLine(text: string): string {
  return harmless(text).replaceAll('\t', ' ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
