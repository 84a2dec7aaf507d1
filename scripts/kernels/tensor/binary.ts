/**
 * Sums, differences, products and quotients of two tensors, either of which may be repeated along axes.
 *
 * Axes that are repeated alike are one axis; at most four then remain. `shape` holds their sizes, then for a and for b the
 * bytes from one place to the next along each, 0 where the tensor is repeated. The last axis is [4 or 0].
 */

function int(shape: usize, index: i32): i32 {
  return load<i32>(shape + ((<usize>index) << 2));
}

const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;

/* @inline */ function four(operation: i32, a: v128, b: v128): v128 {
  return operation === ADD
    ? f32x4.add(a, b)
    : operation === SUB
      ? f32x4.sub(a, b)
      : operation === MUL
        ? f32x4.mul(a, b)
        : f32x4.div(a, b);
}

/* @inline */ function one(operation: i32, a: f32, b: f32): f32 {
  return operation === ADD ? a + b : operation === SUB ? a - b : operation === MUL ? a * b : a / b;
}

/** One row: stepA and stepB are 4, or 0 for a number that is repeated. */
/* @inline */ function row(operation: i32, a: usize, b: usize, out: usize, count: i32, stepA: i32, stepB: i32): void {
  const end = out + ((<usize>count) << 2);
  const last = out + ((<usize>count & ~3) << 2);
  if (stepA !== 0 && stepB !== 0) {
    for (; out < last; out += 16, a += 16, b += 16) v128.store(out, four(operation, v128.load(a), v128.load(b)));
    for (; out < end; out += 4, a += 4, b += 4) store<f32>(out, one(operation, load<f32>(a), load<f32>(b)));
  } else if (stepA !== 0) {
    const number = v128.load32_splat(b);
    for (; out < last; out += 16, a += 16) v128.store(out, four(operation, v128.load(a), number));
    for (; out < end; out += 4, a += 4) store<f32>(out, one(operation, load<f32>(a), load<f32>(b)));
  } else {
    const number = v128.load32_splat(a);
    for (; out < last; out += 16, b += 16) v128.store(out, four(operation, number, v128.load(b)));
    for (; out < end; out += 4, b += 4) store<f32>(out, one(operation, load<f32>(a), load<f32>(b)));
  }
}

/* @inline */ function everywhere(operation: i32, a: usize, b: usize, out: usize, shape: usize): void {
  const count = int(shape, 3);
  const stepA = int(shape, 7);
  const stepB = int(shape, 11);
  const nextA = int(shape, 6);
  const nextB = int(shape, 10);
  const bytes = (<usize>count) << 2;
  for (let i = 0; i < int(shape, 0); i++) {
    let rowsA = a + <usize>i * int(shape, 4);
    let rowsB = b + <usize>i * int(shape, 8);
    for (let j = 0; j < int(shape, 1); j++) {
      let rowA = rowsA;
      let rowB = rowsB;
      for (let k = 0; k < int(shape, 2); k++) {
        row(operation, rowA, rowB, out, count, stepA, stepB);
        out += bytes;
        rowA += nextA;
        rowB += nextB;
      }
      rowsA += int(shape, 5);
      rowsB += int(shape, 9);
    }
  }
}

export function add(a: usize, b: usize, out: usize, shape: usize): void {
  everywhere(ADD, a, b, out, shape);
}

export function sub(a: usize, b: usize, out: usize, shape: usize): void {
  everywhere(SUB, a, b, out, shape);
}

export function mul(a: usize, b: usize, out: usize, shape: usize): void {
  everywhere(MUL, a, b, out, shape);
}

export function div(a: usize, b: usize, out: usize, shape: usize): void {
  everywhere(DIV, a, b, out, shape);
}

/** Rows of `bytes` bytes from every `stepFrom` bytes to every `stepTo` bytes: parts of tensors put together or taken out. */
export function copyRows(from: usize, to: usize, rows: i32, bytes: usize, stepFrom: usize, stepTo: usize): void {
  for (; rows > 0; rows--) {
    if (bytes < 64) for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
    else memory.copy(to, from, bytes);
    from += stepFrom;
    to += stepTo;
  }
}
