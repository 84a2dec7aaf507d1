/** Nearest rows, by matrix products: a tile of distances at a time, so memory grows with n, not n². */
import type {Matrix} from '../matrix';
import {tileScratch, type Workspace, withWorkspace} from './workspace';

const rowsPerTask = 256;
/** Candidates beyond the k that are asked for: rounding may have put them in another order. */
const spare = 8;

/** The k nearest rows of each row. */
export interface Neighbours {
  readonly k: number;
  /** Squared distances [n, k], ascending. */
  readonly squared: Float64Array;
  /** Their rows [n, k]; of equal distances the lower row comes first. */
  readonly rows: Int32Array;
}

/** The k nearest rows of `references` to each query; k at most their number. */
export function nearestRows(queries: Matrix, references: Matrix, k: number): Neighbours {
  const {rows, columns} = queries;
  const size = Math.min(k + spare, references.rows);
  const need = {
    floats: (rows + references.rows) * (columns + 1) + rows * size * 2,
    scratch: tileScratch,
    multiplications: rows * references.rows * columns,
  };
  return withWorkspace(need, workspace => {
    const shift = shiftOf(references);
    const x = placeRows(workspace, queries, shift);
    const y = placeRows(workspace, references, shift);
    const values = workspace.floats(rows * size);
    const indices = workspace.ints(rows * size);
    values.view.fill(Number.POSITIVE_INFINITY);
    const lists = [size, values.address, indices.address, ...workspace.scratch(tileScratch)];
    const others = [references.rows, y.address, y.squares];
    const tasks = Math.ceil(rows / rowsPerTask);
    workspace.run('nearestRowsTask', tasks, [rows, columns, x.address, x.squares, ...lists, ...others]);
    const exact = exactNeighbours(workspace, x.address, y.address, columns, k);
    return exact(rows, size, 1, values.view, indices.view);
  });
}

/** Which balls around rows of one set hold rows of the other. */
export interface Balls {
  /** Rows of x whose ball holds a row of y. */
  readonly covered: Uint8Array;
  /** Rows of x that lie in the ball of a row of y. */
  readonly recalled: Uint8Array;
  /** How many balls of x each row of y lies in. */
  readonly around: Int32Array;
}

/** A row's ball reaches to its k-th nearest other row of its own set, border excluded; k below the rows of either set. */
export function overlapOfBalls(x: Matrix, y: Matrix, k: number): Balls {
  const {columns} = x;
  const most = Math.max(x.rows, y.rows);
  const need = {
    floats: (x.rows + y.rows) * (columns + 2) + x.rows + 2,
    scratch: 3 * tileScratch + (x.rows + y.rows) * (k + spare) * 12 + y.rows * 4 + 256,
    multiplications: most * most * columns,
  };
  return withWorkspace(need, workspace => {
    const shift = shiftOf(x);
    const [a, b] = [placeRows(workspace, x, shift), placeRows(workspace, y, shift)];
    const [radiiOfA, radiiOfB] = [placeRadii(workspace, a, columns, k), placeRadii(workspace, b, columns, k)];
    const covered = workspace.bytes(x.rows);
    const recalled = workspace.bytes(x.rows);
    const around = workspace.ints(y.rows * workspace.threads);
    const scratch = workspace.scratch(tileScratch);
    const tolerance = workspace.floats(1);
    // A sum of n products is off by at most about n roundings of |a| |b| (Higham 2002, section 3.1).
    tolerance.view[0] = 4 * (columns + 8) * Number.EPSILON;
    workspace.run('ballsTask', Math.ceil(x.rows / rowsPerTask), [
      ...[x.rows, columns, a.address, a.squares, radiiOfA, y.rows, b.address, b.squares, radiiOfB],
      ...[covered.address, recalled.address, around.address, ...scratch, tolerance.address],
    ]);
    const total = around.view.slice(0, y.rows);
    for (let i = y.rows; i < around.view.length; i++) total[i % y.rows]! += around.view[i]!;
    return {covered: covered.view.slice(), recalled: recalled.view.slice(), around: total};
  });
}

/** Squared distance of every row to its k-th nearest other row; returns where it stands. */
function placeRadii(workspace: Workspace, {address, squares, rows}: Placed, columns: number, k: number): number {
  const size = Math.min(k + spare, rows - 1);
  const values = workspace.floats(rows * size * workspace.threads);
  const indices = workspace.ints(rows * size * workspace.threads);
  values.view.fill(Number.POSITIVE_INFINITY);
  const scratch = workspace.scratch(tileScratch);
  const lists = [size, values.address, indices.address, ...scratch];
  workspace.run('nearestOthersTask', Math.ceil(rows / rowsPerTask), [rows, columns, address, squares, ...lists]);
  const {squared} = exactNeighbours(workspace, address, address, columns, k)(
    rows,
    size,
    workspace.threads,
    values.view,
    indices.view,
  );
  const radii = workspace.floats(rows);
  for (let row = 0; row < rows; row++) radii.view[row] = squared[row * k + k - 1]!;
  return radii.address;
}

/**
 * What to subtract from all rows, which moves no distance but saves the digits of |a|² + |b|² - 2ab: the mean where it is large
 * against the spread, else nothing, so that whole numbers stay whole.
 */
function shiftOf({data, rows, columns}: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  let squares = 0;
  for (let at = 0; at < data.length; ) {
    for (let c = 0; c < columns; c++, at++) {
      mean[c]! += data[at]! / rows;
      squares += data[at]! ** 2 / rows;
    }
  }
  const offset = mean.reduce((sum, value) => sum + value * value, 0);
  return offset > 0.9 * squares ? mean.map(Math.fround) : new Float64Array(columns);
}

interface Placed {
  readonly rows: number;
  readonly address: number;
  /** Where the squared lengths of the rows stand. */
  readonly squares: number;
}

function placeRows(workspace: Workspace, {data, rows, columns}: Matrix, shift: Float64Array): Placed {
  const block = workspace.floats(rows * columns);
  const squares = workspace.floats(rows);
  for (let r = 0, at = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++, at++) {
      const value = data[at]! - shift[c]!;
      block.view[at] = value;
      sum += value * value;
    }
    squares.view[r] = sum;
  }
  return {rows, address: block.address, squares: squares.address};
}

/** From candidates, in one list a row and thread, to neighbours by exact distance: by differences, so 0 for equal rows. */
function exactNeighbours({kernels}: Workspace, x: number, y: number, columns: number, k: number) {
  return (rows: number, size: number, lists: number, values: Float64Array, indices: Int32Array): Neighbours => {
    const squared = new Float64Array(rows * k);
    const nearest = new Int32Array(rows * k);
    const bytes = columns * 8;
    for (let i = 0; i < rows; i++) {
      const candidates: {approximate: number; row: number}[] = [];
      for (let list = 0; list < lists; list++) {
        for (let p = (list * rows + i) * size, end = p + size; p < end; p++) {
          if (values[p]! < Number.POSITIVE_INFINITY) candidates.push({approximate: values[p]!, row: indices[p]!});
        }
      }
      if (lists > 1) candidates.sort((a, b) => a.approximate - b.approximate);
      const exact = candidates
        .slice(0, size)
        .map(({row}) => ({row, distance: kernels.squaredDistance(columns, x + i * bytes, y + row * bytes)}))
        .sort((a, b) => a.distance - b.distance || a.row - b.row);
      for (let p = 0; p < k; p++) {
        squared[i * k + p] = exact[p]!.distance;
        nearest[i * k + p] = exact[p]!.row;
      }
    }
    return {k, squared, rows: nearest};
  };
}
