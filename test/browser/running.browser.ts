import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {readNotebook, writeNotebook} from './notebook-file';
import {lookAt} from './pictures';
import {Workplace} from './workplace';

const figure = `import {curves, show} from 'multimodal-gan';
await show(curves([{name: 'squares', x: [1, 2, 3], y: [1, 4, 9]}], {title: 'Squares', xTitle: 'x', yTitle: 'y'}));`;
const counter = `const kept = globalThis as {runs?: number};
kept.runs = (kept.runs ?? 0) + 1;
\`run \${kept.runs}\``;

describe('running cells in JupyterLab', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.open(folder => {
      writeNotebook(join(folder, 'figure.ipynb'), [figure, "'the end'"]);
      writeNotebook(join(folder, 'mistake.ipynb'), ["'before'", "const name: string = 'Ada';\nname * 2", "'after'"]);
      writeNotebook(join(folder, 'counter.ipynb'), [counter, figure]);
      writeNotebook(join(folder, 'saved.ipynb'), [
        'interface Point {\n  x: number;\n}\nconst point: Point = {x: 3};\npoint',
      ]);
    });
  });
  after(() => place?.close());

  test('all cells run, and a figure is a picture with something in it', async () => {
    await place.with('figure.ipynb', async notebook => {
      await notebook.runAll();
      assert.deepEqual(await notebook.numbers(), ['[1]:', '[2]:']);
      const picture = notebook.outputs(0).locator('img');
      assert.equal(await picture.count(), 1);
      const size = await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.width] as const);
      assert.ok(size[0] > 0, 'the picture could be decoded');
      assert.equal(size[0], 2 * size[1], 'two pixels of the file for each of the page');
      const {colours, inked} = await lookAt(await picture.screenshot());
      assert.ok(colours > 20 && inked > 0.02 && inked < 0.5, `${colours} colours, ${inked} of the pixels inked`);
      await notebook.picture('01-figure');
    });
  });

  test('a type error shows its name, its place and a caret, and ends the run; the next cell can be run', async () => {
    await place.with('mistake.ipynb', async notebook => {
      await notebook.choose('Run', 'Run All Cells');
      const message = notebook.outputs(1).filter({hasText: 'TypeScriptError'});
      await message.waitFor();
      const text = await message.innerText();
      assert.match(text, /^cell 2:2:1 - TypeScriptError TS2362: The left-hand side of an arithmetic operation/);
      const lines = text.split('\n').map(line => line.trimEnd());
      const marked = lines.findIndex(line => line.includes('2 | name * 2'));
      assert.ok(marked > 0, text);
      assert.equal(lines[marked + 1]!.indexOf('^'), lines[marked]!.indexOf('name'), 'the caret stands below the name');
      await notebook.waitUntilIdle();
      assert.equal(await notebook.number(2), '[ ]:', 'the cell after the error did not run');
      assert.equal(await notebook.outputs(2).count(), 0);
      await notebook.picture('02-type-error');
      await notebook.run(2);
      assert.equal(await notebook.result(2), "'after'");
      assert.equal(await notebook.number(2), '[3]:');
    });
  });

  test('restart and run all asks, forgets everything and runs every cell', async () => {
    await place.with('counter.ipynb', async notebook => {
      await notebook.runAll();
      await notebook.run(0);
      assert.equal(await notebook.result(0), "'run 2'");
      assert.equal(await notebook.number(0), '[3]:');
      await notebook.press('restart-and-run');
      const dialog = notebook.page.locator('.jp-Dialog');
      await dialog.waitFor();
      await notebook.picture('03-restart-dialog');
      await dialog.locator('button.jp-mod-accept').click();
      await notebook.waitForText(0, "'run 1'");
      await notebook.outputs(1).locator('img').waitFor();
      await notebook.waitUntilIdle();
      assert.deepEqual(await notebook.numbers(), ['[1]:', '[2]:']);
      await notebook.picture('04-restarted');
    });
  });

  test('a saved notebook says that it is TypeScript, and its script is a .ts file', async () => {
    const file = join(place.folder, 'saved.ipynb');
    assert.equal(readNotebook(file).metadata['language_info'], undefined);
    await place.with('saved.ipynb', async notebook => {
      await notebook.runAll();
      await notebook.save();
      const {metadata, cells} = readNotebook(file);
      const {name, file_extension, mimetype} = metadata['language_info']!;
      assert.deepEqual(
        {name, file_extension, mimetype},
        {name: 'typescript', file_extension: '.ts', mimetype: 'application/typescript'},
      );
      assert.deepEqual(cells[0]!.outputs![0]!.data, {'text/plain': ['{ x: 3 }']});
      const download = notebook.page.waitForEvent('download');
      await notebook.choose('File', 'Save and Export Notebook As', 'Executable Script');
      const script = await download;
      assert.equal(script.suggestedFilename(), 'saved.ts');
      assert.match(readFileSync(await script.path(), 'utf8'), /^const point: Point = \{x: 3\};$/m);
      await notebook.picture('05-saved');
    });
  });
});
