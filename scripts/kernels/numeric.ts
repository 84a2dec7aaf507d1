/**
 * Double-precision kernels of the metrics, in AssemblyScript (two numbers an instruction). `node scripts/kernels/build.mjs`
 * compiles this file into src/evaluation/numeric/kernels-wasm.ts.
 *
 * A function named …Task does task number `task` of a job whose arguments are 32-bit integers at `args`; threads take tasks as
 * they get ready, so what a task writes must not depend on who does it. Matrices are row by row, strides count numbers.
 *
 * Products are computed as Goto & van de Geijn 2008 (doi:10.1145/1356052.1356053) describe: blocks are packed so that the
 * innermost loop reads forwards, and 4×4 results stay in registers.
 */

const depth: i32 = 256; // of a packed block
const rowsPerBlock: i32 = 64;
const tileRows: i32 = 256;
const tileColumns: i32 = 512;
const tileBytes: usize = 1048576; // tileRows × tileColumns numbers
const packedA: usize = 128; // after the 4×4 block of edges
const packedB: usize = 131200; // after depth × rowsPerBlock numbers

function int(args: usize, index: i32): i32 {
  return load<i32>(args + ((<usize>index) << 2));
}

function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 3);
}

/** Rows of a matrix, four side by side: [⌈rows / 4⌉][k][4], zeros where rows end. */
function pack(source: usize, rowStride: i32, columnStride: i32, rows: i32, k: i32, target: usize): void {
  const rs = (<usize>rowStride) << 3;
  const cs = (<usize>columnStride) << 3;
  for (let r = 0; r < rows; r += 4) {
    const left = rows - r;
    let p0 = source + <usize>r * rs;
    if (left >= 4) {
      let p1 = p0 + rs;
      let p2 = p1 + rs;
      let p3 = p2 + rs;
      for (let p = 0; p < k; p++) {
        store<f64>(target, load<f64>(p0));
        store<f64>(target, load<f64>(p1), 8);
        store<f64>(target, load<f64>(p2), 16);
        store<f64>(target, load<f64>(p3), 24);
        target += 32;
        p0 += cs;
        p1 += cs;
        p2 += cs;
        p3 += cs;
      }
    } else {
      for (let p = 0; p < k; p++) {
        for (let i = 0; i < 4; i++) {
          store<f64>(target, i < left ? load<f64>(p0 + <usize>i * rs) : 0.0);
          target += 8;
        }
        p0 += cs;
      }
    }
  }
}

/** 0 sets, 1 adds, 2 subtracts. */
function put(c: usize, mode: i32, value: v128): void {
  if (mode === 0) v128.store(c, value);
  else if (mode === 1) v128.store(c, f64x2.add(v128.load(c), value));
  else v128.store(c, f64x2.sub(v128.load(c), value));
}

/** 4×4 numbers of a product, from packed panels. */
function micro(k: i32, a: usize, b: usize, c: usize, ldc: usize, mode: i32): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let t = v128.load_splat<f64>(a);
    c00 = f64x2.add(c00, f64x2.mul(t, b0));
    c01 = f64x2.add(c01, f64x2.mul(t, b1));
    t = v128.load_splat<f64>(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(t, b0));
    c11 = f64x2.add(c11, f64x2.mul(t, b1));
    t = v128.load_splat<f64>(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(t, b0));
    c21 = f64x2.add(c21, f64x2.mul(t, b1));
    t = v128.load_splat<f64>(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(t, b0));
    c31 = f64x2.add(c31, f64x2.mul(t, b1));
    a += 32;
    b += 32;
  }
  put(c, mode, c00);
  put(c + 16, mode, c01);
  c += ldc;
  put(c, mode, c10);
  put(c + 16, mode, c11);
  c += ldc;
  put(c, mode, c20);
  put(c + 16, mode, c21);
  c += ldc;
  put(c, mode, c30);
  put(c + 16, mode, c31);
}

/**
 * C [m, n] = or += or -= A [m, k] B [k, n]; n at most tileColumns. With `lower` the 4×4 blocks that lie wholly above the
 * diagonal are skipped; `offset` is the row of C's first row less the column of its first column.
 */
