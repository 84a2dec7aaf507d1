/**
 * DiffAugment: D sees real and generated examples through the same random changes, and G's gradient passes through them. The
 * random amounts are tensors, so that the step can be recorded: drawn here, outside of it, or inside (`drawn-augmentation.ts`).
 *
 * Source: Zhao et al. 2020, section 3.2 (arXiv:2006.10738).
 */
import {unknownChoice} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {type AudioModality, type ModalitySpec, partShape} from '../core/types';
import {drawShifts, type Shifts, shift, shiftLimits} from './augment';
import {type ColourAmounts, changeBrightness, changeColour, drawColour} from './colour';
import {cutout, drawHoles, type Holes} from './cutout';

/** `translation` moves (a spectrogram in time and mel), `colour` is for pictures, `gain` for sounds, `cutout` for both. */
export type AugmentationName = 'translation' | 'colour' | 'gain' | 'cutout';
const names: readonly AugmentationName[] = ['translation', 'colour', 'gain', 'cutout'];
const byKind: Readonly<Record<ModalitySpec['kind'], readonly AugmentationName[]>> = {
  image: ['translation', 'colour', 'cutout'],
  audio: ['translation', 'gain', 'cutout'],
  text: [],
};

/** What one batch of one modality is changed by; what is not there does not change it. */
export interface AugmentationAmounts {
  readonly shifts?: Shifts;
  readonly colour?: ColourAmounts;
  /** In units of the tensor, shape [N]. */
  readonly gain?: tf.Tensor1D;
  readonly holes?: Holes;
  /** What the holes show, see `holeFill`. */
  readonly fill?: number;
}

/** A sound is made louder or softer by at most this. */
const mostGainDb = 6;

/**
 * Draws the amounts for `count` examples; changes that a modality's kind does not have are left out, text has none.
 *
 * @throws UserError for a name that is not on the list.
 */
export function drawAugmentation(
  stream: RandomStream,
  spec: ModalitySpec,
  count: number,
  wanted?: readonly AugmentationName[],
): AugmentationAmounts {
  const has = changesOf(spec, wanted);
  if (spec.kind === 'text') return {};
  const [height, width] = partShape(spec) as [number, number, number];
  return {
    ...(has('translation') && {shifts: drawShifts(stream, count, height, width, shiftLimits(spec)!)}),
    ...(has('colour') && {colour: drawColour(stream, count)}),
    ...(has('gain') && spec.kind === 'audio' && {gain: drawGains(stream, count, mostGain(spec))}),
    ...(has('cutout') && {holes: drawHoles(stream, count, height, width), fill: holeFill(spec)}),
  };
}

/** Which of the wanted changes a modality's kind has. @throws UserError for a name that is not on the list. */
export function changesOf({kind}: ModalitySpec, wanted = names): (name: AugmentationName) => boolean {
  for (const name of wanted) if (!names.includes(name)) throw unknownChoice('augmentation', name, names);
  return name => wanted.includes(name) && byKind[kind].includes(name);
}

/** What holes show: middle grey in a picture, silence in a spectrogram. */
export function holeFill({kind}: ModalitySpec): number {
  return kind === 'image' ? 0 : -1;
}

/**
 * Applies them, colour or gain first, then the shift, then the hole.
 *
 * @param x shape [N, H, W, C] or [N, M, F, 1], in [-1, 1]; the result may reach beyond.
 * @returns the same shape; gradients of every order pass.
 */
export function augment(x: tf.Tensor4D, {shifts, colour, gain, holes, fill}: AugmentationAmounts): tf.Tensor4D {
  return tf.tidy(() => {
    const coloured = colour ? changeColour(x, colour) : x;
    const loud = gain ? changeBrightness(coloured, gain) : coloured;
    const moved = shifts ? shift(loud, shifts) : loud;
    return holes ? cutout(moved, holes, fill) : moved.clone();
  });
}

/** What `decibels` are in a spectrogram's tensor, where 2 units span from the floor to 0 dB: 0.2 for 6 dB over a floor of -60 dB. */
export function gainAmount(decibels: number, floorDb: number): number {
  return (2 * decibels) / -floorDb;
}

/** The most that a sound is changed by, up or down, in units of its tensor. */
export function mostGain({floorDb}: AudioModality): number {
  return gainAmount(mostGainDb, floorDb);
}

function drawGains(stream: RandomStream, count: number, most: number): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from({length: count}, () => most * (2 * stream.uniform() - 1)));
}
