/** D as one network over all modalities: what it saw of each looks at what it saw of the others. */
import {tf} from '../core/tensorflow';
import {crossModalAttention} from './layers/cross-modal-attention';
import type {Parameters} from './parameters';

export interface CrossModalMixerOptions {
  readonly modalities: readonly string[];
  /** Values of each modality's features. */
  readonly dim: number;
  readonly layers: number;
  /** 1 unless told; divides `dim`. */
  readonly heads?: number;
}

/** Features by modality, [N, dim] each, and who is present, [N] (1 observed, 0 filler); all, unless told. */
export type CrossModalMixer = (
  features: Readonly<Record<string, tf.Tensor2D>>,
  present?: Readonly<Record<string, tf.Tensor1D>>,
) => Record<string, tf.Tensor2D>;

/**
 * In each layer every modality attends to all the others that are present, with weights of its own, and adds what it learnt to what it
 * was. A modality whose others are all absent stays as it is; filler changes nothing.
 *
 * Source: crossmodal transformers, Tsai et al. 2019, section 3.1 (arXiv:1906.00295), with one token a modality and no feed-forward part.
 */
export function buildCrossModalMixer(
  parameters: Parameters,
  path: string,
  {modalities, dim, layers, heads = 1}: CrossModalMixerOptions,
): CrossModalMixer {
  const others = (name: string) => modalities.filter(other => other !== name);
  const stack =
    modalities.length < 2
      ? []
      : Array.from({length: layers}, (_, i) =>
          Object.fromEntries(
            modalities.map(name => [
              name,
              crossModalAttention(parameters, `${path}/layer${i + 1}/${name}`, {dim, heads}),
            ]),
          ),
        );
  return (features, present) => {
    let tokens: Record<string, tf.Tensor2D> = {...features};
    for (const layer of stack) {
      const before = tokens;
      tokens = Object.fromEntries(
        modalities.map(name => {
          const x = before[name]!.expandDims(1) as tf.Tensor3D;
          const context = tf.stack(
            others(name).map(other => before[other]!),
            1,
          ) as tf.Tensor3D;
          const mask =
            present &&
            (tf.stack(
              others(name).map(other => present[other]!),
              1,
            ) as tf.Tensor2D);
          return [name, layer[name]!(x, context, mask).squeeze([1]) as tf.Tensor2D];
        }),
      );
    }
    return tokens;
  };
}
