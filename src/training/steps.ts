/**
 * A step moves one player once and returns its loss. Everything that varies comes in as tensors and nothing is read on the
 * host, so that a step can be recorded once and replayed (`backend/compile`).
 */
import {mapRecord} from '../core/records';
import {type NamedVariables, tf} from '../core/tensorflow';
import type {Modalities} from '../core/types';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../losses/adversarial';
import {contrastiveLoss} from '../losses/contrastive';
import {styleInformationLoss} from '../losses/information';
import {mismatchDiscriminatorLoss} from '../losses/matching';
import {r1Penalty} from '../losses/penalties';
import type {CrossModalEncoder, Discriminator, Generator, Judgements, Masks, Parts} from '../model/players';
import type {WordSampling} from '../networks/generator-head';
import {type Shifts, shift} from './augment';
import type {Optimizer} from './optimizers/optimizer';

type Styles = Readonly<Record<string, tf.Tensor2D>>;
/** Shifts by modality; one without is not moved. */
export type ShiftsByModality = Readonly<Record<string, Shifts>>;

/** What a step of E works on: N rows everywhere. */
export interface EncoderBatch {
  readonly parts: Readonly<Parts>;
  readonly present: Masks;
  /** Some of the present modalities of each example, for a fusion that learns. */
  readonly subset: Masks;
  readonly dropoutMasks: Readonly<Record<string, tf.Tensor2D>>;
}

/**
 * Moves E once: parts of one example meet, over every pair of modalities, in both directions. A fusion with
 * weights learns that what is seen of an example agrees with the whole of it.
 *
 * @returns the contrastive loss, a mean over pairs; log N before training.
 */
export function encoderStep(
  encoder: CrossModalEncoder,
  optimizer: Optimizer,
  batch: EncoderBatch,
  {learningRate, scale}: {learningRate: tf.Scalar; scale: number},
): tf.Scalar {
  return tf.tidy(() => {
    const names = Object.keys(batch.parts);
    const {value, gradients} = valueAndGradients(encoder.parameters.trainable, () => {
      const codes = mapRecord(batch.parts, (part, name) =>
        encoder.code(name, part, {dropoutMask: batch.dropoutMasks[name]}),
      );
      const losses: tf.Scalar[] = [];
      names.forEach((a, i) => {
        for (const b of names.slice(i + 1)) {
          losses.push(contrastiveLoss(codes[a]!, codes[b]!, scale, {a: batch.present[a]!, b: batch.present[b]!}));
        }
      });
      if (encoder.learnsFusion) {
        losses.push(contrastiveLoss(encoder.fuse(codes, batch.subset), encoder.fuse(codes, batch.present), scale));
      }
      return tf.addN(losses).div(losses.length) as tf.Scalar;
    });
    optimizer.apply(gradients, learningRate);
    return value;
  });
}

/** Codes of some of an example's parts: c is their fusion. */
export interface SeenCodes {
  /** By modality, [N, D]. */
  readonly codes: Readonly<Record<string, tf.Tensor2D>>;
  /** Some of the present modalities of each example, at random. */
  readonly subset: Masks;
}

/** What one step of D or G works on: N rows everywhere. */
export interface AdversarialBatch {
  /** How texts choose their words, by modality; as probabilities where there is none. */
  readonly sampling?: Readonly<Record<string, WordSampling>>;
  /** Real parts; absent ones hold filler. Only D's step looks at them. */
  readonly parts: Readonly<Parts>;
  readonly present: Masks;
  /** What E reads of each real example; the fakes are made from it too. */
  readonly seen: SeenCodes;
  readonly styles: Styles;
  readonly realShifts: ShiftsByModality;
  readonly fakeShifts: ShiftsByModality;
}

/** What a step of G works on. */
export type GeneratorBatch = Omit<AdversarialBatch, 'parts' | 'present' | 'realShifts'>;

export interface DiscriminatorSettings {
  readonly learningRate: tf.Scalar;
  readonly mismatchWeight: number;
  readonly informationWeight: number;
  /** γ of R1 for this step; 0 leaves it out. */
  readonly r1Gamma: number;
}

/** What G makes, and from what. */
export interface Players {
  readonly encoder: CrossModalEncoder;
  readonly generator: Generator;
  readonly discriminator: Discriminator;
}

/**
 * Moves D once. For each modality: real with its content is real; fake with its content is fake; and real with another
 * example's content is fake too, so that D must look at agreement.
 *
 *   L_D = Σₘ softplus(-D(xₘ, c)) + softplus(D(G(c, s)ₘ, c)) + w·softplus(D(xₘ, c')) + λ·L_I + R1
 *
 * With a fusion in D the whole example stands in the sum beside its parts.
 */
