/** One modality of each kind, small enough for gradient checks. */
import type {AudioModality, ImageModality, TextModality} from '../../src/core/types';

/** Sides that do not halve evenly. */
export const smallImage: ImageModality = {kind: 'image', height: 8, width: 9, channels: 2};
export const smallText: TextModality = {kind: 'text', vocabulary: ['<pad>', '<unk>', 'a', 'seven'], maxTokens: 3};
/** 8 bands, 6 frames. */
export const smallAudio: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 768,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 8,
  minFrequencyHz: 0,
  maxFrequencyHz: 4000,
  floorDb: -60,
};
