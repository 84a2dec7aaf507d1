/**
 * The flagship's whole adversarial step on the embedded digits, as src/training/adversarial-phase.ts runs it: D moves, G
 * moves, the average follows. Batches are drawn beforehand: what is measured is the step.
 */
import {compileStep} from '../../../src/backend/compile';
import {modelConfig, trainConfig} from '../../../src/core/config';
import {mapRecord} from '../../../src/core/records';
import {tf} from '../../../src/core/tensorflow';
import {loadDigits} from '../../../src/datasets/digits';
import {FeatureCache} from '../../../src/features/batch';
import {CrossModalEncoder, Discriminator, Generator} from '../../../src/model/players';
import {BatchSource} from '../../../src/training/batch-source';
import {CodeTable} from '../../../src/training/code-table';
import {ExponentialMovingAverage} from '../../../src/training/ema';
import {Adam} from '../../../src/training/optimizers/adam';
import {
  type AdversarialBatch,
  discriminatorStep,
  type GeneratorBatch,
  generatorStep,
} from '../../../src/training/steps';
import type {Subject, SubjectOptions} from '../subject-type';
import {momentsOf} from './game-subject';

const numBatches = 4;

export function flagshipSubject(batchSize: number, {compile, audit, r1 = 'as trained'}: SubjectOptions): Subject {
  const data = loadDigits();
  const features = new FeatureCache(data.modalities);
  const train = trainConfig({batchSize});
  const model = modelConfig(data.modalities);
  const encoder = new CrossModalEncoder(model, train.seed);
  const generator = new Generator(model, train.seed);
  const average = new Generator(model, train.seed);
  const discriminator = new Discriminator(model, train.seed);
  const players = {encoder, generator, discriminator};
  const source = new BatchSource(
    data,
    features,
    new CodeTable(encoder, data, features, model.contentDim),
    model,
    train,
    'bench',
  );
  const batches = Array.from({length: numBatches}, () => [source.next(), source.nextForGenerator()] as const);

  const {modalities} = data;
  const rateScale = (name: string) => (modalities[name.split('/')[1]!]?.kind === 'text' ? train.textRateScale : 1);
  const adam = {beta1: train.adamBeta1, beta2: train.adamBeta2, rateScale};
  const optimizers = [
    new Adam(discriminator.parameters.trainable, adam),
    new Adam(generator.parameters.trainable, adam),
  ] as const;
  const follow = new ExponentialMovingAverage(
    generator.parameters.trainable,
    average.parameters.trainable,
    train.emaDecay,
  );
  const rate = tf.scalar(train.learningRate);

  const step = compileStep(
    (batch: AdversarialBatch, forGenerator: GeneratorBatch, learningRate: tf.Scalar, r1Gamma: number) => {
      const {mismatchWeight, informationWeight} = train;
      const settings = {learningRate, mismatchWeight, informationWeight, r1Gamma};
      const losses = {
        discriminator: discriminatorStep(players, optimizers[0], batch, settings),
        generator: generatorStep(players, optimizers[1], forGenerator, settings),
      };
      follow.update();
      return losses;
    },
    {enabled: compile, strict: true, audit},
  );
  const gamma = train.r1Gamma * train.r1Interval;
  const r1GammaOf = (i: number) => (r1 === 'always' || (r1 === 'as trained' && i % train.r1Interval === 0) ? gamma : 0);
  const stepsPerCall = r1 === 'as trained' ? train.r1Interval : 1;
  let next = 0;
  const one = (): number[] => {
    const [batch, forGenerator] = batches[next % numBatches]!;
    const losses = step(batch, forGenerator, rate, r1GammaOf(next++));
    const values = Object.values(losses).map(loss => loss.dataSync()[0]!);
    tf.dispose(Object.values(losses));
    return values;
  };
  const networks = [encoder, generator, average, discriminator];
  return {
    stepsPerCall,
    compiled: step as never,
    run: () => Array.from({length: stepsPerCall}, one).flat(),
    // Without R1 first: those steps are seen three times before the others are.
    arguments: () => Array.from({length: r1 === 'as trained' ? 2 : 1}, () => tensorsIn([...batches[0]!, rate])),
    slopes: null,
    state: () => ({
      ...named('live', generator),
      ...named('average', average),
      ...named('judge', discriminator),
      ...momentsOf(optimizers[0]),
      ...momentsOf(optimizers[1]),
    }),
    dispose: () => {
      step.dispose();
      follow.dispose();
      for (const optimizer of optimizers) optimizer.dispose();
      for (const {parameters} of networks) parameters.dispose();
      tf.dispose([batches, rate] as never);
    },
  };
}

function named(prefix: string, {parameters}: Pick<Generator, 'parameters'>): Record<string, Float32Array> {
  const values = mapRecord(parameters.all(), variable => variable.dataSync().slice() as Float32Array);
  return Object.fromEntries(Object.entries(values).map(([path, array]) => [`${prefix}/${path}`, array]));
}

/** In the order in which a compiled step numbers its arguments. */
function tensorsIn(tree: unknown): tf.Tensor[] {
  if (tree instanceof tf.Tensor) return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(tensorsIn) : [];
}
