/** Sums and means by the companion module, without transposing what is summed. */
import {tf} from '../../../core/tensorflow';
import {release, type TensorInfo, type WasmKernel, withShape} from '../heap';
import type {Companion} from './companion';

export function companionSum(companion: Companion, mean: boolean): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const {x} = inputs as {x: TensorInfo};
    const {axis, keepDims} = attributes as {axis: number | number[]; keepDims: boolean};
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const terms = axes.reduce((product, one) => product * x.shape[one]!, 1);
    if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) === 0) return stock(inputs, attributes, backend);
    const shape = x.shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
    let current = x;
    const runs = runsOf(axes, x.shape);
    runs.forEach(({outer, middle, inner}, i) => {
      const out = backend.makeOutput([outer * inner], 'float32');
      const scale = mean && i === runs.length - 1 ? 1 / terms : 1;
      companion.kernels['sumMiddle']!(companion.address(current), companion.address(out), outer, middle, inner, scale);
      if (current !== x) release(current, backend);
      current = out;
    });
    return withShape(current, shape);
  };
}

interface Run {
  readonly outer: number;
  readonly middle: number;
  readonly inner: number;
}

/** Axes side by side are summed at once; the last ones first, so that the others stay where they are. At least one run. */
function runsOf(axes: readonly number[], shape: readonly number[]): Run[] {
  const summed = shape.map((size, axis) => axes.includes(axis) && size > 1);
  const runs: Run[] = [];
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; ) {
    if (!summed[axis]) {
      inner *= shape[axis--]!;
      continue;
    }
    let middle = 1;
    // An axis of 1 between two that are summed changes nothing.
    while (axis >= 0 && (summed[axis] || shape[axis] === 1)) middle *= shape[axis--]!;
    const outer = shape.slice(0, axis + 1).reduce((product, size) => product * size, 1);
    runs.push({outer, middle, inner});
  }
  return runs.length > 0 ? runs : [{outer: 1, middle: 1, inner}];
}
