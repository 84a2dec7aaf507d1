import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {writeNotebook} from './notebook-file';
import {Workplace} from './workplace';

const data = `import {FeatureCache, loadDigits, progress, selectBackend, trainFlagship} from 'multimodal-gan';
await selectBackend();
const digits = loadDigits();
const seen = {steps: 0};`;
/** A training of the flagship that would take an hour, and that nobody told about interrupts. */
const training = `const bar = progress('training the encoder', 100_000);
await trainFlagship(digits, new FeatureCache(digits.modalities), {
  train: {minutes: 60, seed: 1},
  onProgress: ({step, losses}) => {
    seen.steps += 1;
    bar.update(step, \`loss \${losses.contrastive?.toFixed(2)}\`);
  },
});
console.log('the training came to its end');`;
/** How many steps are still taken within a second; the one that was under way may end first. */
const still = `const second = () => new Promise(done => setTimeout(done, 1000));
await second();
const before = seen.steps;
await second();
seen.steps - before`;

describe('interrupting cells in JupyterLab', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.open(folder => {
      writeNotebook(join(folder, 'training.ipynb'), [data, training, still]);
      writeNotebook(join(folder, 'endless.ipynb'), ["console.log('begun');\nwhile (true) {}", "'still here'"]);
    });
  });
  after(() => place?.close());

  test('the button ends a training, and the next cell runs in the same kernel', async () => {
    await place.with('training.ipynb', async notebook => {
      await notebook.run(0);
      await notebook.start(1);
      await notebook.waitForText(1, /training the encoder: (?!0 )\d+ of 100000, loss \d+\.\d\d/);
      assert.equal(await notebook.number(1), '[*]:');
      await notebook.picture('11-training');
      const pressed = performance.now();
      await notebook.press('interrupt');
      await notebook.waitForNumber(1);
      await notebook.waitUntilIdle();
      const seconds = (performance.now() - pressed) / 1000;
      assert.ok(seconds < 30, `it ended ${seconds} s after the interrupt`);
      const shown = await notebook.outputs(1).allInnerTexts();
      assert.ok(!shown.some(text => text.includes('came to its end')), 'later output of the cell is cut off');
      assert.match(shown.at(-1)!, /KeyboardInterrupt/);
      await notebook.picture('12-interrupted');
      await notebook.run(2);
      assert.equal(await notebook.result(2), '0', 'the training itself has ended');
      assert.deepEqual(await notebook.outputs(1).allInnerTexts(), shown, 'the interrupted cell wrote no more');
      await notebook.picture('13-after-the-interrupt');
    });
  });

  test('a loop without a pause ends too', async () => {
    await place.with('endless.ipynb', async notebook => {
      await notebook.start(0);
      await notebook.waitUntilBusy();
      await notebook.waitForText(0, 'begun');
      await notebook.choose('Kernel', 'Interrupt Kernel');
      await notebook.waitForNumber(0);
      assert.match(await notebook.outputs(0).last().innerText(), /^KeyboardInterrupt: The cell was interrupted\.$/m);
      await notebook.run(1);
      assert.equal(await notebook.result(1), "'still here'");
      await notebook.picture('14-endless-loop');
    });
  });
});
