/**
 * The innermost part of every product: 4 rows by 8 columns of results, which stay in registers while a sum runs.
 *
 * Sums run over k from first to last, each term rounded as product and then as sum, so a result does not depend on where in
 * a matrix it stands or on how work is divided. B comes as panels of 8 columns, [k][8].
 */

// The sum over eight registers stands four times, twice here and twice in blocks.ts, because a function cannot give back eight
// registers. Its form is measured (GFLOP/s on the machine of docs/wasm.md, whose limit for separate products and sums of four
// numbers is 66): V8 loads everything that a stretch of code without a branch will need before it computes, so two terms of the
// sum at once (33 to 36), or six rows (33), run out of registers, and four rows with a term at a time reach 57 to 64. Both loops
// here are nested because V8 unrolls one that is in no other, with the same effect (51 in place of 62).

/** Where a tile's four rows go, as four addresses at `targets`; see `target`. */
export const targetsBytes: usize = 64;

/**
 * Four rows of A by one column of B, which lies in one piece: rows as in `tileOfRows`. Four sums run beside each other, over
 * every fourth term, and are added at the end.
 */
export function tileOfDots(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  bytes: usize,
  segments: i32,
  jump: usize,
  b: usize,
  targets: usize,
  add: i32,
): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let d0: f32 = 0;
  let d1: f32 = 0;
  let d2: f32 = 0;
  let d3: f32 = 0;
  for (let s = 0; s < segments; s++) {
    const end = a0 + bytes;
    while (a0 + 16 <= end) {
      const x = v128.load(b);
      c0 = f32x4.add(c0, f32x4.mul(v128.load(a0), x));
      c1 = f32x4.add(c1, f32x4.mul(v128.load(a1), x));
      c2 = f32x4.add(c2, f32x4.mul(v128.load(a2), x));
      c3 = f32x4.add(c3, f32x4.mul(v128.load(a3), x));
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      b += 16;
    }
    while (a0 < end) {
      const x = load<f32>(b);
      d0 += load<f32>(a0) * x;
      d1 += load<f32>(a1) * x;
      d2 += load<f32>(a2) * x;
      d3 += load<f32>(a3) * x;
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      b += 4;
    }
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  storeNumber(load<usize>(targets), sumOf(c0) + d0, add);
  storeNumber(load<usize>(targets, 4), sumOf(c1) + d1, add);
  storeNumber(load<usize>(targets, 8), sumOf(c2) + d2, add);
  storeNumber(load<usize>(targets, 12), sumOf(c3) + d3, add);
}

function sumOf(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** A tile that is stored in one piece, row after row. */
export const tileBytes: usize = 128;

/** Row i of the tile goes to `place`; `targets + 32` is a place for rows that nobody wants. */
export function target(targets: usize, row: i32, place: usize): void {
  store<usize>(targets + ((<usize>row) << 2), place);
}

export function nowhere(targets: usize): usize {
  return targets + 32;
}

/**
 * Each row of A has an address of its own and is read forwards: `segments` pieces of `bytes` bytes, with `jump` bytes
 * between the end of one and the start of the next. Rows of B are `stepB` bytes apart.
 */
export function tileOfRows(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  bytes: usize,
  segments: i32,
  jump: usize,
  b: usize,
  stepB: usize,
  targets: usize,
  columns: i32,
  add: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let s = 0; s < segments; s++) {
    const end = a0 + bytes;
    while (a0 < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let a = v128.load32_splat(a0);
      c00 = f32x4.add(c00, f32x4.mul(a, b0));
      c01 = f32x4.add(c01, f32x4.mul(a, b1));
      a = v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(a, b0));
      c11 = f32x4.add(c11, f32x4.mul(a, b1));
      a = v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(a, b0));
      c21 = f32x4.add(c21, f32x4.mul(a, b1));
      a = v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(a, b0));
      c31 = f32x4.add(c31, f32x4.mul(a, b1));
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      b += stepB;
    }
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  storeRow(load<usize>(targets), c00, c01, columns, add);
  storeRow(load<usize>(targets, 4), c10, c11, columns, add);
  storeRow(load<usize>(targets, 8), c20, c21, columns, add);
  storeRow(load<usize>(targets, 12), c30, c31, columns, add);
}

