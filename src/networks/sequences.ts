/** Every kind of modality as a sequence: a caption word by word, a sound frame by frame, a picture row by row. */
import {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';

export interface SequenceView {
  /** Steps: T tokens, F frames, H rows. */
  readonly steps: number;
  /** Values of one step: V, M·C, W·C. */
  readonly width: number;
  /** A part [N, …] → one [N, width] a step. */
  split(x: tf.Tensor): tf.Tensor2D[];
  /** One [N, width] a step → a part [N, …]. */
  join(steps: readonly tf.Tensor2D[]): tf.Tensor;
}

export function sequenceView(spec: ModalitySpec): SequenceView {
  const [first, second, channels = 1] = partShape(spec);
  // Frames lie along the second axis of a spectrogram; words and rows along the first.
  const axis = spec.kind === 'audio' ? 2 : 1;
  const [steps, width] = spec.kind === 'audio' ? [second!, first! * channels] : [first!, second! * channels];
  return {
    steps,
    width,
    split(x) {
      const count = x.shape[0]!;
      if (spec.kind === 'audio' && channels > 1)
        return tf.unstack(x, axis).map(frame => frame.reshape([count, width]) as tf.Tensor2D);
      const flat = x.reshape([count, first!, second! * channels]);
      return tf.unstack(flat, axis) as tf.Tensor2D[];
    },
    join(parts) {
      if (spec.kind === 'audio' && channels > 1) {
        const frames = parts.map(step => step.reshape([step.shape[0], first!, channels]));
        return tf.stack(frames, axis);
      }
      return tf.stack([...parts], axis).reshape([parts[0]!.shape[0], ...partShape(spec)]);
    },
  };
}
