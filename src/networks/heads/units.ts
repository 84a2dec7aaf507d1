import {tf} from '../../core/tensorflow';
import type {ModalitySpec} from '../../core/types';
import {gumbelSoftmax} from '../layers/gumbel-softmax';
import type {WordSampling} from './head-type';

/**
 * Unbounded values become values in the modality's units: tanh for pictures and spectrograms, a word at each place for text.
 *
 * @param x shape [N, …] of the modality, or one step of it with `sampling` of that step; the last axis of a text is V.
 */
export function toUnits(
  spec: ModalitySpec,
  x: tf.Tensor,
  sampling?: Omit<WordSampling, 'gumbel'> & {readonly gumbel: tf.Tensor},
): tf.Tensor {
  if (spec.kind !== 'text') return tf.tanh(x);
  return sampling ? gumbelSoftmax(x, sampling.gumbel, sampling) : tf.softmax(x, -1);
}
