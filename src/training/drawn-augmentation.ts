/**
 * DiffAugment inside a step: its amounts are drawn by operations, so that a step that is recorded draws new ones at each replay.
 *
 *   L_D(T(x), T(G(z))), L_G(T(G(z))): D never sees an example that T has not changed, and G's gradient passes through T.
 *
 * Source: Zhao et al. 2020, section 3.2 (arXiv:2006.10738).
 */
import type {RandomCounter} from '../backend/stateless-random';
import {assertShape} from '../core/checks';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {type Shifts, shiftLimits} from './augment';
import {type ColourAmounts, colourRanges} from './colour';
import {holeSide} from './cutout';
import {type AugmentationAmounts, type AugmentationName, augment, changesOf, holeFill, mostGain} from './diff-augment';

/** T: [N, …] to the same shape, by operations with a gradient in x. All its chance comes from the counter. */
export type Augmentation = (x: tf.Tensor, chance: RandomCounter) => tf.Tensor;

/**
 * T of one modality: colour or gain, then a shift, then a hole, each example by amounts of its own. A text passes as it is.
 *
 * @param wanted all that the modality's kind has unless told; with [] the result is x.
 * @throws UserError for a name that is not on the list, and, when called, for x of another shape than the modality's.
 */
export function diffAugment(spec: ModalitySpec, wanted?: readonly AugmentationName[]): Augmentation {
  changesOf(spec, wanted);
  return (x, chance) =>
    tf.tidy(() => {
      assertShape('the examples to augment', x.shape, [null, ...partShape(spec)]);
      return spec.kind === 'text'
        ? x.clone()
        : augment(x as tf.Tensor4D, amountsByOps(chance, spec, x.shape[0]!, wanted));
    });
}

/** As `drawAugmentation`, with the same ranges, from a counter. */
export function amountsByOps(
  chance: RandomCounter,
  spec: ModalitySpec,
  count: number,
  wanted?: readonly AugmentationName[],
): AugmentationAmounts {
  const has = changesOf(spec, wanted);
  if (spec.kind === 'text') return {};
  const [height, width] = partShape(spec) as [number, number, number];
  const limits = shiftLimits(spec)!;
  const between = (from: number, range: number) => chance.uniform([count]).mul(range).add(from) as tf.Tensor1D;
  return {
    ...(has('translation') && {
      shifts: {
        rows: shiftMatrices(chance, count, height, limits.rows),
        columns: shiftMatrices(chance, count, width, limits.columns),
      } satisfies Shifts,
    }),
    ...(has('colour') && {
      colour: mapRecord(colourRanges, ({from, range}) => between(from, range)) as Record<
        keyof ColourAmounts,
        tf.Tensor1D
      >,
    }),
    ...(has('gain') && spec.kind === 'audio' && {gain: between(-mostGain(spec), 2 * mostGain(spec))}),
    ...(has('cutout') && {
      holes: {rows: covered(chance, count, height), columns: covered(chance, count, width)},
      fill: holeFill(spec),
    }),
  };
}

/** 0 … limit - 1, each equally likely, [N, 1, …]. */
function integers(chance: RandomCounter, shape: readonly number[], limit: number): tf.Tensor {
  // Below 1 times a whole number stays below it in single precision too; a cast cuts what is behind the point.
  return chance.uniform(shape).mul(limit).cast('int32').cast('float32');
}

function places(size: number): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from({length: size}, (_, i) => i));
}

/** 1 where row `to` takes what stood in row `from`: to - from is the shift, of at most `limit`. [N, size, size] */
function shiftMatrices(chance: RandomCounter, count: number, size: number, limit: number): tf.Tensor3D {
  const by = integers(chance, [count, 1, 1], 2 * limit + 1).sub(limit);
  const distance = places(size)
    .reshape([1, size, 1])
    .sub(places(size).reshape([1, 1, size]));
  return tf.equal(distance, by).cast('float32') as tf.Tensor3D;
}

/** 1 inside the hole, whose middle is any place: [N, size]. */
function covered(chance: RandomCounter, count: number, size: number): tf.Tensor2D {
  const side = holeSide(size);
  const first = integers(chance, [count, 1], size).sub(Math.floor(side / 2));
  const fromMiddle = places(size)
    .reshape([1, size])
    .sub(first)
    .sub((side - 1) / 2);
  return fromMiddle
    .abs()
    .less(side / 2)
    .cast('float32') as tf.Tensor2D;
}
