/**
 * The records that pass between rooms.
 *
 * Axis letters, used in every shape of the house:
 *
 *   N examples   H×W pixels   C channels   T tokens   V vocabulary
 *   M mel bands  F frames     Z latent     D embedding
 */
import type {tf} from './tensorflow';

/** A picture with H×W pixels and C channels (1 grey, 3 RGB). Its tensor is [N, H, W, C] in [-1, 1], -1 black. */
export interface ImageModality {
  readonly kind: 'image';
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A sentence of at most T tokens. Its tensor is [N, T, V]: one probability for each word of the vocabulary (one-hot for real text). */
export interface TextModality {
  readonly kind: 'text';
  /** Every token, padding first (`<pad>`, id 0), then unknown (`<unk>`, id 1). */
  readonly vocabulary: readonly string[];
  /** T; longer sentences are cut, shorter ones padded. */
  readonly maxTokens: number;
  /** What a token is; words when left out. */
  readonly tokens?: 'words' | 'characters';
}

/** A sound clip as log-mel spectrogram. Its tensor is [N, M, F, C] in [-1, 1]: -1 is `floorDb` or less, 1 is 0 dB, the loudest cell of the clip; C is 1, or 2 in stereo. */
export interface AudioModality {
  readonly kind: 'audio';
  readonly sampleRateHz: number;
  /** Samples of a clip; longer clips are cut, shorter ones padded with silence. */
  readonly clipSamples: number;
  readonly windowLengthSamples: number;
  readonly hopLengthSamples: number;
  readonly numMelBands: number;
  readonly minFrequencyHz: number;
  readonly maxFrequencyHz: number;
  /** Level that becomes -1, in dB below the loudest cell of the clip; negative. */
  readonly floorDb: number;
  /** C: 2 is stereo, left first; 1 when left out. */
  readonly channels?: number;
  /** Mel power that becomes 1, in dB; louder is cut. When left out it is the loudest cell of each clip, so that all clips are equally loud. */
  readonly referenceDb?: number;
}

export type ModalitySpec = ImageModality | TextModality | AudioModality;

/** Modalities by the name that the user gave them, in the user's order. Several may be of one kind. */
export type Modalities = Readonly<Record<string, ModalitySpec>>;

/** Raw pixels, row by row, channels last; 0 black, 255 white. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** A waveform; samples in [-1, 1]. */
export interface Sound {
  readonly sampleRateHz: number;
  /** Of several channels the samples of one moment stand together: left, right, left, right … */
  readonly samples: Float32Array;
  /** 1 when left out. */
  readonly channels?: number;
}

/** What a person sees, reads or hears: the raw form of one modality of one example. */
export type Part = Picture | string | Sound;

/** One thing of the world. A modality that was not observed is a missing key of `parts`. */
export interface Example {
  readonly id: string;
  readonly parts: Readonly<Record<string, Part>>;
  /** Class index, for evaluation; the flagship is trained without it. */
  readonly label?: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export type SplitName = 'train' | 'validation' | 'test';

/** Examples as tensors. Where a modality is absent its rows hold filler, and `present` says so. */
export interface Batch {
  /** N. */
  readonly size: number;
  /** One tensor a modality, N rows each; shape by kind, see ModalitySpec. */
  readonly parts: Readonly<Record<string, tf.Tensor>>;
  /** One mask a modality, shape [N]: 1 observed, 0 filler. */
  readonly present: Readonly<Record<string, tf.Tensor1D>>;
  /** Class indices, -1 where there is none. */
  readonly labels: Int32Array;
}

/** Which modalities each of N examples shows: the masks of a Batch as plain arrays. */
export type Presence = Readonly<Record<string, Float32Array>>;

/** The shape of one example's tensor, without N. */
export function partShape(spec: ModalitySpec): number[] {
  switch (spec.kind) {
    case 'image':
      return [spec.height, spec.width, spec.channels];
    case 'text':
      return [spec.maxTokens, spec.vocabulary.length];
    case 'audio':
      return [spec.numMelBands, numFrames(spec), spec.channels ?? 1];
  }
}

/** F: one frame every hop, the clip's end included by padding. 32 for 4096 samples at hop 128. */
export function numFrames(spec: AudioModality): number {
  return Math.ceil(spec.clipSamples / spec.hopLengthSamples);
}