function product(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rsa: i32,
  csa: i32,
  b: usize,
  rsb: i32,
  csb: i32,
  c: usize,
  ldc: i32,
  mode: i32,
  lower: bool,
  offset: i32,
  scratch: usize,
): void {
  const ld = (<usize>ldc) << 3;
  if (k === 0 && mode === 0) {
    for (let i = 0; i < m; i++) memory.fill(c + <usize>i * ld, 0, (<usize>n) << 3);
  }
  for (let pc = 0; pc < k; pc += depth) {
    const kc = min(depth, k - pc);
    const now = pc > 0 && mode === 0 ? 1 : mode;
    pack(b + ((<usize>pc * <usize>rsb) << 3), csb, rsb, n, kc, scratch + packedB);
    for (let ic = 0; ic < m; ic += rowsPerBlock) {
      const mc = min(rowsPerBlock, m - ic);
      if (lower && ic + mc - 1 + offset < 0) continue;
      pack(a + ((<usize>ic * <usize>rsa + <usize>pc * <usize>csa) << 3), rsa, csa, mc, kc, scratch + packedA);
      for (let jr = 0; jr < n; jr += 4) {
        const pb = scratch + packedB + ((<usize>jr * <usize>kc) << 3);
        for (let ir = 0; ir < mc; ir += 4) {
          if (lower && ic + ir + 3 + offset < jr) continue;
          const pa = scratch + packedA + ((<usize>ir * <usize>kc) << 3);
          const target = c + <usize>(ic + ir) * ld + ((<usize>jr) << 3);
          const mr = min(4, mc - ir);
          const nr = min(4, n - jr);
          if (mr === 4 && nr === 4) {
            micro(kc, pa, pb, target, ld, now);
            continue;
          }
          micro(kc, pa, pb, scratch, 32, 0);
          for (let i = 0; i < mr; i++) {
            for (let j = 0; j < nr; j++) {
              const value = load<f64>(scratch + <usize>(i * 32 + j * 8));
              const to = target + <usize>i * ld + <usize>(j << 3);
              store<f64>(to, now === 0 ? value : now === 1 ? load<f64>(to) + value : load<f64>(to) - value);
            }
          }
        }
      }
    }
  }
}

/**
 * A tile of C [m, n] = or ± A B. args: m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, mode, lower, triangle, scratch, scratch bytes.
 * triangle 1: B is 0 above its diagonal, so the sum starts at the tile's first column; 2: A is 0 below its diagonal, so it
 * starts at the tile's first row.
 */
export function productTask(task: i32, thread: i32, args: usize): void {
  const n = int(args, 1);
  const across = (n + tileColumns - 1) / tileColumns;
  const i0 = (task / across) * tileRows;
  const j0 = (task % across) * tileColumns;
  const rows = min(tileRows, int(args, 0) - i0);
  const columns = min(tileColumns, n - j0);
  const lower = int(args, 12) !== 0;
  if (lower && i0 + rows - 1 < j0) return;
  const triangle = int(args, 13);
  const skip = triangle === 1 ? j0 : triangle === 2 ? i0 : 0;
  const ldc = int(args, 10);
  const rsa = int(args, 4);
  const csa = int(args, 5);
  const rsb = int(args, 7);
  const csb = int(args, 8);
  const a = at(<usize>int(args, 3), 0) + ((<usize>i0 * <usize>rsa + <usize>skip * <usize>csa) << 3);
  const b = at(<usize>int(args, 6), 0) + ((<usize>skip * <usize>rsb + <usize>j0 * <usize>csb) << 3);
  const c = <usize>int(args, 9) + ((<usize>i0 * <usize>ldc + <usize>j0) << 3);
  const scratch = <usize>int(args, 14) + <usize>thread * <usize>int(args, 15);
  product(
    rows,
    columns,
    max(0, int(args, 2) - skip),
    a,
    rsa,
    csa,
    b,
    rsb,
    csb,
    c,
    ldc,
    int(args, 11),
    lower,
    i0 - j0,
    scratch,
  );
}

/** Dot products of rows of x with rows of y, into a tile that has its scratch behind it. */
function dotProducts(
  rows: i32,
  columns: i32,
  width: i32,
  x: usize,
  y: usize,
  tile: usize,
  lower: bool,
  offset: i32,
): void {
  product(rows, columns, width, x, width, 1, y, 1, width, tile, tileColumns, 0, lower, offset, tile + tileBytes);
}

/** Σ a_i b_i. */
export function dot(n: i32, a: usize, b: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a), v128.load(b)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
    a += 64;
    b += 64;
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; i < n; i++) {
    sum += load<f64>(a) * load<f64>(b);
    a += 8;
    b += 8;
  }
  return sum;
}