/**
 * The four rows of A lie side by side: number k of row i is at a + k · stepA + 4 · i. `segments` pieces of k terms, with
 * `jump` bytes more between one and the next.
 */
export function tileOfColumns(
  a: usize,
  stepA: usize,
  k: i32,
  segments: i32,
  jump: usize,
  b: usize,
  stepB: usize,
  targets: usize,
  columns: i32,
  add: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const bytes = <usize>k * stepB;
  for (let s = 0; s < segments; s++) {
    const end = b + bytes;
    while (b < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(a);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load32_splat(a, 4);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load32_splat(a, 8);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load32_splat(a, 12);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      a += stepA;
      b += stepB;
    }
    a += jump;
  }
  storeRow(load<usize>(targets), c00, c01, columns, add);
  storeRow(load<usize>(targets, 4), c10, c11, columns, add);
  storeRow(load<usize>(targets, 8), c20, c21, columns, add);
  storeRow(load<usize>(targets, 12), c30, c31, columns, add);
}

/** Puts the `rows` × `columns` of a tile to `place` with rows and columns exchanged; `next` bytes lie between two of them. */
export function storeTransposed(tile: usize, place: usize, next: usize, rows: i32, columns: i32, add: i32): void {
  if (rows === 4) {
    for (let j = 0; j < columns; j += 4) {
      const from = tile + ((<usize>j) << 2);
      const r0 = v128.load(from);
      const r1 = v128.load(from, 32);
      const r2 = v128.load(from, 64);
      const r3 = v128.load(from, 96);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      storeFour(place, v128.shuffle<f64>(low01, low23, 0, 2), add);
      if (j + 1 < columns) storeFour(place + next, v128.shuffle<f64>(low01, low23, 1, 3), add);
      if (j + 2 < columns) storeFour(place + next * 2, v128.shuffle<f64>(high01, high23, 0, 2), add);
      if (j + 3 < columns) storeFour(place + next * 3, v128.shuffle<f64>(high01, high23, 1, 3), add);
      place += next * 4;
    }
    return;
  }
  for (let j = 0; j < columns; j++) {
    for (let i: usize = 0; i < <usize>rows; i++) {
      storeNumber(place + (i << 2), load<f32>(tile + (i << 5) + ((<usize>j) << 2)), add);
    }
    place += next;
  }
}

function storeFour(place: usize, values: v128, add: i32): void {
  v128.store(place, add ? f32x4.add(v128.load(place), values) : values);
}

/** Rows are stored one after the other, because with `add` two of them may overlap. */
export function storeRow(place: usize, left: v128, right: v128, columns: i32, add: i32): void {
  if (columns === 8) {
    if (add) {
      left = f32x4.add(v128.load(place), left);
      right = f32x4.add(v128.load(place, 16), right);
    }
    v128.store(place, left);
    v128.store(place, right, 16);
  } else {
    storePart(place, left, right, columns, add);
  }
}

function storePart(place: usize, left: v128, right: v128, columns: i32, add: i32): void {
  if (columns >= 4) {
    if (add) left = f32x4.add(v128.load(place), left);
    v128.store(place, left);
    place += 16;
    columns -= 4;
    left = right;
  }
  if (columns > 0) storeNumber(place, f32x4.extract_lane(left, 0), add);
  if (columns > 1) storeNumber(place + 4, f32x4.extract_lane(left, 1), add);
  if (columns > 2) storeNumber(place + 8, f32x4.extract_lane(left, 2), add);
}

function storeNumber(place: usize, value: f32, add: i32): void {
  store<f32>(place, add ? load<f32>(place) + value : value);
}
