/**
 * Tiles of 4 rows by 8 columns one below the other, without a call for each: what is left of the time of a product with short
 * sums is calls. The sums are those of tile.ts.
 */

/** Rows of A are `rowA` bytes apart and read forwards, `bytes` bytes of each; rows of C are `rowC` bytes apart. */
export function blocksOfRows(
  a: usize,
  rowA: usize,
  bytes: usize,
  b: usize,
  stepB: usize,
  c: usize,
  rowC: usize,
  blocks: i32,
  add: i32,
): void {
  for (; blocks > 0; blocks--) {
    let a0 = a;
    let a1 = a + rowA;
    let a2 = a + rowA * 2;
    let a3 = a + rowA * 3;
    let p = b;
    const end = a + bytes;
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    while (a0 < end) {
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      let x = v128.load32_splat(a0);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      p += stepB;
    }
    storeEight(c, c00, c01, add);
    storeEight(c + rowC, c10, c11, add);
    storeEight(c + rowC * 2, c20, c21, add);
    storeEight(c + rowC * 3, c30, c31, add);
    c += rowC * 4;
    a += rowA * 4;
  }
}

/** The four rows of A lie side by side: number k of row i is at a + k · stepA + 4 · i. */
export function blocksOfColumns(
  a: usize,
  stepA: usize,
  k: i32,
  b: usize,
  stepB: usize,
  c: usize,
  rowC: usize,
  blocks: i32,
  add: i32,
): void {
  for (; blocks > 0; blocks--) {
    let at = a;
    let p = b;
    const end = b + <usize>k * stepB;
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    while (p < end) {
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      let x = v128.load32_splat(at);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load32_splat(at, 4);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load32_splat(at, 8);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load32_splat(at, 12);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      at += stepA;
      p += stepB;
    }
    storeEight(c, c00, c01, add);
    storeEight(c + rowC, c10, c11, add);
    storeEight(c + rowC * 2, c20, c21, add);
    storeEight(c + rowC * 3, c30, c31, add);
    c += rowC * 4;
    a += 16;
  }
}

export function storeEight(place: usize, left: v128, right: v128, add: i32): void {
  if (add) {
    left = f32x4.add(v128.load(place), left);
    right = f32x4.add(v128.load(place, 16), right);
  }
  v128.store(place, left);
  v128.store(place, right, 16);
}
