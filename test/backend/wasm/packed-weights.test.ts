/**
 * XNNPACK packs the weights of a layer at its first use and remembers them by the data's id: who writes into the memory of
 * a weight goes on with the old one. So optimizers give a weight new data. With the companion module and without.
 */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {test} from 'node:test';
import {descentRule} from '../../../src/backend/fused/momentum';
import {FusedStep, fuse} from '../../../src/backend/fused/rule';
import {assertNoLeak} from '../../../src/backend/memory';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';

interface Layer {
  readonly shape: readonly number[];
  run(weights: tf.Tensor): tf.Tensor;
  /** Of weights that are 1, and of 3, 4, 5 … */
  readonly wanted: readonly [readonly number[], readonly number[]];
}

const picture = () => tf.tensor4d([1, 2, 10, 20], [1, 2, 2, 1]);
const pairs = () => tf.tensor4d([1, 2], [1, 1, 1, 2]);

const layers: Readonly<Record<string, Layer>> = {
  matMul: {
    shape: [2, 2],
    run: w => tf.matMul(tf.tensor2d([[1, 2]]), w as tf.Tensor2D),
    // 1·3 + 2·5, 1·4 + 2·6
    wanted: [
      [3, 3],
      [13, 16],
    ],
  },
  'fused matMul': {
    shape: [2, 2],
    run: w => tf.fused.matMul({a: tf.tensor2d([[1, 2]]), b: w as tf.Tensor2D, bias: tf.ones([2]), activation: 'relu'}),
    wanted: [
      [4, 4],
      [14, 17],
    ],
  },
  conv2d: {
    shape: [2, 2, 1, 1],
    run: w => tf.conv2d(picture(), w as tf.Tensor4D, 1, 'valid'),
    // 1·3 + 2·4 + 10·5 + 20·6
    wanted: [[33], [181]],
  },
  'conv2d of single pixels': {
    shape: [1, 1, 2, 1],
    run: w => tf.conv2d(pairs(), w as tf.Tensor4D, 1, 'same'),
    wanted: [[3], [11]],
  },
  conv2dTranspose: {
    shape: [1, 2, 1, 1],
    run: w => tf.conv2dTranspose(tf.tensor4d([1, 2], [1, 1, 2, 1]), w as tf.Tensor4D, [1, 1, 4, 1], [1, 2], 'same'),
    wanted: [
      [1, 1, 2, 2],
      [3, 4, 6, 8],
    ],
  },
  depthwiseConv2d: {
    shape: [1, 1, 2, 1],
    run: w => tf.depthwiseConv2d(pairs(), w as tf.Tensor4D, 1, 'valid'),
    wanted: [
      [1, 2],
      [3, 8],
    ],
  },
  prelu: {
    shape: [2],
    run: w => tf.prelu(tf.tensor2d([[-1, -2]]), w),
    wanted: [
      [-1, -2],
      [-3, -8],
    ],
  },
};

for (const [name, {shape, run, wanted}] of Object.entries(layers)) {
  const show = (weights: tf.Variable) => tf.tidy(() => [...run(weights as unknown as tf.Tensor).dataSync()]);
  const ones = () => tf.tidy(() => tf.variable(tf.ones([...shape])));

  test(`wasm: ${name} sees the weights that an optimizer has moved, and those of an assignment`, async () => {
    await selectBackend({prefer: 'wasm'});
    assertNoLeak(() => {
      const weights = ones();
      const later = tf.tidy(() => tf.range(3, 3 + weights.size).reshape([...shape]));
      const {w} = fuse({w: weights}, () => descentRule());
      const goHalfWay = () =>
        tf.tidy(() => {
          const g = tf.sub(1, later).div(2);
          w!.update(g, new FusedStep(tf.scalar(1, 'int32'), tf.scalar(1)));
        });
      assert.deepEqual(show(weights), wanted[0]);
      goHalfWay();
      show(weights);
      goHalfWay();
      assert.deepEqual(show(weights), wanted[1]);
      tf.tidy(() => weights.assign(tf.onesLike(later)));
      assert.deepEqual(show(weights), wanted[0]);
      w!.dispose();
      tf.dispose([weights, later] as tf.Tensor[]);
    });
  });
}

test('wasm: memory that is written by hand is not seen where XNNPACK remembers, or the rule above would be idle', async () => {
  await selectBackend({prefer: 'wasm'});
  const {shape, run, wanted} = layers['depthwiseConv2d']!;
  tf.tidy(() => {
    const weights = tf.ones([...shape]);
    run(weights);
    const backend = tf.backend() as unknown as {typedArrayFromHeap(tensor: tf.Tensor): Float32Array};
    backend.typedArrayFromHeap(weights).set([3, 4]);
    assert.deepEqual([...weights.dataSync()], [3, 4]);
    assert.deepEqual([...run(weights).dataSync()], wanted[0]);
    assert.deepEqual([...run(weights.add(0)).dataSync()], wanted[1]);
  });
});

const {NODE_TEST_CONTEXT: _, ...environment} = process.env;

test('the same without the companion module', {skip: process.env['MULTIMODAL_GAN_WASM_KERNELS'] === 'composed'}, () => {
  const {status, stdout} = spawnSync(process.execPath, ['--import', 'tsx', '--test', __filename], {
    encoding: 'utf8',
    env: {...environment, MULTIMODAL_GAN_WASM_KERNELS: 'composed'},
  });
  assert.equal(status, 0, stdout.match(/not ok .*/g)?.join('\n'));
  assert.match(stdout, /# pass 8\n/);
});
