import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compileStep} from '../../../src/backend/compile';
import type {NativeBackend} from '../../../src/backend/compile/binding';
import {recordingFigures} from '../../../src/backend/compile/explain';
import {record} from '../../../src/backend/compile/recorder';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';

const skip = nativeAvailability().ready ? false : 'the native engine is not built';

test('ops are counted as kept, dropped and folded', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, 3])));
  const x = tf.tensor1d([1, 1, 2]);
  const {recording, refusals, result} = record(
    tf.backend() as unknown as NativeBackend,
    ([input]) =>
      tf.tidy(() => {
        input!.exp(); // dropped
        const constant = tf.tensor1d([1, 2, 4]).add(tf.tensor1d([2, 2, 2])); // folded
        variable.assign(variable.add(constant)); // kept
        return [input!.mul(constant)]; // kept
      }),
    [x],
    false,
  );
  assert.deepEqual(refusals, []);
  const figures = recordingFigures(recording);
  assert.equal(figures.ops, 3);
  assert.equal(figures.droppedOps, 1);
  assert.equal(figures.foldedOps, 1);
  assert.equal(figures.constants, 2);
  assert.equal(figures.constantBytes, 24);
  assert.equal(figures.states, 1);
  assert.equal(figures.parameters, 3);
  assert.deepEqual(
    new Map(figures.byName),
    new Map([
      ['Add', 2],
      ['Mul', 1],
    ]),
  );
  tf.dispose([x, variable as tf.Tensor, ...(result as tf.Tensor[])]);
});

test('in words: before the first call, before recording, after it', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'some/weights'));
  const step = compileStep((x: tf.Tensor, scale: number) => variable.mul(x).mul(scale).sum());
  const call = () => tf.tidy(() => step(tf.tensor1d([1, 2]), 3).dataSync()[0]);
  assert.match(step.explain(), /Nothing has been recorded/);
  call();
  assert.match(step.explain(), /arguments \[float32\[2\];3\]\n {2}not compiled yet: 1 calls/);
  for (let i = 0; i < 4; i++) assert.equal(call(), 15);
  assert.match(step.explain(), /3 ops, 0 dropped as needless, 0 folded/);
  assert.match(step.explain(), /state some\/weights \[2\] \(read only\)/);
  assert.match(step.explain(), /2 replays; largest difference in an audit: 0\.0/);
  assert.match(step.explain(), /graph of the program: \d+ nodes, \d+ bytes, 1 states/);
  step.dispose();
  variable.dispose();
});
