/** A model that was trained on drawn words draws them: one-hot, by the seed, in proportion to their probabilities; all else is as without. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import {MultimodalGan} from '../../src/model/multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import {loadModel, saveModel} from '../../src/model/serialization';
import {tinyModalities, tinyModel} from '../support/tiny-data';

before(async () => {
  await selectBackend();
});

function build(network: 'gru' | 'perceptron', hardWords: boolean): MultimodalGan {
  const config = modelConfig(tinyModalities, {...tinyModel, networks: {name: {generator: network}}});
  const content = {
    components: 1,
    dim: 8,
    weights: Float32Array.of(1),
    means: new RandomStream(1, 'm').normals(8),
    deviations: new Float32Array(8).fill(0.5),
  };
  return new MultimodalGan(
    config,
    new CrossModalEncoder(config, 1),
    new Generator(config, 1),
    new Discriminator(config, 1),
    {content, styleDeviations: mapRecord(tinyModalities, () => 1), ...(hardWords && {hardWords})},
  );
}

const words = ({name}: Record<string, tf.Tensor>) => name!.arraySync() as number[][][];

test('words are one-hot and the same for the same seed, also when recorded; pictures are those of the model without', () => {
  const [soft, hard] = [build('gru', false), build('gru', true)];
  tf.tidy(() => {
    const [before, drawn] = [soft.generate(6, {seed: 3}), hard.generate(6, {seed: 3})];
    for (const place of words(drawn).flat())
      assert.deepEqual([...place].sort(), [0, 0, 0, 1], 'one word at each place');
    assert.ok(words(before).flat(2).some(p => p > 0 && p < 1)); // biome-ignore format: one line
    for (const picture of ['front', 'side']) assert.deepEqual(drawn[picture]!.dataSync(), before[picture]!.dataSync());
    for (let i = 0; i < 5; i++) assert.deepEqual(words(hard.generate(6, {seed: 3})), words(drawn));
    assert.notDeepEqual(words(hard.generate(6, {seed: 4})), words(drawn));
    const given = {parts: {front: drawn['front'], side: drawn['side']}};
    const completed = hard.complete(given, {seed: 5});
    for (const place of words(completed).flat()) assert.deepEqual([...place].sort(), [0, 0, 0, 1]);
    assert.deepEqual(words(hard.complete(given, {seed: 5})), words(completed));
  });
  soft.dispose();
  hard.dispose();
});

test('each word comes as often as its probability says, in more than one chunk', () => {
  const [soft, hard] = [build('perceptron', false), build('perceptron', true)];
  tf.tidy(() => {
    const [shares, probabilities] = [hard, soft].map(model =>
      Array.from(model.generate(3000, {seed: 1})['name']!.mean(0).dataSync()),
    );
    // Of 3,000 draws the deviation is .009 at most.
    shares!.forEach((share, i) => void assert.ok(Math.abs(share - probabilities![i]!) < 0.04, `${i}: ${share}`));
  });
  soft.dispose();
  hard.dispose();
});

test('a saved model goes on drawing', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hard-words-'));
  const model = build('gru', true);
  saveModel(model, path.join(folder, 'model'));
  const loaded = loadModel(path.join(folder, 'model'));
  fs.rmSync(folder, {recursive: true});
  tf.tidy(() => void assert.deepEqual(words(loaded.generate(4, {seed: 2})), words(model.generate(4, {seed: 2}))));
  model.dispose();
  loaded.dispose();
});
