import assert from 'node:assert/strict';
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Jupyter, withoutJupyter} from './jupyter';

const out = resolve(__dirname, '..', '..', 'out');

describe('standard tools', {skip: withoutJupyter, concurrency: 1}, () => {
  let jupyter: Jupyter;
  /** Inside the project, so that notebooks in it import the package by its name. */
  let folder: string;
  before(() => {
    jupyter = new Jupyter();
    jupyter.install();
    mkdirSync(out, {recursive: true});
    folder = mkdtempSync(join(out, 'tools-'));
    for (const name of ['good', 'thrown', 'type-error']) {
      copyFileSync(join(__dirname, 'fixtures', `${name}.ipynb`), join(folder, `${name}.ipynb`));
    }
  });
  after(() => {
    jupyter.remove();
    rmSync(folder, {recursive: true, force: true});
  });

  const tools: Record<string, (notebook: string) => [string, string[]]> = {
    'jupyter execute': notebook => ['jupyter', ['execute', notebook]],
    'nbconvert --execute': notebook => [
      'jupyter',
      ['nbconvert', '--to', 'notebook', '--execute', '--output', 'converted.ipynb', notebook],
    ],
    papermill: notebook => [
      'papermill',
      [notebook, join(folder, 'milled.ipynb'), '--cwd', folder, '--no-progress-bar'],
    ],
    nbmake: notebook => ['pytest', ['-q', '-p', 'no:cacheprovider', '--nbmake', notebook]],
  };
  for (const [name, command] of Object.entries(tools)) {
    test(`${name}: a good notebook ends with 0`, async () => {
      const [program, args] = command(join(folder, 'good.ipynb'));
      const {code, output} = await jupyter.run(program, args, folder);
      assert.equal(code, 0, output);
    });

    test(`${name}: a type error is shown and the exit code is not 0`, async () => {
      const [program, args] = command(join(folder, 'type-error.ipynb'));
      const {code, output} = await jupyter.run(program, args, folder);
      assert.ok(code !== 0 && code !== null, output);
      assert.match(output, /TS2322: Type 'number' is not assignable to type 'string'/);
      assert.match(output, /\^\^\^\^/);
    });
  }

  // papermill and nbmake have no such switch; nbmake goes by the notebook's own metadata.
  const allowing: Record<string, (from: string, to: string) => [string, string[]]> = {
    'nbconvert --allow-errors': (from, to) => [
      'jupyter',
      ['nbconvert', '--to', 'notebook', '--execute', '--allow-errors', '--output', to, from],
    ],
    'jupyter execute --allow-errors': (from, to) => {
      copyFileSync(from, to);
      return ['jupyter', ['execute', '--allow-errors', '--inplace', to]];
    },
    'nbmake with execution.allow_errors': (from, to) => {
      const notebook = JSON.parse(readFileSync(from, 'utf8')) as {metadata: Record<string, unknown>};
      notebook.metadata['execution'] = {allow_errors: true};
      writeFileSync(to, JSON.stringify(notebook));
      return ['pytest', ['-q', '-p', 'no:cacheprovider', '--nbmake', '--overwrite', to]];
    },
  };
  for (const [index, [name, command]] of Object.entries(allowing).entries()) {
    test(`${name}: the cells after an error run`, async () => {
      const to = join(folder, `allowed-${index}.ipynb`);
      const [program, args] = command(join(folder, 'thrown.ipynb'), to);
      const {code, output} = await jupyter.run(program, args, folder);
      assert.equal(code, 0, output);
      const {cells} = JSON.parse(readFileSync(to, 'utf8')) as {
        cells: {execution_count: number; outputs: {ename?: string; text?: string | string[]}[]}[];
      };
      assert.deepEqual(
        cells.map(cell => cell.execution_count),
        [1, 2, 3],
      );
      assert.equal(cells[1]!.outputs[0]!.ename, 'RangeError');
      assert.equal([cells[2]!.outputs[0]!.text].flat().join(''), 'the cell after the error\n');
    });
  }
});
