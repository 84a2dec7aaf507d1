import assert from 'node:assert/strict';
import {copyFileSync, readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {copyWithoutOutputs, readNotebook} from './notebook-file';
import {assertAllSeen} from './seen';
import {Workplace} from './workplace';

const course = resolve(__dirname, '..', '..', 'notebooks');
const names = readdirSync(course).filter(name => /^\d\d-.*\.ipynb$/.test(name));

describe('the course in JupyterLab', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.open(folder => {
      for (const name of names) {
        copyWithoutOutputs(join(course, name), join(folder, name));
        copyFileSync(join(course, name), join(folder, `saved-${name}`));
      }
    });
  });
  after(() => place?.close());

  for (const [at, name] of names.entries()) {
    const number = name.slice(0, 2);
    // Each theme is used for half of the runs and for the other half of what was saved.
    const [theme, other] = at % 2 === 0 ? (['dark', 'light'] as const) : (['light', 'dark'] as const);
    const original = readNotebook(join(course, name));

    test(`${name}, run in the ${theme} theme: every cell in order, and all that it shows can be seen`, async () => {
      await place.with(
        name,
        async notebook => {
          await notebook.runAll();
          const {length} = original.cells.filter(cell => cell.cell_type === 'code');
          assert.deepEqual(
            await notebook.numbers(),
            Array.from({length}, (_, i) => `[${i + 1}]:`),
          );
          await assertAllSeen(notebook, original);
          await notebook.wholePicture(`course-${number}-run-${theme}`);
        },
        {theme},
      );
    });

    test(`${name}, opened in the ${other} theme: what was saved can be seen before anything is run`, async () => {
      await place.with(
        `saved-${name}`,
        async notebook => {
          await assertAllSeen(notebook, original);
          await notebook.wholePicture(`course-${number}-saved-${other}`);
        },
        {theme: other},
      );
    });
  }
});
