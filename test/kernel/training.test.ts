/** The trainer under the stop button, as a notebook uses both: the built package, imported by its name, and no signal passed. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {executeContent, Kernel, resultText, streamText} from './client';

const setUp = `
import {FeatureCache, loadDigits, selectBackend, trainFlagship} from 'multimodal-gan';
await selectBackend();
const digits = loadDigits();
const features = new FeatureCache(digits.modalities);
let steps = 0;`;

const training = `
const trained = await trainFlagship(digits, features, {
  train: {seed: 1, steps: 100_000, encoderSteps: 100_000},
  onProgress: () => console.log('step ' + ++steps),
});`;

/** Whether the training has come to rest: no step in a whole second. */
const rest = `
let last = -1;
for (let turn = 0; turn < 20 && last !== steps; turn++) {
  last = steps;
  await new Promise(done => setTimeout(done, 1000));
}
last === steps`;

test('a training to which no signal was given ends when its cell is interrupted, and the next cell runs', async () => {
  const kernel = await Kernel.start();
  try {
    const {content: ready} = await kernel.execute(setUp);
    assert.equal(ready['status'], 'ok', String(ready['evalue']));
    const id = await kernel.send('execute_request', executeContent(training));
    await kernel.until(() => streamText(kernel.about(id)).includes('step 3\n'), 'three steps of training', 60_000);
    await kernel.ask('interrupt_request', {}, 'control');
    assert.equal((await kernel.answer(id)).content['ename'], 'KeyboardInterrupt');
    const heard = streamText(kernel.about(id));
    const {content, outputs} = await kernel.execute(rest);
    assert.equal(resultText(outputs), 'true', JSON.stringify(content));
    assert.equal(streamText(kernel.about(id)), heard, 'the interrupted cell was heard again');
  } finally {
    await kernel.stop();
  }
});
