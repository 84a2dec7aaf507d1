import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertNoLeak} from '../../src/backend/memory';
import {nativeAvailability} from '../../src/backend/native-availability';
import {
  applyResourceOp,
  existingResourceOf,
  ResourceVariable,
  resourceByHandle,
  resourceOf,
} from '../../src/backend/resource-variable';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';

const native = nativeAvailability();
const skip = native.ready ? false : native.reason;
const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

test('a resource keeps its value, refuses other shapes and types, and is found by its handle', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  assertNoLeak(() =>
    tf.tidy(() => {
      const start = tf.tensor2d([[1, -2, 3]]);
      const resource = new ResourceVariable(start, 'weights');
      assert.deepEqual([resource.shape, resource.dtype, resource.variable], [[1, 3], 'float32', undefined]);
      assert.equal(resourceByHandle(resource.handle), resource);
      const before = resource.read();
      resource.write(tf.tensor2d([[4, 5, -6]]));
      assert.deepEqual(
        [values(start), values(before), values(resource.read())],
        [
          [1, -2, 3],
          [1, -2, 3],
          [4, 5, -6],
        ],
      );
      assert.throws(() => resource.write(tf.tensor1d([1, 2, 3])), /a value for weights of shape \[1, 3\], got \[3\]/);
      assert.throws(
        () => resource.write(tf.tensor2d([[1, 2, 3]], [1, 3], 'int32')),
        /Expected the type of a value for weights to be float32, got "int32"\./,
      );
      resource.dispose();
      resource.dispose();
      assert.equal(resourceByHandle(resource.handle), undefined);
      assert.throws(() => resource.read(), /Expected the resource weights to be alive/);
      assert.throws(() => new ResourceVariable(tf.tensor1d([true], 'bool')), /to be float32 or int32, got "bool"/);
    }),
  );
});

test('a fused update reaches the variable, and a value assigned meanwhile reaches the resource', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  assertNoLeak(() => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const resource = resourceOf(variable).retain();
    assert.equal(resourceOf(variable), resource);
    assert.equal(resource.variable, variable);
    const descend = () =>
      tf.tidy(() =>
        applyResourceOp(
          'ResourceApplyGradientDescent',
          {T: {type: 'float32'}, use_locking: false},
          [resource, tf.scalar(0.5), tf.tensor1d([2, -4])],
          [variable],
        ),
      );
    descend();
    assert.deepEqual(values(variable), [0, 4]);
    // What was read before does not move with the resource.
    const kept = variable.clone();
    descend();
    assert.deepEqual(
      [values(kept), values(variable)],
      [
        [0, 4],
        [-1, 6],
      ],
    );
    tf.tidy(() => variable.assign(tf.tensor1d([10, 20])));
    descend();
    assert.deepEqual(values(variable), [9, 22]);
    kept.dispose();
    resource.release();
    assert.equal(existingResourceOf(variable), undefined);
    assert.equal(resourceByHandle(resource.handle), undefined);
    variable.dispose();
  });
});

test('two users of a variable share its resource until both have gone', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  const variable = tf.tidy(() => tf.variable(tf.scalar(3)));
  const [first, second] = [resourceOf(variable).retain(), resourceOf(variable).retain()];
  first.release();
  assert.equal(existingResourceOf(variable), second);
  second.release();
  assert.equal(second.isDisposed, true);
  variable.dispose();
});

test('an op that fails leaves the variable as it was; another engine is refused', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const resource = resourceOf(variable).retain();
  const wrong = () =>
    tf.tidy(() =>
      applyResourceOp(
        'ResourceApplyGradientDescent',
        {T: {type: 'float32'}, use_locking: false},
        [resource, tf.scalar(1), tf.tensor1d([1, 2, 3])],
        [variable],
      ),
    );
  assert.throws(wrong, /same shape/);
  assert.deepEqual(values(variable), [1, 2]);
  resource.release();
  variable.dispose();
  await selectBackend({prefer: 'cpu'});
  assert.throws(
    () => new ResourceVariable(tf.scalar(1)),
    /Expected the engine to be native for a TensorFlow op, got "cpu"/,
  );
});
