/** Rows of a benchmark, kept in a JSON file as they are made, so that a run that was stopped goes on where it was. */
import {existsSync, readFileSync} from 'node:fs';
import {writeFileWhole} from '../src/core/files';

export class KeptRows<Row extends object> {
  private rows: readonly Row[];

  /** @param fresh forgets the rows that the file holds. */
  constructor(
    private readonly file: string,
    fresh: boolean,
  ) {
    this.rows = !fresh && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as {rows: Row[]}).rows : [];
  }

  all(): readonly Row[] {
    return this.rows;
  }

  /** Whether a row with these values is there. */
  has(values: Partial<Row>): boolean {
    const names = Object.keys(values) as (keyof Row)[];
    return this.rows.some(row => names.every(name => row[name] === values[name]));
  }

  add(row: Row): void {
    this.rows = [...this.rows, row];
    const lines = this.rows.map(each => `    ${JSON.stringify(each)}`).join(',\n');
    writeFileWhole(this.file, `{\n  "rows": [\n${lines}\n  ]\n}\n`);
  }
}