/** y += s x. */
export function addScaled(n: i32, s: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(s);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x))));
    v128.store(y, f64x2.add(v128.load(y, 16), f64x2.mul(factor, v128.load(x, 16))), 16);
    x += 32;
    y += 32;
  }
  for (; i < n; i++) {
    store<f64>(y, load<f64>(y) + s * load<f64>(x));
    x += 8;
    y += 8;
  }
}

/**
 * A share of y = A x for a symmetric A [n, n] of which the lower half is stored: the rows between two borders, each stored
 * number used for both of its places. args: n, a, lda, x, y, shares; share t writes y + t·n. Shares, not threads, decide the
 * order of the sums, so that every machine gives the same bits.
 */
export function symmetricTimesVectorTask(task: i32, _thread: i32, args: usize): void {
  const n = int(args, 0);
  const a = <usize>int(args, 1);
  const ld = (<usize>int(args, 2)) << 3;
  const x = <usize>int(args, 3);
  const shares = int(args, 5);
  const y = at(<usize>int(args, 4), task * n);
  memory.fill(y, 0, (<usize>n) << 3);
  // Row i holds i + 1 numbers: equal shares of them end at roots of equal shares of the whole.
  const from = task === 0 ? 0 : <i32>(sqrt(<f64>task / <f64>shares) * <f64>n) & ~3;
  const to = task === shares - 1 ? n : <i32>(sqrt(<f64>(task + 1) / <f64>shares) * <f64>n) & ~3;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const r0 = a + <usize>i * ld;
    const r1 = r0 + ld;
    const r2 = r1 + ld;
    const r3 = r2 + ld;
    const x0 = v128.load_splat<f64>(at(x, i));
    const x1 = v128.load_splat<f64>(at(x, i + 1));
    const x2 = v128.load_splat<f64>(at(x, i + 2));
    const x3 = v128.load_splat<f64>(at(x, i + 3));
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let o: usize = 0, end = (<usize>i) << 3; o < end; o += 16) {
      const v = v128.load(x + o);
      let t = v128.load(y + o);
      const a0 = v128.load(r0 + o);
      s0 = f64x2.add(s0, f64x2.mul(a0, v));
      t = f64x2.add(t, f64x2.mul(a0, x0));
      const a1 = v128.load(r1 + o);
      s1 = f64x2.add(s1, f64x2.mul(a1, v));
      t = f64x2.add(t, f64x2.mul(a1, x1));
      const a2 = v128.load(r2 + o);
      s2 = f64x2.add(s2, f64x2.mul(a2, v));
      t = f64x2.add(t, f64x2.mul(a2, x2));
      const a3 = v128.load(r3 + o);
      s3 = f64x2.add(s3, f64x2.mul(a3, v));
      v128.store(y + o, f64x2.add(t, f64x2.mul(a3, x3)));
    }
    addTo(at(y, i), s0);
    addTo(at(y, i + 1), s1);
    addTo(at(y, i + 2), s2);
    addTo(at(y, i + 3), s3);
    for (let p = 0; p < 4; p++) rowTimesVector(a + <usize>(i + p) * ld, x, y, i, i + p);
  }
  for (; i < to; i++) rowTimesVector(a + <usize>i * ld, x, y, 0, i);
}

function addTo(y: usize, sum: v128): void {
  store<f64>(y, load<f64>(y) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}

/** Numbers `from` to `i` of row i, and their mirror images. */
function rowTimesVector(row: usize, x: usize, y: usize, from: i32, i: i32): void {
  const own = load<f64>(at(x, i));
  let sum: f64 = 0;
  for (let j = from; j < i; j++) {
    const value = load<f64>(at(row, j));
    sum += value * load<f64>(at(x, j));
    store<f64>(at(y, j), load<f64>(at(y, j)) + value * own);
  }
  store<f64>(at(y, i), load<f64>(at(y, i)) + sum + load<f64>(at(row, i)) * own);
}

/** Column j of a Cholesky panel: a_ij = (a_ij - Σ_{from ≤ p < j} a_ip a_jp) / pivot for the rows below j. */
export function choleskyColumn(a: usize, n: i32, j: i32, from: i32, pivot: f64): void {
  const own = at(a, j * n + from);
  for (let i = j + 1; i < n; i++) {
    const row = at(a, i * n);
    const value = load<f64>(at(row, j)) - dot(j - from, at(row, from), own);
    store<f64>(at(row, j), value / pivot);
  }
}

/** |a - b|², by differences: equal rows are at distance exactly 0. */
export function squaredDistance(n: i32, a: usize, b: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const d0 = f64x2.sub(v128.load(a), v128.load(b));
    const d1 = f64x2.sub(v128.load(a, 16), v128.load(b, 16));
    s0 = f64x2.add(s0, f64x2.mul(d0, d0));
    s1 = f64x2.add(s1, f64x2.mul(d1, d1));
    a += 32;
    b += 32;
  }
  const s = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; i < n; i++) {
    const d = load<f64>(a) - load<f64>(b);
    sum += d * d;
    a += 8;
    b += 8;
  }
  return sum;
}

