/** danfojs data frames and series as tables. Recognised by their members, so that danfojs is not loaded here. */

export interface DataFrameLike {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly values: readonly unknown[];
  readonly shape: readonly number[];
}

export function isDataFrame(value: unknown): value is DataFrameLike {
  if (typeof value !== 'object' || value === null || !('$data' in value)) return false;
  const {columns, index, values} = value as Partial<DataFrameLike>;
  return Array.isArray(columns) && Array.isArray(index) && Array.isArray(values);
}

/** Rows and columns of a larger table that are shown: as many from its start as from its end. */
const maxRows = 20;
const maxColumns = 30;

/** A table without styles, which every page shows its own way. */
export function htmlTable(frame: DataFrameLike): string {
  const [header, ...rows] = cellsOf(frame);
  const row = (tag: string, [name, ...values]: readonly string[]) =>
    `<tr><th>${escapeHtml(name!)}</th>${values.map(value => `<${tag}>${escapeHtml(value)}</${tag}>`).join('')}</tr>`;
  const head = `<thead>${row('th', header!)}</thead>`;
  return `<table>${head}<tbody>${rows.map(cells => row('td', cells)).join('')}</tbody></table>${note(frame)}`;
}

/** Columns aligned with blanks. */
export function textTable(frame: DataFrameLike): string {
  const rows = cellsOf(frame);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  const lines = rows.map(row =>
    row
      .map((value, column) => value.padStart(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, note(frame)].filter(line => line !== '').join('\n');
}

/** The header and the rows that are shown, each beginning with its name. */
function cellsOf({columns, index, values}: DataFrameLike): string[][] {
  const shownColumns = ends(columns.length, maxColumns);
  const pick = (row: readonly unknown[]) => shownColumns.map(column => (column === null ? '…' : show(row[column])));
  const rows = ends(values.length, maxRows).map(at => {
    if (at === null) return ['…', ...shownColumns.map(() => '…')];
    const value = values[at];
    return [show(index[at]), ...pick(Array.isArray(value) ? value : [value])];
  });
  return [['', ...pick(columns)], ...rows];
}

/** Positions 0 to count - 1; of many only both ends, with null for what is between. */
function ends(count: number, limit: number): (number | null)[] {
  const range = (from: number, to: number) => Array.from({length: to - from}, (_, i) => from + i);
  if (count <= limit) return range(0, count);
  return [...range(0, limit / 2), null, ...range(count - limit / 2, count)];
}

function note({values, columns}: DataFrameLike): string {
  const isWhole = values.length <= maxRows && columns.length <= maxColumns && values.length > 0;
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return isWhole ? '' : `${counted(values.length, 'row')}, ${counted(columns.length, 'column')}`;
}

function show(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return String(value);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}
