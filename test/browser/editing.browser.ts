import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import type {Notebook} from './notebook';
import {writeNotebook} from './notebook-file';
import {Workplace} from './workplace';

const imports = `import {frechetDistance, tf} from 'multimodal-gan';`;
const highlighted = `interface Point {
  readonly x: number; // across
}
const point: Point = {x: 3};
const name = 'Ada';`;

describe('writing code in JupyterLab', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.open(folder => {
      writeNotebook(join(folder, 'colours.ipynb'), [highlighted]);
      writeNotebook(join(folder, 'questions.ipynb'), [imports, '', '']);
      writeNotebook(join(folder, 'input.ipynb'), ["const name = await input('Your name? ');\n'Good day, ' + name"]);
    });
  });
  after(() => place?.close());

  test('code is coloured as TypeScript, in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await place.with(
        'colours.ipynb',
        async notebook => {
          assert.equal(await notebook.editor(0).getAttribute('data-language'), 'typescript');
          const colour = await coloursOf(notebook, ['interface', 'readonly', 'const', "'Ada'", '// across', '3']);
          // JavaScript has no interfaces: its mode would not know the word.
          assert.equal(colour['interface'], colour['const']);
          const kinds = ['const', "'Ada'", '// across', '3', 'plain'].map(text => colour[text]);
          assert.ok(new Set(kinds).size >= 4, `keyword, string, comment and number differ: ${kinds.join(', ')}`);
          assert.notEqual(colour['const'], colour['plain']);
          await notebook.picture(`06-highlighting-${theme}`);
        },
        {theme},
      );
    }
  });

  test('Tab after tf.mat offers matMul with its kind, and Enter takes it', async () => {
    await place.with('questions.ipynb', async notebook => {
      await notebook.run(0);
      await notebook.type(1, 'tf.mat');
      const list = notebook.page.locator('.jp-Completer');
      const item = list.locator('.jp-Completer-item', {has: notebook.page.locator('code', {hasText: /^matMul$/})});
      await notebook.pressUntil('Tab', item);
      assert.equal(await item.locator('.jp-Completer-typeExtended').innerText(), 'function');
      const names = await list.locator('.jp-Completer-match').allInnerTexts();
      assert.ok(names.length < 20 && names.every(name => /^mat/i.test(name)), names.join(', '));
      await notebook.picture('07-completion');
      await item.click();
      await list.waitFor({state: 'hidden'});
      assert.equal(await notebook.editor(1).innerText(), 'tf.matMul');
    });
  });

  test("Shift+Tab shows a function's signature and what it does", async () => {
    await place.with('questions.ipynb', async notebook => {
      await notebook.run(0);
      // JupyterLab shows the box before it has drawn what is in it.
      const tooltip = notebook.page.locator('.jp-Tooltip', {hasText: /\S/});
      const questions: [number, string, RegExp[]][] = [
        [1, 'tf.matMul(', [/^\(function\) matMul/, /transposeA\?: boolean/, /dot product of two matrices/]],
        [2, 'frechetDistance(', [/^\(function\) frechetDistance\(/, /: number/]],
      ];
      for (const [at, code, wanted] of questions) {
        await notebook.type(at, code);
        await notebook.pressUntil('Shift+Tab', tooltip);
        const text = await tooltip.innerText();
        for (const pattern of wanted) assert.match(text, pattern);
        await notebook.picture(`08-inspection-${at}`);
        await notebook.page.keyboard.press('Escape');
        await tooltip.waitFor({state: 'hidden'});
      }
    });
  });

  test('a question of a cell is asked on the page, and the answer reaches the cell', async () => {
    await place.with('input.ipynb', async notebook => {
      await notebook.start(0);
      const field = notebook.page.locator('.jp-Stdin-input');
      await field.waitFor();
      assert.equal(await notebook.page.locator('.jp-Stdin-prompt').innerText(), 'Your name? ');
      assert.equal(await notebook.number(0), '[*]:', 'the cell waits');
      await field.fill('Ada Lovelace');
      await notebook.picture('09-question');
      await field.press('Enter');
      await notebook.waitForNumber(0);
      assert.equal(await notebook.result(0), "'Good day, Ada Lovelace'");
      await notebook.picture('10-answer');
    });
  });
});

/** The colour of each text in the first cell, and of text without a colour of its own as `plain`. */
async function coloursOf(notebook: Notebook, texts: readonly string[]): Promise<Record<string, string>> {
  return notebook.editor(0).evaluate((editor, wanted) => {
    const colours: Record<string, string> = {plain: getComputedStyle(editor).color};
    for (const span of editor.querySelectorAll('.cm-line span')) {
      if (wanted.includes(span.textContent ?? '')) colours[span.textContent!] = getComputedStyle(span).color;
    }
    return colours;
  }, texts);
}
