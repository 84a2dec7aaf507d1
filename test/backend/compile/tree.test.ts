import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {flatten, withTensors} from '../../../src/backend/compile/tree';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';

test('a tree is its tensors and a key that holds everything else', async () => {
  await selectBackend({prefer: 'cpu'});
  tf.tidy(() => {
    const x = tf.zeros([2, 3]);
    const y = tf.zeros([2], 'int32');
    const flat = flatten([{x, options: {rate: 0.1, name: 'a;b'}}, [y, null, undefined, true]]);
    assert.deepEqual(flat.tensors, [x, y]);
    assert.equal(flat.key, '[{"x":float32[2,3];"options":{"rate":0.1;"name":"a;b"}};[int32[2];null;undefined;true]]');
    assert.deepEqual(flat.plain, ['[0].options.rate', '[0].options.name', '[1][1]', '[1][2]', '[1][3]']);
    assert.equal(flat.foreign, null);
    assert.equal(flatten([0, {model: new Map()}]).foreign, '[1].model');
  });
});

test('keys differ when anything but the values in tensors differs', async () => {
  await selectBackend({prefer: 'cpu'});
  const leaf = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
  );
  const {tree} = fc.letrec(tie => ({
    tree: fc.oneof(
      {maxDepth: 3},
      leaf,
      fc.array(tie('tree'), {maxLength: 3}),
      fc.dictionary(fc.string(), tie('tree'), {maxKeys: 3, noNullPrototype: true}),
    ),
  }));
  const same = (a: unknown, b: unknown): boolean => {
    try {
      assert.deepStrictEqual(a, b);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      if (!same(a, b)) assert.notEqual(flatten(a).key, flatten(b).key);
      assert.equal(flatten(a).key, flatten(structuredClone(a)).key);
    }),
    {numRuns: 500},
  );
});

test('other tensors in the same places', async () => {
  await selectBackend({prefer: 'cpu'});
  tf.tidy(() => {
    const [a, b, c, d] = [1, 2, 3, 4].map(value => tf.scalar(value));
    const tree = withTensors({first: a, rest: [b, 'kept']}, [c!, d!]);
    assert.deepEqual(tree, {first: c, rest: [d, 'kept']});
  });
});
