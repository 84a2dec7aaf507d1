/** Eigenvalues of a symmetric matrix with three diagonals. */

const maxIterations = 60;

/**
 * Implicit QL with Wilkinson's shift; ascending. tridiagonalEigenvalues([2, 2], [1]) is [1, 3].
 *
 * Source: Bowdler, Martin, Reinsch & Wilkinson 1968 (doi:10.1007/BF02161845), in Handbook for Automatic Computation II/3.
 *
 * @param diagonal n numbers; @param beside n - 1 numbers above (and below) the diagonal. Both are overwritten.
 * @throws Error when 60 iterations do not find an eigenvalue, as with NaN.
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const n = diagonal.length;
  const d = diagonal;
  const e = new Float64Array(n);
  e.set(beside.subarray(0, Math.max(0, n - 1)));
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      const m = firstNegligible(d, e, l);
      if (m === l) break;
      if (iteration === maxIterations) throw new Error('eigenvalues did not converge');
      sweep(d, e, l, m);
    }
  }
  return d.sort();
}

/** The first place from l on where the matrix falls apart. */
function firstNegligible(d: Float64Array, e: Float64Array, l: number): number {
  let m = l;
  for (; m < d.length - 1; m++) {
    const size = Math.abs(d[m]!) + Math.abs(d[m + 1]!);
    if (Math.abs(e[m]!) <= Number.EPSILON * size) break;
  }
  return m;
}

/** One QL step on the rows l … m. */
function sweep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const length = Math.hypot(half, 1);
  let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? length : -length));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}
