/** The classifier that is D, and the small G that it plays with. */
import {tf} from '../../core/tensorflow';
import {type AudioModality, type ImageModality, partShape} from '../../core/types';
import {leakyRelu} from '../../networks/layers/activations';
import {batchNorm} from '../../networks/layers/batch-norm';
import {convolution} from '../../networks/layers/convolution';
import {dense} from '../../networks/layers/dense';
import type {NormMode} from '../../networks/layers/norm-mode';
import type {Parameters} from '../../networks/parameters';

/** Pictures, or sounds as spectrograms. */
export type GridModality = ImageModality | AudioModality;

export interface ClassifierOutput {
  /** lₖ, [N, K]. */
  readonly logits: tf.Tensor2D;
  /** What feature matching compares: the layer before the logits, [N, F]. */
  readonly features: tf.Tensor2D;
}

/** @param featureMask dropout of features, [N, F], already divided by the share that is kept. */
export type Classifier = (x: tf.Tensor4D, featureMask?: tf.Tensor) => ClassifierOutput;

/** F of `buildClassifier`. */
export const classifierFeatures = 128;

/**
 * Four convolutions with leaky ReLU, three of them strided, then a dense layer of features and one of classes: 28×28 → 14 → 7 → 7 → 4 → F.
 * No statistics of a batch, which would tell real batches from generated ones. About 208,000 weights for 28×28 and K = 10.
 */
export function buildClassifier(parameters: Parameters, spec: GridModality, numClasses: number): Classifier {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const plan = [
    {inputs: channels, outputs: 32, size: 5, stride: 2},
    {inputs: 32, outputs: 64, size: 3, stride: 2},
    {inputs: 64, outputs: 64, size: 3, stride: 1},
    {inputs: 64, outputs: 64, size: 3, stride: 2},
  ];
  const stages = plan.map((stage, i) => convolution(parameters, `classifier/convolution${i + 1}`, stage));
  const places = [height, width].map(side => plan.reduce((length, {stride}) => Math.ceil(length / stride), side));
  const flat = places[0]! * places[1]! * 64;
  const hidden = dense(parameters, 'classifier/features', flat, classifierFeatures, {std: Math.sqrt(2 / flat)});
  const classes = dense(parameters, 'classifier/classes', classifierFeatures, numClasses);
  return (x, featureMask) => {
    const last = stages.reduce((h, stage) => leakyRelu(stage(h)), x as tf.Tensor);
    const features = leakyRelu(hidden(last.reshape([x.shape[0], flat]))) as tf.Tensor2D;
    return {logits: classes(featureMask ? features.mul(featureMask) : features), features};
  };
}

/** z [N, Z] → x [N, H, W, C] in [-1, 1]. @param mode of its batch norm; 'batch' unless told, as in training. */
export type PlainGenerator = (z: tf.Tensor, mode?: NormMode) => tf.Tensor4D;

/**
 * Z–500–500–H·W·C with softplus, batch norm, and tanh at the end.
 *
 * Source: the generator for MNIST of the authors of Salimans et al. 2016 (github.com/openai/improved-gan, train_mnist_feature_matching.py).
 * Differs from it: values in [-1, 1], and z is normal.
 */
export function buildPlainGenerator(parameters: Parameters, spec: GridModality, latentDim: number): PlainGenerator {
  const shape = partShape(spec) as [number, number, number];
  const units = 500;
  const hidden = [latentDim, units].map((inputs, i) => {
    const layer = dense(parameters, `generator/dense${i + 1}`, inputs, units, {bias: false});
    const norm = batchNorm(parameters, `generator/norm${i + 1}`, units);
    return (x: tf.Tensor, mode: NormMode) => tf.softplus(norm(layer(x), mode));
  });
  const out = dense(parameters, 'generator/out', units, shape[0] * shape[1] * shape[2]);
  return (z, mode = 'batch') =>
    tf.tanh(out(hidden.reduce((h, layer) => layer(h, mode), z))).reshape([z.shape[0]!, ...shape]) as tf.Tensor4D;
}
