import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {type ModelConfig, modelConfig} from '../../src/core/config';
import {fusionMethods} from '../../src/core/fusion-names';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import type {Optimizer} from '../../src/training/optimizers/optimizer';
import {
  type AdversarialBatch,
  discriminatorStep,
  type EncoderBatch,
  encoderStep,
  generatorStep,
} from '../../src/training/steps';
import {tinyModalities, tinyModel} from '../support/tiny-data';

const count = 8;
/** Every modality is absent somewhere, and every example shows something. */
const masks: Readonly<Record<string, number[]>> = {
  front: [1, 0, 1, 1, 0, 1, 0, 1],
  side: [0, 1, 1, 0, 1, 1, 0, 1],
  name: [1, 1, 0, 1, 0, 0, 1, 1],
};

/** Keeps the gradients that a step hands it, and moves nothing. */
function catcher(): {optimizer: Optimizer; caught: Record<string, Float32Array>} {
  const caught: Record<string, Float32Array> = {};
  const apply = (gradients: Record<string, tf.Tensor>): void => {
    for (const [name, gradient] of Object.entries(gradients))
      caught[name] = gradient.dataSync().slice() as Float32Array;
  };
  return {optimizer: {apply} as unknown as Optimizer, caught};
}

/** Values of N rows, drawn where the mask is 1; where it is 0 they are this filler. */
function rows(stream: RandomStream, mask: readonly number[], size: number, filler: () => number): Float32Array {
  const out = new Float32Array(mask.length * size);
  mask.forEach((shown, row) => {
    for (let i = 0; i < size; i++) {
      const drawn = 2 * stream.uniform() - 1;
      out[row * size + i] = shown ? drawn : filler();
    }
  });
  return out;
}

function batches(config: ModelConfig, filler: () => number): {encoder: EncoderBatch; adversarial: AdversarialBatch} {
  const stream = new RandomStream(5, 'filler');
  const shapes = mapRecord(tinyModalities, spec => partShape(spec));
  const size = (name: string) => shapes[name]!.reduce((product, axis) => product * axis, 1);
  const parts = mapRecord(shapes, (shape, name) =>
    tf.tensor(rows(stream, masks[name]!, size(name), filler), [count, ...shape]),
  );
  const present = mapRecord(masks, mask => tf.tensor1d(mask));
  const codes = mapRecord(masks, mask =>
    tf.tensor2d(rows(stream, mask, config.contentDim, filler), [count, config.contentDim]),
  );
  const styles = mapRecord(masks, () => tf.tensor2d(stream.normals(count * config.styleDim), [count, config.styleDim]));
  const unmoved = {};
  return {
    encoder: {parts, present, subset: present, dropoutMasks: {}},
    adversarial: {
      parts,
      present,
      seen: {codes, subset: present},
      styles,
      realShifts: unmoved,
      fakeShifts: unmoved,
    },
  };
}

/** Gradients of all parameters of E, D (with R1) and G in one step each. */
function gradientsWith(config: ModelConfig, filler: () => number): Record<string, Float32Array> {
  const encoder = new CrossModalEncoder(config, 1);
  const generator = new Generator(config, 1);
  const discriminator = new Discriminator(config, 1);
  const players = {encoder, generator, discriminator};
  const {optimizer, caught} = catcher();
  tf.tidy(() => {
    const batch = batches(config, filler);
    const masksOfDropout = mapRecord(tinyModalities, (_, name) =>
      tf.ones<tf.Rank.R2>([count, encoder.encoders[name]!.dropoutUnits]),
    );
    const learningRate = tf.scalar(0.1);
    encoderStep(encoder, optimizer, {...batch.encoder, dropoutMasks: masksOfDropout}, {learningRate, scale: 10});
    const settings = {learningRate, mismatchWeight: 0.5, informationWeight: 3};
    discriminatorStep(players, optimizer, batch.adversarial, {...settings, r1Gamma: 0.8});
    generatorStep(players, optimizer, batch.adversarial, settings);
  });
  for (const {parameters} of [encoder, generator, discriminator]) parameters.dispose();
  return caught;
}

test('what stands in the place of an absent part never reaches a gradient: bit-equal for E, D and G in every fusion', async () => {
  await selectBackend();
  const noise = new RandomStream(9, 'other filler');
  const variants = [
    ...fusionMethods.map(fusion => ({fusion})),
    {fusion: 'decisionLevel' as const, discriminatorAttention: 1},
  ];
  for (const variant of variants) {
    const config = modelConfig(tinyModalities, {...tinyModel, ...variant});
    const usual = gradientsWith(config, () => -1);
    const names = Object.keys(usual);
    for (const player of ['encoder/', 'discriminator/', 'generator/'])
      assert.ok(
        names.some(name => name.startsWith(player)),
        player,
      );
    const moved = names.filter(name => usual[name]!.some(value => value !== 0)).length;
    assert.ok(
      moved > 0.8 * names.length,
      `${JSON.stringify(variant)}: ${moved} of ${names.length} gradients are not zero`,
    );
    for (const filler of [() => 37, () => noise.normal()]) {
      const other = gradientsWith(config, filler);
      for (const name of names) {
        const off = other[name]!.findIndex((value, i) => value !== usual[name]![i]);
        assert.equal(
          off,
          -1,
          `${JSON.stringify(variant)}: ${name} differs at ${off}: ${usual[name]![off]} and ${other[name]![off]}`,
        );
      }
    }
  }
});

test('and what is observed does reach it', async () => {
  await selectBackend();
  const config = modelConfig(tinyModalities, tinyModel);
  const usual = gradientsWith(config, () => -1);
  masks['front']![0] = 0;
  const less = gradientsWith(config, () => -1);
  masks['front']![0] = 1;
  assert.ok(Object.keys(usual).filter(name => less[name]!.some((value, i) => value !== usual[name]![i])).length > 20);
});
