import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {type NamedVariables, tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {fusionNames} from '../../src/fusion/fusion';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import {Adam} from '../../src/training/optimizers/adam';
import {type AdversarialBatch, discriminatorStep, encoderStep, generatorStep} from '../../src/training/steps';
import {tinyModalities, tinyModel} from '../support/tiny-data';

before(async () => {
  await selectBackend();
});

const config = modelConfig(tinyModalities, tinyModel);
const count = 8;
const snapshot = (variables: NamedVariables) => Object.values(variables).map(v => v.dataSync().slice());
const normals = (name: string, shape: number[]) =>
  tf.tensor(new RandomStream(1, name).normals(shape.reduce((a, b) => a * b, 1)), shape);

function batch(): AdversarialBatch {
  return {
    parts: mapRecord(tinyModalities, (spec, name) => normals(name, [count, ...partShape(spec)])),
    present: mapRecord(tinyModalities, (_, name) =>
      tf.tensor1d(Array.from({length: count}, (__, i) => (name === 'side' && i > 5 ? 0 : 1))),
    ),
    seen: {
      codes: mapRecord(tinyModalities, (_, name) => normals(`code ${name}`, [count, 8]) as tf.Tensor2D),
      subset: mapRecord(tinyModalities, (_, name) =>
        tf.tensor1d(Array.from({length: count}, () => (name === 'side' ? 0 : 1))),
      ),
    },
    styles: mapRecord(tinyModalities, (_, name) => normals(`style ${name}`, [count, 4]) as tf.Tensor2D),
    realShifts: {},
    fakeShifts: {},
  };
}

test('a step moves its own player and leaves the other bit-equal; tensors do not pile up', () => {
  const encoder = new CrossModalEncoder(config, 1);
  const players = {encoder, generator: new Generator(config, 1), discriminator: new Discriminator(config, 1)};
  const {generator, discriminator} = players;
  const optimizers = {
    generator: new Adam(generator.parameters.trainable, {beta1: 0.5, beta2: 0.99}),
    discriminator: new Adam(discriminator.parameters.trainable, {beta1: 0.5, beta2: 0.99}),
  };
  const run = {
    generator: () =>
      tf.tidy(() =>
        generatorStep(players, optimizers.generator, batch(), {
          learningRate: tf.scalar(1e-3),
          informationWeight: 0.5,
        }),
      ),
    discriminator: () =>
      tf.tidy(() =>
        discriminatorStep(players, optimizers.discriminator, batch(), {
          learningRate: tf.scalar(1e-3),
          mismatchWeight: 0.5,
          informationWeight: 0.5,
          r1Gamma: 0.3,
        }),
      ),
  };
  const loss = (mover: keyof typeof run) => tf.tidy(() => run[mover]().dataSync()[0]!);
  for (const mover of ['generator', 'discriminator'] as const) {
    const other = mover === 'generator' ? 'discriminator' : 'generator';
    loss(mover);
    const alive = tf.memory().numTensors;
    const [mine, theirs] = [snapshot(players[mover].parameters.trainable), snapshot(players[other].parameters.all())];
    const losses = Array.from({length: 12}, () => loss(mover));
    assert.deepEqual(snapshot(players[other].parameters.all()), theirs);
    for (const [i, after] of snapshot(players[mover].parameters.trainable).entries())
      assert.notDeepEqual(after, mine[i]);
    assert.ok(losses.at(-1)! < losses[0]!, `${mover}: ${losses}`);
    assert.equal(tf.memory().numTensors, alive);
  }
});

/** The batch with another filler in the absent rows of `side`. */
function filled(filler: number): AdversarialBatch {
  const {parts, present, ...rest} = batch();
  const shown = present['side']!.reshape([count, 1, 1, 1]);
  const side = parts['side']!.mul(shown).add(tf.sub(1, shown).mul(filler));
  return {...rest, parts: {...parts, side}, present};
}

test('what stands in an absent part of E’s batch changes no weight, whatever the fusion', () => {
  for (const fusion of fusionNames) {
    const train = (filler: number) => {
      const encoder = new CrossModalEncoder({...config, fusion}, 1);
      tf.tidy(() => {
        const {parts, present} = filled(filler);
        const subset = {...present, front: tf.zeros<tf.Rank.R1>([count])};
        encoderStep(
          encoder,
          new Adam(encoder.parameters.trainable, {beta1: 0.9, beta2: 0.99}),
          {parts, present, subset, dropoutMasks: {}},
          {learningRate: tf.scalar(1e-2), scale: 5},
        );
      });
      return snapshot(encoder.parameters.trainable);
    };
    assert.deepEqual(train(0), train(-0.7), fusion);
  }
});

test('what stands in an absent part of D’s batch changes no weight, with R1 and minibatch deviation', () => {
  const train = (filler: number) => {
    const discriminator = new Discriminator(config, 1);
    const generator = new Generator(config, 1);
    tf.tidy(() =>
      discriminatorStep(
        {encoder: new CrossModalEncoder(config, 1), generator, discriminator},
        new Adam(discriminator.parameters.trainable, {beta1: 0.5, beta2: 0.99}),
        filled(filler),
        {learningRate: tf.scalar(1e-3), mismatchWeight: 0.5, informationWeight: 0.5, r1Gamma: 0.3},
      ),
    );
    return snapshot(discriminator.parameters.trainable);
  };
  assert.deepEqual(train(0), train(-0.7));
});

test('the weights of a learnt fusion move, whichever it is', () => {
  for (const fusion of fusionNames) {
    const encoder = new CrossModalEncoder({...config, fusion}, 1);
    const start = snapshot(encoder.parameters.trainable);
    const optimizer = new Adam(encoder.parameters.trainable, {beta1: 0.9, beta2: 0.99});
    // Twice: an output matrix that starts at zero shields what lies before it from the first gradient.
    for (let i = 0; i < 2; i++) {
      tf.tidy(() => {
        const {parts, present} = batch();
        const subset = {...present, front: tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1])};
        encoderStep(
          encoder,
          optimizer,
          {parts, present, subset, dropoutMasks: {}},
          {learningRate: tf.scalar(1e-2), scale: 5},
        );
      });
    }
    for (const [i, name] of Object.keys(encoder.parameters.trainable).entries()) {
      assert.notDeepEqual(encoder.parameters.trainable[name]!.dataSync(), start[i], `${fusion}: ${name}`);
    }
    assert.equal(encoder.learnsFusion, fusion !== 'decisionLevel');
  }
});
