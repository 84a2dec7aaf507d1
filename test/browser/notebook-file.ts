/** Notebook files: made for a test, and read back. */
import {readFileSync, writeFileSync} from 'node:fs';

export interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
export interface Cell {
  readonly cell_type: string;
  readonly source: string | string[];
  readonly outputs?: readonly Output[];
}
export interface NotebookFile {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A notebook that knows its kernel's name and nothing else of it. */
export function writeNotebook(file: string, cells: readonly string[]): void {
  const notebook = {
    cells: cells.map((source, i) => ({
      cell_type: 'code',
      id: `cell-${i}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: {kernelspec: {display_name: 'TypeScript', name: 'multimodal-gan'}},
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, JSON.stringify(notebook));
}

/** A copy without outputs, so that nothing old can be taken for a result. */
export function copyWithoutOutputs(from: string, to: string): NotebookFile {
  const notebook = readNotebook(from);
  const cells = notebook.cells.map(cell =>
    cell.cell_type === 'code' ? {...cell, execution_count: null, outputs: []} : cell,
  );
  writeFileSync(to, JSON.stringify({...notebook, cells}));
  return notebook;
}

export function readNotebook(file: string): NotebookFile {
  return JSON.parse(readFileSync(file, 'utf8')) as NotebookFile;
}
