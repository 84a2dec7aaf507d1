/** What every fusion takes and gives. */
import type {FusionLevel} from '../core/fusion-names';
import type {tf} from '../core/tensorflow';
import type {Parameters} from '../networks/parameters';

/** Embeddings by modality, [N, D] each; a modality may be left out, which is to be absent in every row. */
export type Embeddings = Readonly<Record<string, tf.Tensor2D>>;
/** Who is present, by modality, [N] each (1 observed, 0 filler); where a mask is left out, all rows of its embedding are. */
export type Presence = Readonly<Record<string, tf.Tensor1D>>;

export interface FusionInput {
  readonly codes: Embeddings;
  readonly present: Presence;
}

export interface Fusion {
  /**
   * The joint code, on the unit sphere, [N, D]. What stands in an absent modality changes nothing, be it NaN; the order in which
   * modalities are named neither. A row without any modality is 0.
   *
   * @throws UserError for an unknown modality, another shape, or no embedding at all.
   */
  fuse(embeddings: Embeddings, present: Presence): tf.Tensor2D;
  /** The same of a record. */
  apply(input: FusionInput): tf.Tensor2D;
}

export interface FusionOptions {
  /** Names, in any order: weights belong to them. */
  readonly modalities: readonly string[];
  /** D. */
  readonly embeddingDim: number;
  /** Tokens that cross-modal attention reads an embedding as; 4 unless told. */
  readonly tokens?: number;
}

/** What a method sees: all by modality, in the alphabetical order of the names. */
export interface Shown {
  /** Embeddings [N, D], 0 where absent. */
  readonly z: Readonly<Record<string, tf.Tensor2D>>;
  /** Masks [N, 1], 1 or 0. */
  readonly p: Readonly<Record<string, tf.Tensor2D>>;
}

/** A method of fusing: its joint code has any length, which `buildFusion` makes 1. */
export interface FusionMethodDefinition {
  readonly level: FusionLevel;
  /** Of the table in docs/fusion.md. */
  readonly formula: string;
  readonly source: string;
  /** Trainable values, and multiply-adds of products of matrices for one example, with K modalities of D values (D even). */
  readonly cost: {
    readonly parameters: string;
    readonly multiplyAdds: string;
    numParameters(K: number, D: number): number;
    numMultiplyAdds(K: number, D: number): number;
  };
  build(parameters: Parameters, path: string, options: FusionOptions): (shown: Shown) => tf.Tensor2D;
}
