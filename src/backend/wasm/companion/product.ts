/** Matrix products by the companion module: any transposes, any batches, no copies of whole operands. */
import {tf} from '../../../core/tensorflow';
import {lastTwo, positions} from '../batches';
import {floatsOf, type TensorInfo, type WasmKernel} from '../heap';
import type {Companion} from './companion';

/** `a` [..., M, K] times `b` [..., K, N] gives [..., M, N]; the axes before the last two broadcast. */
export function companionMatMul(companion: Companion): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const {a, b} = inputs as {a: TensorInfo; b: TensorInfo};
    // Other types are refused, in the backend's own words.
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(inputs, attributes, backend);
    const {transposeA, transposeB} = attributes as {transposeA: boolean; transposeB: boolean};
    const [rows, k] = lastTwo(a.shape, transposeA);
    const [, columns] = lastTwo(b.shape, transposeB);
    const outerA = a.shape.slice(0, -2);
    const outerB = b.shape.slice(0, -2);
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const scratch = companion.scratch(companion.kernels['productScratch']!(k));
    const out = backend.makeOutput([...outer, rows, columns], 'float32');
    if (tf.util.sizeFromShape(out.shape) * k === 0) {
      floatsOf(out, backend).fill(0);
      return out;
    }
    const [batchA, batchB] = [tf.util.sizeFromShape(outerA), tf.util.sizeFromShape(outerB)];
    const addresses = [companion.address(a), companion.address(b), companion.address(out)] as const;
    const sizes = {rows, k, columns, transposeA, transposeB};
    if (batchB === 1 && !transposeA) {
      // One right matrix for all: the batch is only more rows of the left one.
      multiply(companion, scratch, addresses, {...sizes, rows: batchA * rows, count: 1, nextA: 0, nextB: 0});
    } else if (batchA === batchB || batchA === 1 || batchB === 1) {
      const nextA = batchA === 1 ? 0 : rows * k;
      const nextB = batchB === 1 ? 0 : k * columns;
      multiply(companion, scratch, addresses, {...sizes, count: Math.max(batchA, batchB), nextA, nextB});
    } else {
      const fromA = positions(outer, outerA);
      const fromB = positions(outer, outerB);
      fromA.forEach((pairA, i) => {
        const pair = [
          addresses[0] + 4 * pairA * rows * k,
          addresses[1] + 4 * fromB[i]! * k * columns,
          addresses[2] + 4 * i * rows * columns,
        ] as const;
        multiply(companion, scratch, pair, {...sizes, count: 1, nextA: 0, nextB: 0});
      });
    }
    return out;
  };
}

interface Sizes {
  readonly rows: number;
  readonly k: number;
  readonly columns: number;
  readonly count: number;
  /** Numbers from one matrix to the next. */
  readonly nextA: number;
  readonly nextB: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function multiply(
  companion: Companion,
  scratch: number,
  addresses: readonly [a: number, b: number, c: number],
  {rows, k, columns, count, nextA, nextB, transposeA, transposeB}: Sizes,
): void {
  const flags = [transposeA ? 1 : 0, transposeB ? 1 : 0];
  const tasks = companion.kernels['numProductTasks']!(rows, k, columns, count, ...flags);
  const rest = [scratch, ...addresses, rows, k, columns, nextA, nextB, ...flags, companion.wide ? 1 : 0];
  // With threads some calls each, so that one that begins late takes fewer.
  const each = companion.threads === 1 ? tasks : Math.ceil(tasks / (4 * companion.threads));
  const calls: number[][] = [];
  for (let from = 0; from < tasks; from += each) calls.push([from, Math.min(tasks, from + each), ...rest]);
  const scratchBytes = companion.kernels['productScratch']!(k);
  companion.run('product', calls, 2, scratchBytes, rows * k * columns * count);
}
