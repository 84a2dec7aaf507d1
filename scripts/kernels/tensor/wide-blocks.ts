/**
 * Tiles of 4 rows by 16 columns, two panels of B beside each other, one tile below the other. The sums are those of tile.ts.
 *
 * Sixteen sums of four numbers are more than a processor has registers for. Where V8 makes one operation on eight numbers of
 * two on four, they are eight sums of eight, and then this is the faster form: src/backend/wasm/companion/wide.ts.
 */
import {storeEight} from './blocks';

/**
 * Rows of A are `rowA` bytes apart and read forwards, `bytes` bytes of each. The left and the right half of a tile go to `c` and
 * `cRight`; rows of C are `rowC` bytes apart.
 */
export function wideBlocksOfRows(
  a: usize,
  rowA: usize,
  bytes: usize,
  left: usize,
  right: usize,
  c: usize,
  cRight: usize,
  rowC: usize,
  blocks: i32,
  add: i32,
): void {
  for (; blocks > 0; blocks--) {
    let a0 = a;
    let a1 = a + rowA;
    let a2 = a + rowA * 2;
    let a3 = a + rowA * 3;
    let p = left;
    let q = right;
    const end = a + bytes;
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = c00;
    let c11 = c00;
    let c12 = c00;
    let c13 = c00;
    let c20 = c00;
    let c21 = c00;
    let c22 = c00;
    let c23 = c00;
    let c30 = c00;
    let c31 = c00;
    let c32 = c00;
    let c33 = c00;
    while (a0 < end) {
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      const b2 = v128.load(q);
      const b3 = v128.load(q, 16);
      let x = v128.load32_splat(a0);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      c02 = f32x4.add(c02, f32x4.mul(x, b2));
      c03 = f32x4.add(c03, f32x4.mul(x, b3));
      x = v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      c12 = f32x4.add(c12, f32x4.mul(x, b2));
      c13 = f32x4.add(c13, f32x4.mul(x, b3));
      x = v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      c22 = f32x4.add(c22, f32x4.mul(x, b2));
      c23 = f32x4.add(c23, f32x4.mul(x, b3));
      x = v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      c32 = f32x4.add(c32, f32x4.mul(x, b2));
      c33 = f32x4.add(c33, f32x4.mul(x, b3));
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      p += 32;
      q += 32;
    }
    storeEight(c, c00, c01, add);
    storeEight(cRight, c02, c03, add);
    storeEight(c + rowC, c10, c11, add);
    storeEight(cRight + rowC, c12, c13, add);
    storeEight(c + rowC * 2, c20, c21, add);
    storeEight(cRight + rowC * 2, c22, c23, add);
    storeEight(c + rowC * 3, c30, c31, add);
    storeEight(cRight + rowC * 3, c32, c33, add);
    c += rowC * 4;
    cRight += rowC * 4;
    a += rowA * 4;
  }
}

/** The four rows of A lie side by side: number k of row i is at a + k · stepA + 4 · i. */
export function wideBlocksOfColumns(
  a: usize,
  stepA: usize,
  k: i32,
  left: usize,
  right: usize,
  c: usize,
  cRight: usize,
  rowC: usize,
  blocks: i32,
  add: i32,
): void {
  for (; blocks > 0; blocks--) {
    let at = a;
    let p = left;
    let q = right;
    const end = left + ((<usize>k) << 5);
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = c00;
    let c11 = c00;
    let c12 = c00;
    let c13 = c00;
    let c20 = c00;
    let c21 = c00;
    let c22 = c00;
    let c23 = c00;
    let c30 = c00;
    let c31 = c00;
    let c32 = c00;
    let c33 = c00;
    while (p < end) {
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      const b2 = v128.load(q);
      const b3 = v128.load(q, 16);
      let x = v128.load32_splat(at);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      c02 = f32x4.add(c02, f32x4.mul(x, b2));
      c03 = f32x4.add(c03, f32x4.mul(x, b3));
      x = v128.load32_splat(at, 4);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      c12 = f32x4.add(c12, f32x4.mul(x, b2));
      c13 = f32x4.add(c13, f32x4.mul(x, b3));
      x = v128.load32_splat(at, 8);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      c22 = f32x4.add(c22, f32x4.mul(x, b2));
      c23 = f32x4.add(c23, f32x4.mul(x, b3));
      x = v128.load32_splat(at, 12);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      c32 = f32x4.add(c32, f32x4.mul(x, b2));
      c33 = f32x4.add(c33, f32x4.mul(x, b3));
      at += stepA;
      p += 32;
      q += 32;
    }
    storeEight(c, c00, c01, add);
    storeEight(cRight, c02, c03, add);
    storeEight(c + rowC, c10, c11, add);
    storeEight(cRight + rowC, c12, c13, add);
    storeEight(c + rowC * 2, c20, c21, add);
    storeEight(cRight + rowC * 2, c22, c23, add);
    storeEight(c + rowC * 3, c30, c31, add);
    storeEight(cRight + rowC * 3, c32, c33, add);
    c += rowC * 4;
    cRight += rowC * 4;
    a += 16;
  }
}
