import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compileStep} from '../../src/backend/compile/compile-step';
import {isWatchingForNaN, NotFiniteError, watchForNaN} from '../../src/backend/debug-nan';
import {inLayer, nameTensor} from '../../src/backend/layer-names';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {minimaxDiscriminatorLoss} from '../../src/losses/adversarial';
import {watched} from '../../src/networks/watch';
import {backends} from './support';

/** The error of a run that is watched; the watch is over afterwards. */
function faultOf(run: () => unknown): NotFiniteError {
  const stop = watchForNaN();
  try {
    assert.ok(isWatchingForNaN());
    tf.tidy(() => {
      run();
    });
  } catch (error) {
    assert.ok(error instanceof NotFiniteError, String(error));
    return error;
  } finally {
    stop();
    assert.ok(!isWatchingForNaN());
  }
  assert.fail('nothing was found');
}

function named(path: string, values: number[], shape: number[]): tf.Variable {
  const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  nameTensor(variable, path);
  return variable;
}

// Not by testOnEachBackend: TensorFlow.js loses what it saved for a gradient when that gradient throws.
for (const backend of backends) {
  test(`${backend}: the first operation that gives NaN or infinity is named, with its layer and place`, async () => {
    await selectBackend({prefer: backend});
    const first = faultOf(() =>
      tf.exp(
        tf.log(
          tf.tensor2d([
            [1, 2],
            [-1, 0],
          ]),
        ),
      ),
    );
    assert.equal(
      first.message,
      'Expected finite numbers from Log, got NaN (2 of 4 values, the first at [1, 0]); its inputs were finite.',
    );
    assert.equal(first.exitCode, 5);
    const kernel = named('discriminator/image/dense1/kernel', [1, 2, 3, 4], [2, 2]);
    const score = named('discriminator/image/score/kernel', [1e30, 1], [2, 1]);
    const network = (x: tf.Tensor2D) => {
      const hidden = tf.relu(tf.matMul(x, kernel as unknown as tf.Tensor2D));
      return tf.matMul(hidden, score as unknown as tf.Tensor2D);
    };
    const overflow = faultOf(() => network(tf.tensor2d([[1e30, 0]])));
    assert.match(
      overflow.message,
      /from .*MatMul in discriminator\/image\/score, got Infinity; its inputs were finite\./,
    );
    assert.equal(overflow.layer, 'discriminator/image/score');
    const after = faultOf(() => tf.log(network(tf.tensor2d([[0, 0]])).sub(1)));
    assert.match(after.message, /from Log, after discriminator\/image\/score, got NaN; its inputs were finite\./);
    const own = faultOf(() => inLayer('discriminator', () => inLayer('norm', () => tf.sqrt(tf.scalar(-1)))));
    assert.match(own.message, /from Sqrt in discriminator\/norm, got NaN/);
    // A layer of many operations names those on no variable too, the innermost layer's whole path.
    const norm = watched('discriminator/image/norm', (x: tf.Tensor) => tf.sqrt(x.sub(2)));
    const inner = faultOf(() => watched('discriminator/image', (x: tf.Tensor) => norm(x))(tf.scalar(1)));
    assert.match(inner.message, /from Sqrt in discriminator\/image\/norm, got NaN/);
    tf.dispose([kernel, score]);
  });

  test(`${backend}: a gradient is named by the layer whose it is`, async () => {
    await selectBackend({prefer: backend});
    const scale = named('generator/scale/gamma', [1, 1], [2]);
    const fault = faultOf(() => {
      // √ is finite at 0, its slope is not.
      tf.variableGrads(() => tf.sqrt(tf.tensor1d([4, 0]).mul(scale)).sum() as tf.Scalar, [scale]);
    });
    assert.match(
      fault.message,
      /in the gradient after generator\/scale, got (Infinity|NaN) \(1 of 2 values, the first at \[1\]\)/,
    );
    tf.dispose(scale);
  });

  test(`${backend}: weights that an update made NaN, and data that were NaN, are told apart`, async () => {
    await selectBackend({prefer: backend});
    const kernel = named('encoder/text/kernel', [Number.NaN, 1], [2, 1]);
    const spoilt = faultOf(() => tf.matMul(tf.ones([1, 2]), kernel as unknown as tf.Tensor2D));
    assert.match(
      spoilt.message,
      /in encoder\/text, got NaN; the weights encoder\/text\/kernel were not finite already/,
    );
    const data = faultOf(() => tf.add(tf.tensor1d([1, Number.NaN]), 1));
    assert.match(data.message, /what came into the network was not finite already\./);
    kernel.dispose();
  });

  test(`${backend}: what is finite is the same as without, and costs nothing afterwards`, async () => {
    await selectBackend({prefer: backend});
    const step = () =>
      tf.tidy(() => {
        const slope = tf.grad(x => minimaxDiscriminatorLoss(x, tf.tensor1d([-80, 80, 0.3])))(tf.tensor1d([80, -80, 1]));
        return Array.from(slope.dataSync());
      });
    const plain = step();
    const before = tf.memory().numTensors;
    const {runKernelFunc} = tf.engine() as unknown as {runKernelFunc: unknown};
    const stop = watchForNaN();
    assert.equal(watchForNaN(), stop);
    assert.deepEqual(step(), plain);
    stop();
    assert.equal((tf.engine() as unknown as {runKernelFunc: unknown}).runKernelFunc, runKernelFunc);
    assert.equal(tf.memory().numTensors, before);
    tf.dispose(tf.log(-1));
  });
}

if (backends.includes('native')) {
  test('native: a compiled step is watched op by op, also when it was recorded before', async () => {
    await selectBackend({prefer: 'native'});
    const step = compileStep((x: tf.Tensor) => tf.log(x), {strict: true});
    for (let i = 0; i < 5; i++) tf.dispose(step(tf.tidy(() => tf.scalar(2))));
    const negative = tf.scalar(-1);
    assert.ok(Number.isNaN(tf.tidy(() => step(negative).dataSync()[0]!)));
    assert.match(faultOf(() => step(negative)).message, /from Log, got NaN; its inputs were finite\./);
    assert.equal(step.refusal, null);
    step.dispose();
    negative.dispose();
  });
}
