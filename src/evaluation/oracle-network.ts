/** The networks of the oracles: plain functions of weights, of operations that every backend computes alike. */
import {UserError} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import type {ModalitySpec} from '../core/types';

export type OracleArchitecture =
  | {
      /** 3×3 convolutions with ReLU, one a stage, then a dense layer of `features` with ReLU, then the classes. */
      readonly kind: 'convolutional';
      readonly stages: readonly {readonly channels: number; readonly stride: number}[];
      readonly features: number;
    }
  | {
      /** The words as a bag, whatever their order: a dense layer of `features` with ReLU, then the classes. */
      readonly kind: 'bagOfWords';
      readonly features: number;
    };

/** 28×28 and 32×32 both end at 4×4×64; about 135,000 weights. */
export function defaultArchitecture(spec: ModalitySpec): OracleArchitecture {
  if (spec.kind === 'text') return {kind: 'bagOfWords', features: 32};
  const stages = [
    {channels: 16, stride: 1},
    {channels: 32, stride: 2},
    {channels: 32, stride: 1},
    {channels: 64, stride: 2},
    {channels: 64, stride: 2},
  ];
  return {kind: 'convolutional', stages, features: 64};
}

/** Shape of every weight by name, for parts of shape [H, W, C] or [T, V]. */
export function oracleShapes(
  architecture: OracleArchitecture,
  part: readonly number[],
  numClasses: number,
): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  let inputs: number;
  if (architecture.kind === 'bagOfWords') {
    inputs = part[1]!;
  } else {
    let [height, width, channels] = part as [number, number, number];
    architecture.stages.forEach((stage, i) => {
      shapes[`stage${i}/kernel`] = [3, 3, channels, stage.channels];
      shapes[`stage${i}/bias`] = [stage.channels];
      channels = stage.channels;
      height = Math.ceil(height / stage.stride);
      width = Math.ceil(width / stage.stride);
    });
    inputs = height * width * channels;
  }
  shapes['features/kernel'] = [inputs, architecture.features];
  shapes['features/bias'] = [architecture.features];
  shapes['classes/kernel'] = [architecture.features, numClasses];
  shapes['classes/bias'] = [numClasses];
  return shapes;
}

/** Weights drawn from N(0, 2 / fan-in) (He et al. 2015, arXiv:1502.01852, eq. 10), biases 0. */
export function initialOracleWeights(
  architecture: OracleArchitecture,
  part: readonly number[],
  numClasses: number,
  stream: RandomStream,
): Record<string, tf.Variable> {
  const weights: Record<string, tf.Variable> = {};
  for (const [name, shape] of Object.entries(oracleShapes(architecture, part, numClasses))) {
    const fanIn = shape.slice(0, -1).reduce((product, n) => product * n, 1);
    const scale = name.endsWith('/bias') ? 0 : Math.sqrt(2 / fanIn);
    const size = shape.reduce((product, n) => product * n, 1);
    const values = stream.normals(size).map(value => value * scale);
    weights[name] = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  }
  return weights;
}

/**
 * Forward pass, a tensor in, two out; call inside tf.tidy.
 *
 * @param featureMask optional dropout mask [N, features], already divided by the share that is kept.
 */
export function applyOracleNetwork(
  architecture: OracleArchitecture,
  weights: Readonly<Record<string, tf.Tensor>>,
  parts: tf.Tensor,
  featureMask?: tf.Tensor2D,
): {logits: tf.Tensor2D; features: tf.Tensor2D} {
  const hidden =
    architecture.kind === 'bagOfWords' ? bagOfWords(parts) : convolutions(architecture.stages, weights, parts);
  const features = dense(weights, 'features', hidden).relu() as tf.Tensor2D;
  return {logits: dense(weights, 'classes', featureMask ? features.mul(featureMask) : features), features};
}

function convolutions(
  stages: readonly {readonly stride: number}[],
  weights: Readonly<Record<string, tf.Tensor>>,
  parts: tf.Tensor,
): tf.Tensor2D {
  let x = parts as tf.Tensor4D;
  stages.forEach(({stride}, i) => {
    const kernel = weight(weights, `stage${i}/kernel`) as tf.Tensor4D;
    x = tf
      .conv2d(x, kernel, stride, 'same')
      .add(weight(weights, `stage${i}/bias`))
      .relu();
  });
  return x.reshape([x.shape[0], -1]);
}

/**
 * [N, T, V] → [N, V]: how often each word occurs. A person reads the most probable word at each place, up to the first
 * padding (id 0), so the oracle does too.
 */
function bagOfWords(parts: tf.Tensor): tf.Tensor2D {
  const ids = parts.argMax(2).toInt() as tf.Tensor2D;
  const read = ids.equal(0).toFloat().cumsum(1).equal(0).toFloat().expandDims(2); // [N, T, 1]
  return tf.oneHot(ids, parts.shape[2]!).toFloat().mul(read).sum(1);
}

function dense(weights: Readonly<Record<string, tf.Tensor>>, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const kernel = weight(weights, `${name}/kernel`) as tf.Tensor2D;
  return x.matMul(kernel).add(weight(weights, `${name}/bias`));
}

function weight(weights: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const tensor = weights[name];
  if (!tensor) throw new UserError(`Expected a weight named "${name}", got ${Object.keys(weights).join(', ')}.`);
  return tensor;
}
