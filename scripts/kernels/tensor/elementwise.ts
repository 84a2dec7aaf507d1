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

/**
 * e^x for x in [-87, 88], four at a time, to 1.5 units in the last place: x = n ln 2 + r with |r| ≤ ln 2 / 2, the polynomial of
 * Cephes' expf for e^r (S. Moshier, netlib.org/cephes), n put into the exponent.
 */
/* @inline */ function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, exponent);
}

/**
 * tanh x: below 0.625 in size the polynomial of Cephes' tanhf, so that small x keep their digits; above it 1 − 2 / (e^2|x| + 1)
 * with the sign of x, and 1 from 9 on. NaN stays NaN.
 */
/* @inline */ function hyperbolicTangent(x: v128): v128 {
  const size = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-3.33332819422e-1));
  const small = f32x4.add(x, f32x4.mul(f32x4.mul(p, s), x));
  const power = exponential(f32x4.mul(f32x4.splat(2), f32x4.min(size, f32x4.splat(10))));
  const large = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(power, f32x4.splat(1))));
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)));
  const result = v128.bitselect(small, signed, f32x4.lt(size, f32x4.splat(0.625)));
  return v128.bitselect(result, x, f32x4.eq(x, x));
}

export function tanh(x: usize, y: usize, count: i32): void {
  const end = x + ((<usize>count & ~3) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, hyperbolicTangent(v128.load(x)));
  for (let i = count & 3; i > 0; i--, x += 4, y += 4) {
    store<f32>(y, f32x4.extract_lane(hyperbolicTangent(v128.load32_splat(x)), 0));
  }
}