export function discriminatorStep(
  {encoder, generator, discriminator}: Players,
  optimizer: Optimizer,
  batch: AdversarialBatch,
  {learningRate, mismatchWeight, informationWeight, r1Gamma}: DiscriminatorSettings,
): tf.Scalar {
  return tf.tidy(() => {
    const {present} = batch;
    const content = encoder.fuse(batch.seen.codes, batch.seen.subset);
    const fake = move(generator.apply(content, batch.styles, 'batch', batch.sampling), batch.fakeShifts);
    const real = move(batch.parts, batch.realShifts);
    const others = tf.concat2d(
      [content.slice([1, 0], [-1, -1]) as tf.Tensor2D, content.slice([0, 0], [1, -1]) as tf.Tensor2D],
      0,
    );
    const {value, gradients} = valueAndGradients(discriminator.parameters.trainable, () => {
      const judgedReal = discriminator.judge(real, 'batch', present);
      const own = discriminator.logits(judgedReal, content);
      const foreign = discriminator.logits(judgedReal, others);
      const judgedFake = discriminator.judge(fake, 'batch');
      const made = discriminator.logits(judgedFake, content);
      const losses = Object.keys(real).map(name => {
        const game = minimaxDiscriminatorLoss(own[name]!, made[name]!, {realPresent: present[name], modality: name});
        const mismatch = mismatchDiscriminatorLoss(foreign[name]!, present[name]);
        return game.add(mismatch.mul(mismatchWeight)) as tf.Scalar;
      });
      const whole = (judged: Judgements, c: tf.Tensor2D) => discriminator.wholeLogits(judged, c);
      const [ownWhole, madeWhole] = [whole(judgedReal, content), whole(judgedFake, content)];
      if (ownWhole && madeWhole) {
        const mismatch = mismatchDiscriminatorLoss(whole(judgedReal, others)!);
        losses.push(minimaxDiscriminatorLoss(ownWhole, madeWhole).add(mismatch.mul(mismatchWeight)) as tf.Scalar);
      }
      losses.push(...informationLosses(judgedFake, batch.styles).map(loss => loss.mul(informationWeight) as tf.Scalar));
      if (r1Gamma === 0) return tf.addN(losses) as tf.Scalar;
      const names = Object.keys(real);
      const score = (...inputs: tf.Tensor[]) => {
        const parts = Object.fromEntries(names.map((name, i) => [name, inputs[i]!]));
        const judged = discriminator.judge(parts, 'batch', present);
        // Filler has no slope to be punished for.
        const scores = Object.entries(discriminator.logits(judged, content)).map(([name, logits]) =>
          logits.mul(present[name]!),
        );
        const whole = discriminator.wholeLogits(judged, content);
        return tf.addN(whole ? [...scores, whole] : scores);
      };
      return tf.addN([
        ...losses,
        r1Penalty(
          score,
          names.map(name => real[name]!),
          r1Gamma,
        ),
      ]) as tf.Scalar;
    });
    optimizer.apply(gradients, learningRate);
    return value;
  });
}

/** Moves G once, so that D takes what it makes for real and finds it in agreement: L_G = Σₘ softplus(-D(G(c, s)ₘ, c)) + λ·L_I. */
export function generatorStep(
  {encoder, generator, discriminator}: Players,
  optimizer: Optimizer,
  batch: GeneratorBatch,
  {learningRate, informationWeight}: {learningRate: tf.Scalar; informationWeight: number},
): tf.Scalar {
  return tf.tidy(() => {
    const content = encoder.fuse(batch.seen.codes, batch.seen.subset);
    const {value, gradients} = valueAndGradients(generator.parameters.trainable, () => {
      const fake = move(generator.apply(content, batch.styles, 'batch', batch.sampling), batch.fakeShifts);
      const judged = discriminator.judge(fake, 'batch');
      const games = Object.entries(discriminator.logits(judged, content)).map(([modality, logits]) =>
        nonSaturatingGeneratorLoss(logits, {modality}),
      );
      const whole = discriminator.wholeLogits(judged, content);
      if (whole) games.push(nonSaturatingGeneratorLoss(whole));
      const information = informationLosses(judged, batch.styles).map(loss => loss.mul(informationWeight) as tf.Scalar);
      return tf.addN([...games, ...information]) as tf.Scalar;
    });
    optimizer.apply(gradients, learningRate);
    return value;
  });
}

/** Modalities that D sees moved. */
export function movable(modalities: Modalities): string[] {
  return Object.keys(modalities).filter(name => modalities[name]!.kind !== 'text');
}

/** One loss a modality whose style D reads. */
function informationLosses(judgements: Judgements, styles: Styles): tf.Scalar[] {
  return Object.entries(judgements.style).map(([name, guess]) => styleInformationLoss(styles[name]!, guess));
}

function move(parts: Readonly<Parts>, shifts: ShiftsByModality): Parts {
  return mapRecord(parts, (part, name) => (shifts[name] ? shift(part as tf.Tensor4D, shifts[name]) : part));
}

function valueAndGradients(
  variables: NamedVariables,
  loss: () => tf.Scalar,
): {value: tf.Scalar; gradients: Record<string, tf.Tensor>} {
  const {value, grads} = tf.variableGrads(loss, Object.values(variables));
  return {value, gradients: mapRecord(variables, variable => grads[variable.name]!)};
}
