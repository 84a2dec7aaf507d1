/** Functions of single numbers, four at a time. Counts need not be multiples of four. */

/** y = x where x > 0, else α·x. */
export function leakyRelu(x: usize, y: usize, count: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha);
  const zero = f32x4.splat(0);
  const end = x + ((<usize>count & ~3) << 2);
  for (; x < end; x += 16, y += 16) {
    const value = v128.load(x);
    v128.store(y, v128.bitselect(value, f32x4.mul(value, slope), f32x4.gt(value, zero)));
  }
  for (let i = count & 3; i > 0; i--, x += 4, y += 4) {
    const value = load<f32>(x);
    store<f32>(y, value > 0 ? value : value * alpha);
  }
}

/** dx = dy where x > 0, else α·dy. */
export function leakyReluGradient(dy: usize, x: usize, dx: usize, count: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha);
  const zero = f32x4.splat(0);
  const end = x + ((<usize>count & ~3) << 2);
  for (; x < end; x += 16, dy += 16, dx += 16) {
    const value = v128.load(dy);
    v128.store(dx, v128.bitselect(value, f32x4.mul(value, slope), f32x4.gt(v128.load(x), zero)));
  }
  for (let i = count & 3; i > 0; i--, x += 4, dy += 4, dx += 4) {
    const value = load<f32>(dy);
    store<f32>(dx, load<f32>(x) > 0 ? value : value * alpha);
  }
}

/** Adds row i of x to row ids[i] of y; negative ids are left out. @returns the first i whose id has no row, or -1. */
export function segmentSum(x: usize, ids: usize, y: usize, rows: i32, length: i32, numSegments: i32): i32 {
  const bytes = (<usize>length) << 2;
  for (let i = 0; i < rows; i++) {
    const id = load<i32>(ids + ((<usize>i) << 2));
    if (id >= numSegments) return i;
    if (id >= 0) {
      let to = y + <usize>id * bytes;
      const end = x + bytes;
      for (; x + 16 <= end; x += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(x)));
      for (; x < end; x += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(x));
    } else x += bytes;
  }
  return -1;
}
