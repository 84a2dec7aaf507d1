import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {sampleGrid} from '../../src/plots/sample-grid';
import {tinyModalities} from '../support/tiny-data';

test('one row a modality that can be drawn, sentences under the first, no more columns than asked for', () => {
  tf.tidy(() => {
    const stream = new RandomStream(1, 'grid');
    const words = tf
      .oneHot(
        tf.tensor2d(
          [
            [2, 0],
            [3, 0],
            [2, 3],
            [3, 2],
          ],
          [4, 2],
          'int32',
        ),
        4,
      )
      .toFloat();
    const parts = {
      front: tf.tensor4d(stream.normals(4 * 64).map(Math.tanh), [4, 8, 8, 1]),
      side: tf.tensor4d(stream.normals(4 * 288).map(Math.tanh), [4, 8, 12, 3]),
      name: words,
    };
    const {layout} = sampleGrid(parts, tinyModalities, {columns: 3});
    const texts = (layout['annotations'] as {text: string}[]).map(annotation => annotation.text);
    assert.deepEqual(texts.sort(), ['front', 'left', 'left right', 'right', 'side']);
    assert.equal((layout['images'] as unknown[]).length, 2);
    const {name: _, ...drawn} = parts;
    assert.equal((sampleGrid(drawn, tinyModalities).layout['annotations'] as unknown[]).length, 2);
  });
});
