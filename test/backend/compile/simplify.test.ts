/** Recordings without what computes nothing. */
import assert from 'node:assert/strict';
import {before, describe, test} from 'node:test';
import {compileStep} from '../../../src/backend/compile';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';

const available = nativeAvailability();

describe('what computes nothing is left out', {skip: !available.ready && available.reason}, () => {
  before(() => selectBackend({prefer: 'native'}));

  /** Ops of the graph after five calls, and the bytes of the last result beside those of the step itself. */
  function compiled(step: (x: tf.Tensor) => tf.Tensor) {
    const replayed = compileStep(step, {strict: true, audit: 0});
    const x = tf.tensor2d([0.1, -0, 3e-39, -7.25, Number.POSITIVE_INFINITY, 1e30], [2, 3]);
    const bytes = (tensor: tf.Tensor) => [...new Uint8Array(tensor.dataSync().slice().buffer)];
    for (let i = 0; i < 4; i++) replayed(x).dispose();
    const [actual, expected] = [replayed(x), step(x)];
    const nodes = replayed.program.emitted.flatMap(({nodes}) => nodes);
    const result = {actual: bytes(actual), expected: bytes(expected), nodes, ops: nodes.map(({op}) => op)};
    replayed.dispose();
    tf.dispose([x, actual, expected]);
    return result;
  }

  test('reshapes to the same shape and products with as many ones', () => {
    const {actual, expected, ops} = compiled(x =>
      tf.tidy(() =>
        x
          .reshape([2, 3])
          .add(1)
          .mul(tf.ones([2, 3]))
          .neg(),
      ),
    );
    assert.deepEqual(actual, expected);
    assert.deepEqual(
      ops.filter(op => op === 'Reshape' || op === 'Mul' || op === 'Neg'),
      ['Neg'],
    );
  });

  test('a step that returns its argument still does', () => {
    const {actual, expected, ops} = compiled(x => x.reshape([2, 3]));
    assert.deepEqual(actual, expected);
    assert.ok(!ops.includes('Reshape'));
  });

  test('products with ones that make something larger only spread it', () => {
    const {actual, expected, nodes} = compiled(x =>
      tf.tidy(() =>
        x
          .add(1)
          .expandDims(0)
          .mul(tf.ones([50, 2, 3])),
      ),
    );
    assert.deepEqual(actual, expected);
    assert.equal(nodes.filter(({op}) => op === 'Mul').length, 0);
    assert.equal(nodes.filter(({op}) => op === 'BroadcastTo').length, 1);
    for (const {attributes} of nodes) {
      const content = attributes['value'];
      if (content && 'tensor' in content) assert.ok(content.tensor.bytes.length <= 12, 'no ones are kept');
    }
  });

  test('a product with ones that turns subnormal numbers into 0 stays', () => {
    const {actual, expected, ops} = compiled(x => x.mul(tf.ones([2, 3])));
    assert.deepEqual(actual, expected);
    assert.ok(ops.includes('Mul'));
    assert.deepEqual(expected.slice(8, 12), [0, 0, 0, 0], 'the third number, 3e-39');
  });

  test('so does one whose sign was turned, or that came through an activation', () => {
    const turned = compiled(x => tf.tidy(() => x.neg().mul(tf.ones([2, 3]))));
    assert.deepEqual(turned.actual, turned.expected);
    assert.ok(turned.ops.includes('Mul'));
    const computed = compiled(x =>
      tf.tidy(() =>
        x
          .add(1)
          .neg()
          .mul(tf.ones([2, 3])),
      ),
    );
    assert.deepEqual(computed.actual, computed.expected);
    assert.ok(!computed.ops.includes('Mul'));
  });

  test('products with other numbers, and of ones with integers, stay', () => {
    const twos = compiled(x => tf.tidy(() => x.mul(tf.tensor2d([1, 1, 1, 1, 1, 2], [2, 3]))));
    assert.deepEqual(twos.actual, twos.expected);
    assert.ok(twos.ops.includes('Mul'));
    const integers = compiled(x =>
      tf.tidy(() =>
        x
          .greater(0)
          .toInt()
          .mul(tf.ones([2, 3], 'int32')),
      ),
    );
    assert.deepEqual(integers.actual, integers.expected);
    assert.ok(integers.ops.includes('Mul'));
  });
});
