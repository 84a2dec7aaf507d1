import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {compileStep} from '../../src/backend/compile';
import {nativeAvailability} from '../../src/backend/native-availability';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import type {FusionName} from '../../src/core/fusion-names';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {type NamedVariables, tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {fusionMethods} from '../../src/fusion/fusion';
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

test('steps of E, D and G with every fusion are recorded and replayed', {
  skip: !nativeAvailability().ready,
}, async () => {
  await selectBackend({prefer: 'native'});
  for (const fusion of fusionMethods) {
    const own = {...config, fusion, discriminatorFusion: fusion};
    const players = {
      encoder: new CrossModalEncoder(own, 1),
      generator: new Generator(own, 1),
      discriminator: new Discriminator(own, 1),
    };
    const optimizers = mapRecord(players, ({parameters}) => new Adam(parameters.trainable, {beta1: 0.5, beta2: 0.99}));
    const settings = {mismatchWeight: 0.5, informationWeight: 0.5, r1Gamma: 0.3};
    const steps = [
      (b: AdversarialBatch, learningRate: tf.Scalar) =>
        discriminatorStep(players, optimizers.discriminator, b, {...settings, learningRate}),
      (b: AdversarialBatch, learningRate: tf.Scalar) =>
        generatorStep(players, optimizers.generator, b, {...settings, learningRate}),
      ({parts, present, seen}: AdversarialBatch, learningRate: tf.Scalar) =>
        encoderStep(
          players.encoder,
          optimizers.encoder,
          {parts, present, subset: seen.subset, dropoutMasks: {}},
          {learningRate, scale: 5},
        ),
    ];
    for (const step of steps) {
      const move = compileStep(step, {strict: true});
      for (let i = 0; i < 5; i++)
        tf.tidy(() => assert.ok(Number.isFinite(move(batch(), tf.scalar(1e-3)).dataSync()[0]!)));
      assert.equal(move.refusal, null, fusion);
      assert.match(move.explain(), /replays/, fusion);
      move.dispose();
    }
    for (const {parameters} of Object.values(players)) parameters.dispose();
    for (const optimizer of Object.values(optimizers)) optimizer.dispose();
  }
});

/** Moves weights away from where they start, so that no path is shut by a zero. */
function shake(variables: NamedVariables): void {
  for (const [name, variable] of Object.entries(variables)) {
    const values = new RandomStream(1, name).normals(variable.size);
    tf.tidy(() => variable.assign(variable.add(tf.tensor(values, variable.shape).mul(0.1))));
  }
}

/** The batch with another filler in the absent rows of `side`. */
function filled(filler: number): AdversarialBatch {
  const {parts, present, ...rest} = batch();
  const shown = present['side']!.reshape([count, 1, 1, 1]);
  const side = parts['side']!.mul(shown).add(tf.sub(1, shown).mul(filler));
  return {...rest, parts: {...parts, side}, present};
}

test('what stands in an absent part of E’s batch changes no weight, whatever the fusion', () => {
  for (const fusion of fusionMethods) {
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

test('what stands in an absent part of D’s batch changes no weight, with R1 and minibatch deviation, whatever the fusion', () => {
  const train = (filler: number, discriminatorFusion: FusionName | null) => {
    const discriminator = new Discriminator({...config, discriminatorFusion}, 1);
    shake(discriminator.parameters.trainable);
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
  for (const fusion of [null, ...fusionMethods])
    assert.deepEqual(train(0, fusion), train(-0.7, fusion), fusion ?? 'without');
});

test('a fusion in D: the whole is judged, its weights and those of the trunks move by it, and it adds to both losses', () => {
  // Each modality is absent somewhere, so that its filler is used.
  const shown = () => {
    const rows = mapRecord(tinyModalities, (_, name) => Object.keys(tinyModalities).indexOf(name));
    const present = mapRecord(rows, row => tf.tensor1d(Array.from({length: count}, (_, i) => (i === row ? 0 : 1))));
    return {...batch(), present};
  };
  for (const discriminatorFusion of fusionMethods) {
    const encoder = new CrossModalEncoder(config, 1);
    const losses = [null, discriminatorFusion].map(fusion => {
      const players = {
        encoder,
        generator: new Generator(config, 1),
        discriminator: new Discriminator({...config, discriminatorFusion: fusion}, 1),
      };
      const {trainable} = players.discriminator.parameters;
      const optimizer = new Adam(trainable, {beta1: 0.5, beta2: 0.99});
      const generatorOptimizer = new Adam(players.generator.parameters.trainable, {beta1: 0.5, beta2: 0.99});
      const start = snapshot(trainable);
      const values: number[] = [];
      for (let i = 0; i < 2; i++) {
        tf.tidy(() => {
          const settings = {learningRate: tf.scalar(1e-3), mismatchWeight: 0.5, informationWeight: 0.5, r1Gamma: 0.3};
          const value = discriminatorStep(players, optimizer, shown(), settings);
          values.push(
            value.dataSync()[0]!,
            generatorStep(players, generatorOptimizer, batch(), settings).dataSync()[0]!,
          );
        });
      }
      for (const [i, name] of Object.keys(trainable).entries())
        assert.notDeepEqual(trainable[name]!.dataSync(), start[i], `${fusion}: ${name}`);
      assert.equal(
        Object.keys(trainable).some(name => name.startsWith('discriminator/whole/')),
        fusion !== null,
      );
      return values;
    });
    // Three parts without, and one whole more, each of 2.5 softplus(~0) for D and one for G.
    assert.ok(losses[1]![0]! > losses[0]![0]! + 0.5 && losses[1]![1]! > losses[0]![1]! + 0.2, `${losses}`);
  }
});

test('the weights of a learnt fusion move, whichever it is', () => {
  for (const fusion of fusionMethods) {
    const encoder = new CrossModalEncoder({...config, fusion}, 1);
    const start = snapshot(encoder.parameters.trainable);
    const optimizer = new Adam(encoder.parameters.trainable, {beta1: 0.9, beta2: 0.99});
    // Twice: an output matrix that starts at zero shields what lies before it from the first gradient.
    for (let i = 0; i < 2; i++) {
      tf.tidy(() => {
        const {parts, present} = batch();
        const subset = {
          ...present,
          front: tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1]),
          name: tf.tensor1d([1, 0, 1, 1, 1, 1, 1, 1]),
        };
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
    assert.equal(encoder.learnsFusion, fusion !== 'productOfExperts');
  }
});
