/** Tensors put together and taken apart by the companion module. The backend's own copy the whole tensor to take a part. */
import {tf} from '../../../core/tensorflow';
import type {TensorInfo, WasmKernel} from '../heap';
import type {Companion} from './companion';

/** Types of four bytes. */
const types: readonly string[] = ['float32', 'int32'];

export function companionConcat(companion: Companion): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const parts = Object.values(inputs).filter(({shape}) => tf.util.sizeFromShape(shape) > 0);
    const first = parts[0];
    if (!first || parts.length === 1 || !parts.every(({dtype}) => dtype === first.dtype && types.includes(dtype))) {
      return stock(inputs, attributes, backend);
    }
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, first.shape)[0]!;
    tf.backend_util.assertParamsConsistent(
      parts.map(({shape}) => shape),
      axis,
    );
    const shape = [...first.shape];
    shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    const out = backend.makeOutput(shape, first.dtype);
    const rows = sizeOf(shape.slice(0, axis));
    const whole = 4 * sizeOf(shape.slice(axis));
    let to = companion.address(out);
    for (const part of parts) {
      const bytes = 4 * sizeOf(part.shape.slice(axis));
      companion.kernels['copyRows']!(companion.address(part), to, rows, bytes, bytes, whole);
      to += bytes;
    }
    return out;
  };
}

export function companionSplit(companion: Companion): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const {x} = inputs as {x: TensorInfo};
    if (!types.includes(x.dtype)) return stock(inputs, attributes, backend);
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
    const sizes = tf.backend_util.prepareSplitSize(
      x as tf.Tensor,
      attributes['numOrSizeSplits'] as number | number[],
      axis,
    );
    const rows = sizeOf(x.shape.slice(0, axis));
    const inner = 4 * sizeOf(x.shape.slice(axis + 1));
    const whole = x.shape[axis]! * inner;
    let from = companion.address(x);
    const parts = sizes.map(size => {
      const shape = x.shape.map((old, i) => (i === axis ? size : old));
      const part = backend.makeOutput(shape, x.dtype);
      const bytes = size * inner;
      companion.kernels['copyRows']!(from, companion.address(part), rows, bytes, whole, bytes);
      from += bytes;
      return part;
    });
    return parts as unknown as TensorInfo;
  };
}

export function companionSlice(companion: Companion): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const {x} = inputs as {x: TensorInfo};
    if (!types.includes(x.dtype)) return stock(inputs, attributes, backend);
    const [begin, size] = tf.slice_util.parseSliceParams(
      x as tf.Tensor,
      attributes['begin'] as number[],
      attributes['size'] as number[],
    );
    tf.slice_util.assertParamsValid(x as tf.Tensor, begin, size);
    const out = backend.makeOutput(size, x.dtype);
    if (sizeOf(size) === 0) return out;
    const steps = x.shape.map((_, axis) => 4 * sizeOf(x.shape.slice(axis + 1)));
    // From this axis on, what is wanted lies in one piece.
    let piece = x.shape.length;
    while (piece > 0 && size[piece - 1] === x.shape[piece - 1]) piece--;
    piece = Math.max(0, piece - 1);
    const bytes = 4 * sizeOf(size.slice(piece));
    const start = begin.reduce((sum, place, axis) => sum + place * steps[axis]!, companion.address(x));
    const rowAxis = piece - 1;
    const [rows, step] = rowAxis < 0 ? [1, 0] : [size[rowAxis]!, steps[rowAxis]!];
    let to = companion.address(out);
    const visit = (axis: number, from: number): void => {
      if (axis >= rowAxis) {
        companion.kernels['copyRows']!(from, to, rows, bytes, step, bytes);
        to += rows * bytes;
        return;
      }
      for (let i = 0; i < size[axis]!; i++) visit(axis + 1, from + i * steps[axis]!);
    };
    visit(0, start);
    return out;
  };
}

function sizeOf(shape: readonly number[]): number {
  return tf.util.sizeFromShape(shape as number[]);
}