/** Keeps the `size` smallest values with their indices, ascending; the largest falls out. */
function insert(values: usize, indices: usize, size: i32, value: f64, index: i32): void {
  let place = size - 1;
  while (place > 0 && load<f64>(at(values, place - 1)) > value) {
    store<f64>(at(values, place), load<f64>(at(values, place - 1)));
    store<i32>(indices + ((<usize>place) << 2), load<i32>(indices + ((<usize>(place - 1)) << 2)));
    place--;
  }
  store<f64>(at(values, place), value);
  store<i32>(indices + ((<usize>place) << 2), index);
}

/**
 * Candidates for the nearest other rows of each row of one set, by |a|² + |b|² - 2ab; each pair is computed once.
 * args: n, width, x, squares, size, values, indices, scratch, scratch bytes. A thread's lists are at values + thread·n·size.
 * Tasks are row tiles, the longest first.
 */
export function nearestOthersTask(task: i32, thread: i32, args: usize): void {
  const n = int(args, 0);
  const width = int(args, 1);
  const x = <usize>int(args, 2);
  const squares = <usize>int(args, 3);
  const size = int(args, 4);
  const values = at(<usize>int(args, 5), thread * n * size);
  const indices = <usize>int(args, 6) + ((<usize>(thread * n * size)) << 2);
  const tile = <usize>int(args, 7) + <usize>thread * <usize>int(args, 8);
  const tiles = (n + tileRows - 1) / tileRows;
  const i0 = (tiles - 1 - task) * tileRows;
  const rows = min(tileRows, n - i0);
  for (let j0 = 0; j0 < i0 + rows; j0 += tileColumns) {
    const columns = min(tileColumns, i0 + rows - j0);
    dotProducts(rows, columns, width, at(x, i0 * width), at(x, j0 * width), tile, true, i0 - j0);
    for (let r = 0; r < rows; r++) {
      const i = i0 + r;
      const own = load<f64>(at(squares, i));
      const listI = at(values, i * size);
      let worst = load<f64>(at(listI, size - 1));
      const end = min(columns, i - j0);
      for (let c = 0; c < end; c++) {
        const j = j0 + c;
        const distance = own + load<f64>(at(squares, j)) - 2 * load<f64>(at(tile, r * tileColumns + c));
        if (distance < worst) {
          insert(listI, indices + ((<usize>(i * size)) << 2), size, distance, j);
          worst = load<f64>(at(listI, size - 1));
        }
        const listJ = at(values, j * size);
        if (distance < load<f64>(at(listJ, size - 1))) {
          insert(listJ, indices + ((<usize>(j * size)) << 2), size, distance, i);
        }
      }
    }
  }
}

/**
 * Candidates for the nearest rows of y to each row of x. args: n, width, x, squares of x, size, values, indices, scratch,
 * scratch bytes, m, y, squares of y. Tasks are row tiles of x, which own the lists of their rows.
 */
export function nearestRowsTask(task: i32, thread: i32, args: usize): void {
  const n = int(args, 0);
  const width = int(args, 1);
  const x = <usize>int(args, 2);
  const squares = <usize>int(args, 3);
  const size = int(args, 4);
  const values = <usize>int(args, 5);
  const indices = <usize>int(args, 6);
  const tile = <usize>int(args, 7) + <usize>thread * <usize>int(args, 8);
  const m = int(args, 9);
  const y = <usize>int(args, 10);
  const squaresY = <usize>int(args, 11);
  const i0 = task * tileRows;
  const rows = min(tileRows, n - i0);
  for (let j0 = 0; j0 < m; j0 += tileColumns) {
    const columns = min(tileColumns, m - j0);
    dotProducts(rows, columns, width, at(x, i0 * width), at(y, j0 * width), tile, false, 0);
    for (let r = 0; r < rows; r++) {
      const i = i0 + r;
      const own = load<f64>(at(squares, i));
      const list = at(values, i * size);
      let worst = load<f64>(at(list, size - 1));
      for (let c = 0; c < columns; c++) {
        const distance = own + load<f64>(at(squaresY, j0 + c)) - 2 * load<f64>(at(tile, r * tileColumns + c));
        if (distance < worst) {
          insert(list, indices + ((<usize>(i * size)) << 2), size, distance, j0 + c);
          worst = load<f64>(at(list, size - 1));
        }
      }
    }
  }
}

