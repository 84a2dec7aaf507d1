import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {onMultiplyAdds} from '../../src/backend/multiply-adds';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {Discriminator, Generator} from '../../src/model/players';
import {convolution, transposedConvolution} from '../../src/networks/layers/convolution';
import {dense} from '../../src/networks/layers/dense';
import {gruCell} from '../../src/networks/layers/gru';
import {Parameters} from '../../src/networks/parameters';
import {summarise, summaryText} from '../../src/networks/summary';
import {testOnEachBackend} from '../backend/support';

before(async () => {
  await selectBackend();
});

const ones4 = (shape: [number, number, number, number]) => tf.ones<tf.Rank.R4>(shape);

testOnEachBackend('multiply-adds, by hand: products, convolutions and their transposes', () => {
  const counted = (work: () => void): number => {
    let total = 0;
    onMultiplyAdds(
      count => {
        total += count;
      },
      () => tf.tidy(work),
    );
    return total;
  };
  assert.equal(
    counted(() => void tf.matMul(tf.ones([2, 3]), tf.ones([3, 5]))),
    30,
  );
  assert.equal(
    counted(() => void tf.matMul(tf.ones([4, 3, 2]), tf.ones([4, 3, 5]), true)),
    4 * 2 * 3 * 5,
  );
  assert.equal(
    counted(() => void tf.matMul(tf.ones([4, 2, 3]), tf.ones([1, 5, 3]), false, true)),
    4 * 2 * 3 * 5,
  );
  // 6×6 becomes 3×3; each of 3·3·7 values sums 4·4·2.
  assert.equal(
    counted(() => void tf.conv2d(ones4([1, 6, 6, 2]), ones4([4, 4, 2, 7]), 2, 'same')),
    63 * 32,
  );
  // Its transpose takes as many.
  assert.equal(
    counted(() => void tf.conv2dTranspose(ones4([1, 3, 3, 7]), ones4([4, 4, 2, 7]), [1, 6, 6, 2], 2, 'same')),
    63 * 32,
  );
  assert.equal(
    counted(() => void tf.ones([9]).mul(2).sum()),
    0,
  );
});

test('a summary, by hand: shapes, parameters, and multiply-adds of one example', () => {
  const p = new Parameters(new RandomStream(1, 'test'));
  const down = convolution(p, 'net/down', {inputs: 3, outputs: 8, size: 4, stride: 2, spectral: true});
  const up = transposedConvolution(p, 'net/up', {inputs: 8, outputs: 3, size: 4, stride: 2, bias: false});
  const cell = gruCell(p, 'net/cell', 5, 6);
  const last = dense(p, 'net/last', 6, 2);
  const summary = summarise('net', p, n => {
    const x = tf.zeros<tf.Rank.R4>([n, 10, 12, 3]);
    const picture = up(down(x));
    let h = tf.zeros<tf.Rank.R2>([n, 6]);
    for (let step = 0; step < 3; step++) h = cell(tf.zeros([n, 5]), h);
    return [picture, last(h)];
  });
  assert.deepEqual(summary.layers, [
    // 5·6·8 values of 4·4·3 products each; 4·4·3·8 weights and 8 biases. Power iteration belongs to no example.
    {path: 'net/down', output: '[N, 5, 6, 8]', parameters: 392, multiplyAdds: 240 * 48},
    {path: 'net/up', output: '[N, 10, 12, 3]', parameters: 384, multiplyAdds: 240 * 48},
    // Three steps each: (5 + 6)·12 and (5 + 6)·6.
    {path: 'net/cell/gates', output: '[N, 12]', parameters: 144, multiplyAdds: 3 * 132},
    {path: 'net/cell/candidate', output: '[N, 6]', parameters: 72, multiplyAdds: 3 * 66},
    {path: 'net/last', output: '[N, 2]', parameters: 14, multiplyAdds: 12},
  ]);
  assert.deepEqual([summary.parameters, summary.otherValues, summary.multiplyAdds], [1006, 8, 2 * 11520 + 594 + 12]);
  const text = summaryText(summary);
  assert.match(text, /net\/down +\[N, 5, 6, 8\] +392 +11,520\n/);
  assert.match(text, /in all +1,006 +23,646\nand 8 values that are saved but not trained$/);
  p.dispose();
});

test('the players’ summaries count every parameter once and leave nothing behind', () => {
  const image = {kind: 'image', height: 8, width: 8, channels: 3} as const;
  const text = {kind: 'text', vocabulary: ['<pad>', '<unk>', 'a'], maxTokens: 2} as const;
  const config = modelConfig(
    {image, text},
    {networks: {image: 'residualAttention', text: 'lstm'}, discriminatorAttention: 1},
  );
  for (const player of [new Generator(config, 1), new Discriminator(config, 1)]) {
    const alive = tf.memory().numTensors;
    const summary = player.summary();
    assert.equal(tf.memory().numTensors, alive);
    assert.equal(
      summary.layers.reduce((sum, layer) => sum + layer.parameters, 0),
      player.parameters.count(),
    );
    assert.ok(summary.layers.some(({path}) => path.includes('attention')) && summary.multiplyAdds > 10_000);
    player.parameters.dispose();
  }
});
