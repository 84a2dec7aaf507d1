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

test('after an interrupt in the middle of a gradient, gradients are computed as before', async () => {
  const kernel = await Kernel.start();
  try {
    await kernel.execute(
      "import * as tf from '@tensorflow/tfjs';\nawait tf.setBackend('cpu');\nconst weight = tf.variable(tf.scalar(1));\nconst xs = tf.ones([40, 40]) as tf.Tensor2D;\nconst slope = () => tf.tidy(() => tf.grad(x => xs.matMul(xs.mul(x)).mean())(weight).dataSync()[0].toFixed(3));",
    );
    const slope = '[slope(), tf.engine().state.scopeStack.length]';
    assert.equal(resultText((await kernel.execute(slope)).outputs), "[ '40.000', 0 ]");
    for (const loop of ['while (true) slope();', 'await null;\nwhile (true) slope();']) {
      const id = await kernel.send('execute_request', executeContent(loop));
      await kernel.until(() => kernel.about(id).some(({header}) => header.msg_type === 'execute_input'), 'the cell');
      await new Promise(done => setTimeout(done, 300));
      await kernel.ask('interrupt_request', {}, 'control');
      assert.equal((await kernel.answer(id)).content['ename'], 'KeyboardInterrupt');
      const {content, outputs} = await kernel.execute(slope);
      assert.equal(resultText(outputs), "[ '40.000', 0 ]", JSON.stringify(content));
    }
  } finally {
    await kernel.stop();
  }
});

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
