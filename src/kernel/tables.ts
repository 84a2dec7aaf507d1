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

/** Rows of a longer table that are shown: as many from its start as from its end. */
const maxRows = 20;

/** A table without styles, which every page shows its own way. */
export function htmlTable(frame: DataFrameLike): string {
  const cell = (tag: string, value: unknown) => `<${tag}>${escapeHtml(show(value))}</${tag}>`;
  const head = `<thead><tr><th></th>${frame.columns.map(name => cell('th', name)).join('')}</tr></thead>`;
  const body = rowsOf(frame).map(
    ([name, row]) => `<tr>${cell('th', name)}${row.map(value => cell('td', value)).join('')}</tr>`,
  );
  return `<table>${head}<tbody>${body.join('')}</tbody></table>${escapeHtml(note(frame))}`;
}

/** Columns aligned with blanks. */
export function textTable(frame: DataFrameLike): string {
  const rows = [['', ...frame.columns], ...rowsOf(frame).map(([name, row]) => [name, ...row])].map(row =>
    row.map(show),
  );
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  const lines = rows.map(row =>
    row
      .map((value, column) => value.padStart(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, note(frame)].filter(line => line !== '').join('\n');
}

function rowsOf({index, values}: DataFrameLike): [unknown, unknown[]][] {
  const rows = values.map((value, at): [unknown, unknown[]] => [index[at], Array.isArray(value) ? value : [value]]);
  if (rows.length <= maxRows) return rows;
  const gap: [unknown, unknown[]] = ['…', rows[0]![1].map(() => '…')];
  return [...rows.slice(0, maxRows / 2), gap, ...rows.slice(-maxRows / 2)];
}

function note({values, columns}: DataFrameLike): string {
  return values.length > maxRows ? `${values.length} rows, ${columns.length} columns` : '';
}

function show(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return String(value);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}
