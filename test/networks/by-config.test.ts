/** Networks chosen by name: sizes and kinds, errors, and networks of one's own. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import {type HeadName, headKinds, networksOf, type TrunkName, trunkKinds} from '../../src/core/network-names';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {type ModalitySpec, partShape} from '../../src/core/types';
import {checkNetwork} from '../../src/networks/check/check-network';
import {headDefinition, trunkDefinition} from '../../src/networks/check/parts';
import {buildGeneratorHead, planGrowthFrom4, registerHead} from '../../src/networks/generator-head';
import {leakyRelu} from '../../src/networks/layers/activations';
import {dense} from '../../src/networks/layers/dense';
import {gumbelNoise} from '../../src/networks/layers/gumbel-softmax';
import {Parameters} from '../../src/networks/parameters';
import {buildTrunk, registerTrunk} from '../../src/networks/trunk';
import {planShrink} from '../../src/networks/trunks/trunk-type';
import {smallAudio, smallImage, smallText} from './specs';

before(async () => {
  await selectBackend();
});

const fresh = () => new Parameters(new RandomStream(2, 'test'));
const image = (height: number, width: number, channels: number) => ({kind: 'image', height, width, channels}) as const;
const sizes: readonly ModalitySpec[] = [
  image(28, 28, 1),
  image(32, 32, 3),
  image(48, 64, 3),
  image(64, 64, 1),
  image(45, 31, 3),
  image(5, 4, 1),
  smallText,
  {...smallText, maxTokens: 11, vocabulary: ['<pad>', '<unk>', ...'abcdefg']},
  smallAudio,
  {...smallAudio, numMelBands: 40, clipSamples: 33 * 128},
];

for (const spec of sizes) {
  const shape = partShape(spec);
  test(`${spec.kind} ${shape.join('×')}: every network takes it and makes it, and nothing is left behind`, () => {
    const alive = tf.memory().numTensors;
    tf.tidy(() => {
      const u = tf.tensor2d(new RandomStream(1, 'u').normals(3 * 7), [3, 7]);
      let made: tf.Tensor = tf.zeros([3, ...shape]);
      for (const [network, kinds] of Object.entries(headKinds)) {
        if (!(kinds as readonly string[]).includes(spec.kind)) continue;
        const p = fresh();
        const options = {inputDim: 7, channels: 16, hiddenUnits: 10, network: network as HeadName};
        made = buildGeneratorHead(p, 'generator/it', spec, options).apply(u, 'batch');
        assert.deepEqual(made.shape, [3, ...shape], network);
        const [low, high] = [made.min().dataSync()[0]!, made.max().dataSync()[0]!];
        assert.ok(low >= (spec.kind === 'text' ? 0 : -1) && high <= 1 && high > low, network);
        if (spec.kind === 'text') assert.ok(made.sum(2).sub(1).abs().max().dataSync()[0]! < 1e-5, network);
        p.dispose();
      }
      for (const [network, kinds] of Object.entries(trunkKinds)) {
        if (!(kinds as readonly string[]).includes(spec.kind)) continue;
        const p = fresh();
        const options = {channels: 4, hiddenUnits: 10, network: network as TrunkName, role: 'discriminator'} as const;
        const trunk = buildTrunk(p, 'discriminator/it', spec, options);
        const grid = trunk.apply(made, 'batch');
        assert.deepEqual(grid.shape, [3, trunk.height, trunk.width, trunk.channels], network);
        p.dispose();
      }
    });
    assert.equal(tf.memory().numTensors, alive);
  });
}

test('the DCGAN is the published one: 4×4×256 → 8×8×128 → 16×16×64 → 32×32×3, and back by 64, 128, 256', () => {
  const p = fresh();
  const options = {inputDim: 100, channels: 256, hiddenUnits: 1, network: 'dcgan'} as const;
  buildGeneratorHead(p, 'g', image(32, 32, 3), options);
  buildTrunk(p, 'd', image(32, 32, 3), {channels: 64, hiddenUnits: 1, network: 'dcgan', role: 'discriminator'});
  const kernels = Object.entries(p.trainable).filter(([name]) => name.endsWith('kernel'));
  assert.deepEqual(
    kernels.map(([name, {shape}]) => [name, shape]),
    [
      ['g/start/kernel', [100, 4 * 4 * 256]],
      ['g/grow1/kernel', [4, 4, 128, 256]],
      ['g/grow2/kernel', [4, 4, 64, 128]],
      ['g/finish/kernel', [4, 4, 3, 64]],
      ['d/convolution1/kernel', [4, 4, 3, 64]],
      ['d/convolution2/kernel', [4, 4, 64, 128]],
      ['d/convolution3/kernel', [4, 4, 128, 256]],
    ],
  );
  p.dispose();
});

test('growth and shrinkage: 28 from 7 and to 4, 32 from 4 and to 4, 13×20 from 7×10 and to 4×5', () => {
  const grown = (h: number, w: number) => Object.values(planGrowthFrom4(h, w));
  const shrunk = (h: number, w: number) => Object.values(planShrink(h, w));
  assert.deepEqual(
    [grown(28, 28), grown(32, 32), grown(13, 20), grown(5, 4)],
    [
      [7, 7, 2],
      [4, 4, 3],
      [7, 10, 1],
      [5, 4, 0],
    ],
  );
  assert.deepEqual(
    [shrunk(28, 28), shrunk(32, 32), shrunk(13, 20), shrunk(5, 4)],
    [
      [4, 4, 3],
      [4, 4, 3],
      [4, 5, 2],
      [3, 2, 1],
    ],
  );
});

test('sampled words: hard ones are one-hot and follow the noise; without noise they are probabilities', () => {
  for (const network of ['gru', 'lstm', 'perceptron', 'residualPerceptron'] as const) {
    const p = fresh();
    tf.tidy(() => {
      const head = buildGeneratorHead(p, 'generator/caption', smallText, {
        inputDim: 2,
        channels: 1,
        hiddenUnits: 8,
        network,
      });
      const u = tf.zeros<tf.Rank.R2>([40, 2]);
      const soft = head.apply(u, 'batch');
      assert.ok(soft.max().dataSync()[0]! < 1);
      const gumbel = gumbelNoise(new RandomStream(3, 'gumbel'), [40, 3, 4]) as tf.Tensor3D;
      const hard = head.apply(u, 'batch', {gumbel, temperature: tf.scalar(0.5), hard: true});
      assert.ok(hard.dataSync().every(value => value === 0 || value === 1));
      // The same u, other chances: other sentences.
      const words = hard.argMax(-1).arraySync() as number[][];
      assert.ok(new Set(words.map(String)).size > 5, network);
      assert.throws(
        () => head.apply(u, 'batch', {gumbel: gumbel.slice([0, 0, 0], [39, -1, -1]), temperature: 1}),
        /Gumbel noise of generator\/caption of shape \[40, 3, 4\], got \[39, 3, 4\]/,
      );
    });
    p.dispose();
  }
});

test('errors name the modality, both shapes, and what there is', () => {
  const p = fresh();
  const trunk = buildTrunk(p, 'discriminator/photo', smallImage, {
    channels: 2,
    hiddenUnits: 2,
    network: 'dcgan',
    role: 'discriminator',
  });
  const wrong = tf.zeros([2, 9, 8, 2]);
  assert.throws(
    () => trunk.apply(wrong, 'batch'),
    /^UserError: Expected discriminator\/photo of shape \[N, 8, 9, 2\], got \[2, 9, 8, 2\]\.$/,
  );
  const head = buildGeneratorHead(p, 'generator/photo', smallImage, {inputDim: 4, channels: 8, hiddenUnits: 2});
  assert.throws(
    () => head.apply(wrong as unknown as tf.Tensor2D, 'batch'),
    /input of generator\/photo of shape \[N, 4\], got \[2, 9, 8, 2\]/,
  );
  const layer = dense(p, 'layer', 3, 2);
  assert.throws(() => layer(wrong), /input of layer of shape \[N, 3\], got \[2, 9, 8, 2\]/);
  wrong.dispose();
  p.dispose();

  const modalities = {photo: smallImage, caption: smallText};
  const build = (networks: object) => () => modelConfig(modalities, {networks: networks as never});
  assert.throws(
    build({photo: 'dcgna'}),
    /Unknown network of networks\.photo\.encoder "dcgna"; choose convolutional, words, perceptron, .* or gru\./,
  );
  assert.throws(
    build({caption: {generator: 'dcgan'}}),
    /Expected the network of networks\.caption\.generator, for text, to be perceptron, residualPerceptron, lstm or gru, got "dcgan"\./,
  );
  assert.throws(build({caption: 'words'}), /Unknown network of networks\.caption\.generator "words"/);
  assert.throws(build({sound: 'gru'}), /Unknown modality in networks "sound"; choose photo or caption/);
  assert.throws(
    build({photo: {generatr: 'dcgan'}}),
    /Wrong networks\.photo in model config.*generatr|names for encoder, generator or discriminator/,
  );
  assert.throws(build({photo: 3}), /Wrong networks\.photo in model config: expected the name of a network/);
  // Before the data are known the names alone are looked at.
  assert.throws(() => modelConfig({}, {networks: {any: 'dcgna'}}), /Unknown network of networks\.any\.encoder "dcgna"/);
  assert.doesNotThrow(() => modelConfig({}, {networks: {any: {discriminator: 'words'}, other: 'lstm'}}));
});

test('one name is for all three players; an object keeps the usual ones where it says nothing', () => {
  assert.deepEqual(networksOf('text', 'lstm'), {encoder: 'lstm', generator: 'lstm', discriminator: 'lstm'});
  assert.deepEqual(networksOf('text', {generator: 'lstm'}), {
    encoder: 'words',
    generator: 'lstm',
    discriminator: 'words',
  });
  assert.deepEqual(networksOf('audio', undefined), {
    encoder: 'convolutional',
    generator: 'convolutional',
    discriminator: 'convolutional',
  });
});

test('networks of one’s own stand in a config like those of the package, and pass the same check', () => {
  registerTrunk('brightness', ['image'], (parameters, path, _spec, {hiddenUnits}) => {
    const layer = dense(parameters, `${path}/brightness`, 1, hiddenUnits);
    return {
      height: 1,
      width: 1,
      channels: hiddenUnits,
      spectral: false,
      apply: x => leakyRelu(layer(x.mean([1, 2, 3]).expandDims(1))).reshape([x.shape[0]!, 1, 1, hiddenUnits]),
    };
  });
  registerHead('flat', ['image'], (parameters, path, spec, {inputDim}) => {
    const layer = dense(parameters, `${path}/colour`, inputDim, 1);
    return {
      apply: u =>
        tf
          .tanh(layer(u))
          .reshape([u.shape[0], 1, 1, 1])
          .mul(tf.ones([1, ...partShape(spec)])),
    };
  });
  checkNetwork(trunkDefinition(smallImage, 'brightness'));
  checkNetwork(headDefinition(smallImage, 'flat'));
  const own = {photo: {encoder: 'brightness', generator: 'flat', discriminator: 'brightness'}};
  assert.deepEqual(modelConfig({photo: smallImage}, {networks: own}).networks, own);
  assert.throws(
    () => modelConfig({caption: smallText}, {networks: {caption: {encoder: 'brightness'}}}),
    /for text, to be words, perceptron/,
  );
  assert.throws(() => registerTrunk('dcgan', ['image'], () => assert.fail()), /name of its own, got "dcgan"/);
});
