/** What every fusion takes and gives. */
import type {tf} from '../core/tensorflow';

/** Embeddings by modality, each [N, D], and who is present, each [N] (1 observed, 0 filler). */
export interface FusionInput {
  readonly codes: Readonly<Record<string, tf.Tensor2D>>;
  readonly present: Readonly<Record<string, tf.Tensor1D>>;
}

export interface Fusion {
  /** A code on the unit sphere, [N, D]. The values of absent modalities change nothing. */
  apply(input: FusionInput): tf.Tensor2D;
}

export interface FusionOptions {
  readonly modalities: readonly string[];
  readonly embeddingDim: number;
}
