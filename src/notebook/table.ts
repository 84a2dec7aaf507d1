import {escapeHtml} from '../plots/report/html';
import {channel, type MimeBundle} from './channel';

/** A cell of a table. */
export type Cell = string | number | boolean | null | undefined;

/** What danfojs calls a DataFrame, as far as it is used here. */
export interface DataFrameLike {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

export interface TableOptions {
  /** Significant digits of fractions. Defaults to 4. */
  readonly digits?: number;
}

/** Shows rows, or a danfojs DataFrame, as a table under the running cell; as text where there is no page. */
export function table(
  rows: readonly Readonly<Record<string, Cell>>[] | DataFrameLike,
  options: TableOptions = {},
): void {
  const bundle = tableBundle(rows, options);
  const page = channel();
  if (page) page.display(bundle);
  else process.stdout.write(`${bundle['text/plain'] as string}\n`);
}

/** The table as HTML without styles (GitHub keeps that) and as text in columns. */
export function tableBundle(
  rows: readonly Readonly<Record<string, Cell>>[] | DataFrameLike,
  options: TableOptions = {},
): MimeBundle {
  const {columns, lines} = isFrame(rows) ? fromFrame(rows) : fromRecords(rows);
  const digits = options.digits ?? 4;
  const numeric = columns.map((_, c) =>
    lines.every(line => typeof line[c] !== 'string' && typeof line[c] !== 'boolean'),
  );
  const texts = lines.map(line => columns.map((_, c) => cellText(line[c], digits)));
  return {'text/html': asHtml(columns, texts, numeric), 'text/plain': asText(columns, texts, numeric)};
}

/** 0.123456 becomes 0.1235 with 4 digits; whole numbers stay; missing becomes a dash. */
export function cellText(value: Cell, digits: number): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}

function asHtml(columns: readonly string[], texts: readonly string[][], numeric: readonly boolean[]): string {
  const cell = (tag: string, text: string, c: number) =>
    `<${tag}${numeric[c] ? ' align="right"' : ' align="left"'}>${escapeHtml(text)}</${tag}>`;
  const head = columns.map((name, c) => cell('th', name, c)).join('');
  const body = texts.map(row => `<tr>${row.map((text, c) => cell('td', text, c)).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function asText(columns: readonly string[], texts: readonly string[][], numeric: readonly boolean[]): string {
  const widths = columns.map((name, c) => Math.max(name.length, ...texts.map(row => row[c]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((text, c) => (numeric[c] ? text.padStart(widths[c]!) : text.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  return [line(columns), widths.map(width => '─'.repeat(width)).join('  '), ...texts.map(line)].join('\n');
}

interface Grid {
  readonly columns: readonly string[];
  readonly lines: readonly Cell[][];
}

function isFrame(rows: object): rows is DataFrameLike {
  return !Array.isArray(rows) && 'columns' in rows && 'values' in rows;
}

function fromFrame(frame: DataFrameLike): Grid {
  return {
    columns: frame.columns,
    lines: frame.values.map(row => (Array.isArray(row) ? (row as Cell[]) : [row as Cell])),
  };
}

/** Columns are all keys, in the order of their first appearance. */
function fromRecords(rows: readonly Readonly<Record<string, Cell>>[]): Grid {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  return {columns, lines: rows.map(row => columns.map(name => row[name]))};
}
