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
  /** Goes to a second line of each row where the terminal is too narrow for all in one. */
  readonly below?: true;
  of(row: Row): string;
}

const GAP = 3;
const NARROWEST = 8;
const INDENT = '  ';

/** Its lines. `available`: the terminal's columns, undefined where nothing limits a line. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  available: number | undefined,
): string[] {
  const below = columns.filter((column) => column.below);
  if (below.length === 0 || excessOf(widthsOf(columns, rows), available) === 0) return rowsOf(columns, rows, available);
  const beside = columns.filter((column) => !column.below);
  const [header = '', dashes = '', ...lines] = rowsOf(beside, rows, available);
  const second = (texts: readonly string[]) => INDENT + texts.join(' '.repeat(GAP));
  return [
    header,
    second(below.map(({ title }) => title)),
    dashes,
    ...rows.flatMap((row, index) => [lines[index] ?? '', second(below.map((column) => oneLine(column.of(row))))]),
  ];
}

function rowsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], available: number | undefined): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.of(row))));
  const natural = widthsOf(columns, rows);
  const excess = excessOf(natural, available);
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

function widthsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map((column) =>
    Math.max(column.width, widthOf(column.title), ...rows.map((row) => widthOf(oneLine(column.of(row))))),
  );
}

/** How much wider than the terminal a line would be. */
function excessOf(widths: readonly number[], available: number | undefined): number {
  return available === undefined ? 0 : Math.max(0, sum(widths) + GAP * (widths.length - 1) - available);
}

/** A tab would move what follows to nobody knows where. */
function oneLine(text: string): string {
  return harmless(text).replaceAll('\t', ' ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