/**
 * Which balls around rows of x hold rows of y and the other way round. args: n, width, x, squares, radii (squared), m, y, squares,
 * radii, covered [n] bytes, recalled [n] bytes, around [threads, m] integers, scratch, scratch bytes, tolerance (pointer).
 * A distance within rounding of a radius is computed again by differences, so that ties are decided exactly.
 */
export function ballsTask(task: i32, thread: i32, args: usize): void {
  const width = int(args, 1);
  const x = <usize>int(args, 2);
  const squaresX = <usize>int(args, 3);
  const radiiX = <usize>int(args, 4);
  const m = int(args, 5);
  const y = <usize>int(args, 6);
  const squaresY = <usize>int(args, 7);
  const radiiY = <usize>int(args, 8);
  const covered = <usize>int(args, 9);
  const recalled = <usize>int(args, 10);
  const around = <usize>int(args, 11) + ((<usize>(thread * m)) << 2);
  const tile = <usize>int(args, 12) + <usize>thread * <usize>int(args, 13);
  const relative = load<f64>(<usize>int(args, 14));
  const i0 = task * tileRows;
  const rows = min(tileRows, int(args, 0) - i0);
  for (let j0 = 0; j0 < m; j0 += tileColumns) {
    const columns = min(tileColumns, m - j0);
    dotProducts(rows, columns, width, at(x, i0 * width), at(y, j0 * width), tile, false, 0);
    for (let r = 0; r < rows; r++) {
      const i = i0 + r;
      const own = load<f64>(at(squaresX, i));
      const radiusX = load<f64>(at(radiiX, i));
      for (let c = 0; c < columns; c++) {
        const j = j0 + c;
        const radiusY = load<f64>(at(radiiY, j));
        const squares = own + load<f64>(at(squaresY, j));
        let distance = squares - 2 * load<f64>(at(tile, r * tileColumns + c));
        const near = relative * squares;
        if (abs(distance - radiusX) <= near || abs(distance - radiusY) <= near) {
          distance = squaredDistance(width, at(x, i * width), at(y, j * width));
        }
        if (distance < radiusX) {
          store<u8>(covered + <usize>i, 1);
          const count = around + ((<usize>j) << 2);
          store<i32>(count, load<i32>(count) + 1);
        }
        if (distance < radiusY) store<u8>(recalled + <usize>i, 1);
      }
    }
  }
}

/**
 * Σ (x_i·y_j / width + 1)³ over a row tile, into sums[task]. args: n, width, x, m, y, triangle, sums, scratch, scratch bytes.
 * With `triangle` only pairs i > j of one set.
 */
export function cubicKernelTask(task: i32, thread: i32, args: usize): void {
  const width = int(args, 1);
  const x = <usize>int(args, 2);
  const m = int(args, 3);
  const y = <usize>int(args, 4);
  const triangle = int(args, 5) !== 0;
  const tile = <usize>int(args, 7) + <usize>thread * <usize>int(args, 8);
  const i0 = task * tileRows;
  const rows = min(tileRows, int(args, 0) - i0);
  const total = triangle ? i0 + rows : m;
  let sum: f64 = 0;
  for (let j0 = 0; j0 < total; j0 += tileColumns) {
    const columns = min(tileColumns, total - j0);
    dotProducts(rows, columns, width, at(x, i0 * width), at(y, j0 * width), tile, triangle, i0 - j0);
    for (let r = 0; r < rows; r++) {
      const end = triangle ? min(columns, i0 + r - j0) : columns;
      let row: f64 = 0;
      for (let c = 0; c < end; c++) {
        const base = load<f64>(at(tile, r * tileColumns + c)) / <f64>width + 1;
        row += base * base * base;
      }
      sum += row;
    }
  }
  store<f64>(at(<usize>int(args, 6), task), sum);
}
