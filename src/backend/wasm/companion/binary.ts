/** Arithmetic of two tensors by the companion module, whatever is repeated; see scripts/kernels/tensor/binary.ts. */
import {tf} from '../../../core/tensorflow';
import type {TensorInfo, WasmKernel} from '../heap';
import type {Companion} from './companion';

/** TensorFlow.js's names and ours. */
export const arithmetic = {Add: 'add', Sub: 'sub', Multiply: 'mul', RealDiv: 'div'} as const;

export function companionBinary(companion: Companion, name: 'add' | 'sub' | 'mul' | 'div') {
  const compute = companion.kernels[name]!;
  return (stock: WasmKernel): WasmKernel =>
    (inputs, attributes, backend) => {
      const {a, b} = inputs as {a: TensorInfo; b: TensorInfo};
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(inputs, attributes, backend);
      const layout = layoutOf(a.shape, b.shape);
      if (!layout) return stock(inputs, attributes, backend);
      const out = backend.makeOutput(layout.shape, 'float32');
      const sizes = companion.sizes(layout.sizes);
      compute(companion.address(a), companion.address(b), companion.address(out), sizes);
      return out;
    };
}

interface Layout {
  readonly shape: number[];
  /** Four sizes, four steps of a and four of b in bytes. */
  readonly sizes: readonly number[];
}

/** Null where more than four axes remain after those that are repeated alike have become one. */
function layoutOf(shapeA: readonly number[], shapeB: readonly number[]): Layout | null {
  if (shapeA.length === shapeB.length && shapeA.every((size, axis) => size === shapeB[axis])) {
    return {shape: [...shapeA], sizes: [1, 1, 1, tf.util.sizeFromShape(shapeA as number[]), 0, 0, 0, 4, 0, 0, 0, 4]};
  }
  const shape = tf.backend_util.assertAndGetBroadcastShape(shapeA as number[], shapeB as number[]);
  const groups: {size: number; a: boolean; b: boolean}[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    // An axis that a tensor lacks, or has as 1, repeats it.
    const a = (shapeA[axis - shape.length + shapeA.length] ?? 1) === size;
    const b = (shapeB[axis - shape.length + shapeB.length] ?? 1) === size;
    const last = groups.at(-1);
    if (last && last.a === a && last.b === b) last.size *= size;
    else groups.push({size, a, b});
  });
  if (groups.length > 4) return null;
  if (groups.length === 0) groups.push({size: 1, a: true, b: true});
  const sizes = new Array<number>(12).fill(0).fill(1, 0, 4);
  let [stepA, stepB] = [4, 4];
  for (let i = groups.length - 1, place = 3; i >= 0; i--, place--) {
    const {size, a, b} = groups[i]!;
    sizes[place] = size;
    if (a) {
      sizes[place + 4] = stepA;
      stepA *= size;
    }
    if (b) {
      sizes[place + 8] = stepB;
      stepB *= size;
    }
  }
  return {shape, sizes};
}
