/** Counts the multiplications, each with its addition, of products and convolutions while they run. */
import {tf} from '../core/tensorflow';

type Kernel = (inputs: Shapes, attributes: Record<string, unknown>, output: readonly number[]) => number;
type Shapes = Readonly<Record<string, {readonly shape: readonly number[]}>>;

const product = (shape: readonly number[]): number => shape.reduce((total, n) => total * n, 1);

/** [B, M, K]·[B, K, N] takes B·M·N·K. */
const matMul: Kernel = ({a}, attributes, output) => {
  const {shape} = a!;
  return product(output) * shape[shape.length - (attributes['transposeA'] ? 2 : 1)]!;
};

/** Each output value sums over the filter's height, width and inputs. */
const convolution: Kernel = ({filter}, _attributes, output) => product(output) * product(filter!.shape.slice(0, 3));

/** A transposed convolution spreads each input value over the filter's height, width and outputs. */
const transposed: Kernel = ({dy, filter}) => product(dy!.shape) * product(filter!.shape.slice(0, 3));

const depthwise: Kernel = ({filter}, _attributes, output) => product(output) * product(filter!.shape.slice(0, 2));

const kernels: Readonly<Record<string, Kernel>> = {
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
  Conv2D: convolution,
  FusedConv2D: convolution,
  Conv2DBackpropInput: transposed,
  DepthwiseConv2dNative: depthwise,
};

interface Engine {
  runKernel(name: string, inputs: Shapes, attributes?: Record<string, unknown>): tf.Tensor | tf.Tensor[];
}

/**
 * Runs `work` and tells of each product and convolution in it, gradients included, how many multiply-adds it takes. Element-wise
 * operations and sums are not counted. [2, 3]·[3, 5] takes 30.
 */
export function onMultiplyAdds<T>(tell: (multiplyAdds: number) => void, work: () => T): T {
  const engine = tf.engine() as unknown as Engine;
  const own = Object.hasOwn(engine, 'runKernel');
  const run = engine.runKernel;
  engine.runKernel = function (this: Engine, name, inputs, attributes) {
    const result = run.call(this, name, inputs, attributes);
    const count = kernels[name];
    if (count) tell(count(inputs, attributes ?? {}, (result as tf.Tensor).shape));
    return result;
  };
  try {
    return work();
  } finally {
    if (own) engine.runKernel = run;
    else delete (engine as Partial<Engine>).runKernel;
  }
}
