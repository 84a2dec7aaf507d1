/** First phase: E learns, from pairs alone, to bring the parts of one example together. */
import {compileStep} from '../backend/compile';
import type {TrainConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {presenceOf, stackParts} from '../features/stack-parts';
import type {CrossModalEncoder} from '../model/players';
import {varyPart} from './encoder-augment';
import {ExampleStream, type PartEncoder, prepareNext, type TrainingData} from './example-stream';
import {Adam} from './optimizers/adam';
import {drawnByPairs} from './pairs';
import type {TrainingReporter} from './progress';
import {drawSubsets} from './random-subsets';
import {oneCycle} from './schedules';
import {type EncoderBatch, encoderStep} from './steps';

/** Steps whose time tells how many fit into the share of the budget; the first are recorded, are slower and do not count. */
const timing = {warmUp: 12, measured: 24};

/** @returns the steps done. */
export async function trainEncoder(
  encoder: CrossModalEncoder,
  data: TrainingData,
  features: PartEncoder,
  config: TrainConfig,
  seconds: number | null,
  reporter: TrainingReporter,
): Promise<number> {
  const examples = new ExampleStream(drawnByPairs(data), new RandomStream(config.seed, 'encoder/examples'));
  const chance = new RandomStream(config.seed, 'encoder/variation');
  const subsets = new RandomStream(config.seed, 'encoder/subsets');
  const optimizer = new Adam(encoder.parameters.trainable, {beta1: 0.9, beta2: 0.99});
  const move = compileStep(
    (batch: EncoderBatch, learningRate: tf.Scalar) =>
      encoderStep(encoder, optimizer, batch, {learningRate, scale: config.contrastiveScale}),
    {enabled: config.compile},
  );
  const startedAt = performance.now() / 1000;
  let measuredAt = startedAt;
  let steps = config.encoderSteps ?? (seconds === null ? 1000 : Number.POSITIVE_INFINITY);
  let step = 0;
  try {
    for (; step < steps && !reporter.stopped; step++) {
      if (step === timing.warmUp) measuredAt = performance.now() / 1000;
      if (steps === Number.POSITIVE_INFINITY && step === timing.warmUp + timing.measured) {
        const now = performance.now() / 1000;
        const secondsPerStep = (now - measuredAt) / timing.measured;
        steps =
          step + Math.max(50, Math.min(maxEncoderSteps, Math.round((seconds! - (now - startedAt)) / secondsPerStep)));
      }
      // The first steps stay at the start of the cycle, whether their total is known or still being measured: the same run.
      const done = step < timing.warmUp + timing.measured ? 0 : step / steps;
      const learningRate = config.encoderLearningRate * oneCycle(done);
      await prepareNext(features, examples, config.encoderBatchSize);
      const loss = tf.tidy(() => {
        const chosen = examples.next(config.encoderBatchSize);
        const parts = stackParts(chosen, data.modalities, (name, part) =>
          varyPart(chance, data.modalities[name]!, features.encode(name, part)),
        );
        const observed = presenceOf(chosen, data.modalities);
        const present = mapRecord(observed, mask => tf.tensor1d(mask));
        const subset = mapRecord(drawSubsets(subsets, observed, 0), mask => tf.tensor1d(mask));
        const dropoutMasks = mapRecord(data.modalities, (_, name) =>
          dropoutMask(chance, chosen.length, encoder.encoders[name]!.dropoutUnits, config.encoderDropout),
        );
        return move({parts, present, subset, dropoutMasks}, tf.scalar(learningRate)).dataSync()[0]!;
      });
      const left = (steps - step - 1) * ((performance.now() / 1000 - startedAt) / (step + 1));
      await reporter.report(
        'encoder',
        step + 1,
        steps,
        {contrastive: loss},
        Number.isFinite(left) ? left : (seconds ?? 0),
      );
    }
  } finally {
    move.dispose();
    optimizer.dispose();
  }
  return step;
}

/** More brings little: the codes are as good as they get. */
const maxEncoderSteps = 2500;

function dropoutMask(stream: RandomStream, count: number, units: number, share: number): tf.Tensor2D {
  const values = new Float32Array(count * units);
  for (let i = 0; i < values.length; i++) values[i] = stream.uniform() < share ? 0 : 1 / (1 - share);
  return tf.tensor2d(values, [count, units]);
}
