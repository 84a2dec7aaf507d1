/** What every adversarial loss asks of the scores that it is given. */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';

/** Which rows count, and whose they are. */
export interface ScoreOptions {
  /** 1 where the real example was observed, 0 where it is filler; shape [N], or that of the scores. */
  readonly realPresent?: tf.Tensor;
  /** The same for the fakes. */
  readonly fakePresent?: tf.Tensor;
  /** Stands in the errors. */
  readonly modality?: string;
}

/** A discriminator's loss, and a generator's that compares with real scores. */
export type DiscriminatorLoss = (realLogits: tf.Tensor, fakeLogits: tf.Tensor, options?: ScoreOptions) => tf.Scalar;
export type GeneratorLoss = (fakeLogits: tf.Tensor, options?: Omit<ScoreOptions, 'realPresent'>) => tf.Scalar;

/** Real and fake scores: both [N] or [N, 1] or [N, …] (a score for each patch); N may differ. */
export function assertScorePair(realLogits: tf.Tensor, fakeLogits: tf.Tensor, options: ScoreOptions): void {
  const of = assertOptions(options);
  assertScores(`realLogits${of}`, realLogits);
  assertScores(`fakeLogits${of}`, fakeLogits);
  assertShape(`fakeLogits${of}`, fakeLogits.shape, [null, ...realLogits.shape.slice(1)]);
}

/** The scores of a generator's loss that looks at fakes alone. */
export function assertFakeScores(fakeLogits: tf.Tensor, options: ScoreOptions): void {
  assertScores(`fakeLogits${assertOptions(options)}`, fakeLogits);
}

function assertScores(name: string, scores: tf.Tensor): void {
  if (!(scores instanceof tf.Tensor)) throw expected(name, 'a tensor of scores', scores);
  if (scores.rank === 0 || scores.size === 0) throw expected(name, 'scores of shape [N] or [N, 1]', scores.shape);
}

/** " of image" where the modality is told. A tensor in the place of options is the sign of a loss pair mixed up. */
function assertOptions(options: ScoreOptions): string {
  if (options instanceof tf.Tensor) {
    const rule = 'a record of masks (only a relativistic generator also takes real scores)';
    throw expected("a loss's last argument", rule, `a tensor of shape [${options.shape.join(', ')}]`);
  }
  return options.modality ? ` of ${options.modality}` : '';
}
