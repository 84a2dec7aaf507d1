/** Plain JavaScript in double precision, written from the definitions: what every backend is compared with. */

/** [B, M, K]·[B, K, N], each operand with its last two axes exchanged where its flag is set; batch b of an operand with one batch is its only one. */
export function matMul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  {batchA, batchB, m, k, n}: {batchA: number; batchB: number; m: number; k: number; n: number},
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const batch = Math.max(batchA, batchB);
  const out = new Float64Array(batch * m * n);
  for (let s = 0; s < batch; s++) {
    const atA = (batchA === 1 ? 0 : s) * m * k;
    const atB = (batchB === 1 ? 0 : s) * k * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum += a[atA + (transposeA ? l * m + i : i * k + l)]! * b[atB + (transposeB ? j * k + l : l * n + j)]!;
        }
        out[(s * m + i) * n + j] = sum;
      }
    }
  }
  return out;
}

export interface Convolution {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideDown: number;
  readonly strideAcross: number;
  readonly pad: 'same' | 'valid';
}

/** Size of the output and zeros before the input along one axis, as TensorFlow's documentation of padding gives them. */
export function axis(
  size: number,
  kernel: number,
  stride: number,
  pad: 'same' | 'valid',
): {out: number; before: number} {
  if (pad === 'valid') return {out: Math.floor((size - kernel) / stride) + 1, before: 0};
  const out = Math.ceil(size / stride);
  return {out, before: Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2)};
}

/** Calls `visit` once for each product in a convolution, with the positions of x, w and y in their arrays. */
function eachProduct(c: Convolution, visit: (x: number, w: number, y: number) => void): void {
  const rows = axis(c.height, c.kernelHeight, c.strideDown, c.pad);
  const columns = axis(c.width, c.kernelWidth, c.strideAcross, c.pad);
  for (let n = 0; n < c.count; n++) {
    for (let i = 0; i < rows.out; i++) {
      for (let j = 0; j < columns.out; j++) {
        for (let r = 0; r < c.kernelHeight; r++) {
          for (let q = 0; q < c.kernelWidth; q++) {
            const y = i * c.strideDown + r - rows.before;
            const x = j * c.strideAcross + q - columns.before;
            if (y < 0 || y >= c.height || x < 0 || x >= c.width) continue;
            for (let k = 0; k < c.channels; k++) {
              for (let o = 0; o < c.filters; o++) {
                visit(
                  ((n * c.height + y) * c.width + x) * c.channels + k,
                  ((r * c.kernelWidth + q) * c.channels + k) * c.filters + o,
                  ((n * rows.out + i) * columns.out + j) * c.filters + o,
                );
              }
            }
          }
        }
      }
    }
  }
}

export function outShape(c: Convolution): [number, number, number, number] {
  const rows = axis(c.height, c.kernelHeight, c.strideDown, c.pad);
  const columns = axis(c.width, c.kernelWidth, c.strideAcross, c.pad);
  return [c.count, rows.out, columns.out, c.filters];
}

export function conv2d(c: Convolution, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const y = new Float64Array(outShape(c).reduce((a, b) => a * b));
  eachProduct(c, (ix, iw, iy) => {
    y[iy]! += x[ix]! * w[iw]!;
  });
  return y;
}

export function conv2dFilterGradient(c: Convolution, x: ArrayLike<number>, dy: ArrayLike<number>): Float64Array {
  const dw = new Float64Array(c.kernelHeight * c.kernelWidth * c.channels * c.filters);
  eachProduct(c, (ix, iw, iy) => {
    dw[iw]! += x[ix]! * dy[iy]!;
  });
  return dw;
}

export function conv2dInputGradient(c: Convolution, w: ArrayLike<number>, dy: ArrayLike<number>): Float64Array {
  const dx = new Float64Array(c.count * c.height * c.width * c.channels);
  eachProduct(c, (ix, iw, iy) => {
    dx[ix]! += w[iw]! * dy[iy]!;
  });
  return dx;
}
