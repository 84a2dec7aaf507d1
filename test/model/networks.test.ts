/** A whole model of chosen networks: each player moves alone, and the model is saved and loaded with all its state. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {type ModelConfig, modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {MultimodalGan} from '../../src/model/multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import {loadModel, saveModel} from '../../src/model/serialization';
import {tinyModalities, tinyModel} from '../support/tiny-data';

before(async () => {
  await selectBackend();
});

const choices: Readonly<Record<string, Partial<ModelConfig>>> = {
  'DCGAN and LSTM': {networks: {front: 'dcgan', side: 'dcgan', name: 'lstm'}},
  'residual with attention, GRU, cross-modal D': {
    networks: {front: 'residual', side: 'residualAttention', name: 'gru'},
    discriminatorAttention: 2,
  },
  'perceptrons, and pictures row by row': {
    networks: {front: 'perceptron', side: {generator: 'gru', discriminator: 'lstm'}, name: 'residualPerceptron'},
    discriminatorAttention: 1,
  },
};

const count = 8;
const normal = (shape: number[], seed: number) =>
  tf.tensor(new RandomStream(seed, 'x').normals(shape.reduce((a, b) => a * b)), shape);

for (const [name, overrides] of Object.entries(choices)) {
  test(`${name}: gradients reach every weight of the player that moves; filler counts for nothing; saved whole`, () => {
    const config = modelConfig(tinyModalities, {...tinyModel, ...overrides});
    const [encoder, generator, discriminator] = [
      new CrossModalEncoder(config, 1),
      new Generator(config, 2),
      new Discriminator(config, 3),
    ];
    const alive = tf.memory().numTensors;
    tf.tidy(() => {
      const content = normal([count, config.contentDim], 1) as tf.Tensor2D;
      const styles = mapRecord(tinyModalities, (_, m) => normal([count, config.styleDim], m.length) as tf.Tensor2D);
      const scoreOf = (parts: Record<string, tf.Tensor>) => {
        const judged = discriminator.judge(parts, 'batch');
        const terms = [
          ...Object.values(discriminator.logits(judged, content)),
          ...Object.values(judged.style).map(s => s.sum(1)),
        ];
        return tf.addN(terms.map(term => term.square().mean())) as tf.Scalar;
      };
      const before = [generator, encoder].map(player =>
        Object.values(player.parameters.trainable).map(v => v.dataSync().slice()),
      );
      for (const [player, loss] of [
        [generator, () => scoreOf(generator.apply(content, styles, 'batch'))],
        [
          discriminator,
          () => scoreOf(mapRecord(tinyModalities, (spec, m) => tf.tanh(normal([count, ...partShape(spec)], m.length)))),
        ],
      ] as const) {
        const {grads} = tf.variableGrads(loss, Object.values(player.parameters.trainable));
        for (const [path, variable] of Object.entries(player.parameters.trainable)) {
          const largest = grads[variable.name]?.abs().max().dataSync()[0] ?? 0;
          // γ of self-attention is 0 at the start, and with it the slopes of what stands behind it.
          if (!/attention\/(query|key|value|output)/.test(path) || path.startsWith('discriminator/attention'))
            assert.ok(largest > 0, path);
        }
      }
      [generator, encoder].forEach((player, i) => {
        Object.values(player.parameters.trainable).forEach((v, j) => {
          assert.deepEqual(v.dataSync(), before[i]![j]);
        });
      });

      const present = mapRecord(tinyModalities, (_, m) =>
        tf.tensor1d(Array.from({length: count}, (_, i) => (m === 'side' && i % 2 ? 0 : 1))),
      );
      const judge = (filler: number) => {
        const parts = mapRecord(tinyModalities, (spec, m) => {
          const mask = present[m]!.reshape([count, ...partShape(spec).map(() => 1)]);
          return normal([count, ...partShape(spec)], m.length)
            .mul(mask)
            .add(tf.sub(1, mask).mul(filler));
        });
        // Spectral norm's u moves with every call: put back, so that both see the same.
        const u = Object.values(discriminator.parameters.buffers).map(v => [v, v.dataSync().slice()] as const);
        const {realism} = discriminator.judge(parts, 'batch', present);
        for (const [v, values] of u) v.assign(tf.tensor(values, v.shape));
        return mapRecord(realism, (r, m) => r.mul(present[m]!).dataSync());
      };
      const [zero, other] = [judge(0), judge(30)];
      for (const m of Object.keys(zero))
        assert.ok(
          zero[m]!.every((value, i) => Math.abs(value - other[m]![i]!) < 1e-4),
          m,
        );
    });

    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'networks-'));
    const content = {
      components: 1,
      dim: config.contentDim,
      weights: Float32Array.of(1),
      means: new Float32Array(config.contentDim),
      deviations: new Float32Array(config.contentDim).fill(1),
    };
    const model = new MultimodalGan(config, encoder, generator, discriminator, {
      content,
      styleDeviations: mapRecord(tinyModalities, () => 1),
    });
    saveModel(model, path.join(folder, 'model'));
    const loaded = loadModel(path.join(folder, 'model'));
    fs.rmSync(folder, {recursive: true});
    assert.deepEqual(loaded.config, config);
    tf.tidy(() => {
      const parts = model.generate(5, {seed: 1});
      for (const [m, part] of Object.entries(loaded.generate(5, {seed: 1})))
        assert.deepEqual(part.dataSync(), parts[m]!.dataSync());
      assert.deepEqual(loaded.discriminate({parts}).total.dataSync(), model.discriminate({parts}).total.dataSync());
    });
    assert.match(model.summary(), /encoder .*output[\s\S]*generator .*output[\s\S]*discriminator .*multiply-adds/);
    loaded.dispose();
    assert.equal(tf.memory().numTensors, alive);
    model.dispose();
  });
}
