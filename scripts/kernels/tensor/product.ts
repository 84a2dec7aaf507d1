/** Products of matrices, whatever is transposed, one pair or many. */

import {blocksOfColumns, blocksOfRows} from './blocks';
import {packColumns, packRows} from './pack';
import {nowhere, storeTransposed, target, targetsBytes, tileBytes, tileOfColumns, tileOfDots, tileOfRows} from './tile';
import {wideBlocksOfColumns, wideBlocksOfRows} from './wide-blocks';

/** Terms of a sum that are taken at once; a panel of them fits into the nearest cache. */
const depth: i32 = 1024;
/** Numbers of A that stay in the second cache while panels of B pass. */
const blockOfA: i32 = 131072;
/** Columns of a task: two panels, one line of the cache. */
const taskColumns: i32 = 16;
/** Tiles that are computed before they are stored with rows and columns exchanged. */
const tilesAtOnce: i32 = 16;

/**
 * A B^T has its rows and columns computed in exchanged roles, as (B A^T)^T, where A has fewer rows than B: then the smaller
 * one is packed, and the larger one read where it stands.
 */
function exchanged(rows: i32, k: i32, columns: i32, transposeA: i32, transposeB: i32): bool {
  return !transposeA && transposeB && rows < columns && k >= 16;
}

/** Rows of A that a task takes: all of them, or what fits. */
function rowsOfTask(rows: i32, k: i32): i32 {
  const fit = max<i32>(64, (blockOfA / max<i32>(1, min<i32>(k, depth))) & ~3);
  return min<i32>(rows, fit);
}

export function numProductTasks(rows: i32, k: i32, columns: i32, count: i32, transposeA: i32, transposeB: i32): i32 {
  if (exchanged(rows, k, columns, transposeA, transposeB)) {
    const swap = rows;
    rows = columns;
    columns = swap;
  }
  const high = (rows + rowsOfTask(rows, k) - 1) / rowsOfTask(rows, k);
  return count * high * ((columns + taskColumns - 1) / taskColumns);
}

/** Bytes of scratch that a thread needs. */
export function productScratch(k: i32): i32 {
  return <i32>(targetsBytes + tileBytes * tilesAtOnce * 2) + (min<i32>(k, depth) << 6);
}

/**
 * Tasks `from` … `to` - 1 of C = A B, `count` times. Numbers between one pair and the next: `nextA` and `nextB`.
 * A is [rows, k], or with `transposeA` [k, rows]; B is [k, columns], or with `transposeB` [columns, k].
 * `wide` takes two panels at once, with the same results: wide-blocks.ts.
 */
export function product(
  from: i32,
  to: i32,
  scratch: usize,
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  k: i32,
  columns: i32,
  nextA: i32,
  nextB: i32,
  transposeA: i32,
  transposeB: i32,
  wide: i32,
): void {
  const exchange = exchanged(rows, k, columns, transposeA, transposeB);
  const bytesC = (<usize>rows * <usize>columns) << 2;
  if (exchange) {
    const swapRows = rows;
    rows = columns;
    columns = swapRows;
    const swap = a;
    a = b;
    b = swap;
    const swapNext = nextA;
    nextA = nextB;
    nextB = swapNext;
  }
  const across = (columns + taskColumns - 1) / taskColumns;
  const height = rowsOfTask(rows, k);
  const high = (rows + height - 1) / height;
  for (let task = from; task < to; task++) {
    const pair = task / (across * high);
    const first = ((task / across) % high) * height;
    const column = (task % across) * taskColumns;
    const pairA = a + ((<usize>pair * <usize>nextA) << 2);
    const pairB = b + ((<usize>pair * <usize>nextB) << 2);
    const pairC = c + <usize>pair * bytesC;
    const last = min<i32>(rows, first + height);
    for (let k0 = 0; k0 < k; k0 += depth) {
      const terms = min<i32>(depth, k - k0);
      block(
        scratch,
        pairA,
        pairB,
        pairC,
        rows,
        k,
        columns,
        transposeA,
        transposeB,
        exchange,
        first,
        last,
        column,
        k0,
        terms,
        wide,
      );
    }
  }
}

/** Rows `first` … `last` - 1 of up to 16 columns from `column` on; terms k0 … k0 + terms - 1 of their sums. */
function block(
  scratch: usize,
  a: usize,
  b: usize,
  c: usize,
  rows: i32,
  k: i32,
  columns: i32,
  transposeA: i32,
  transposeB: i32,
  exchange: bool,
  first: i32,
  last: i32,
  column: i32,
  k0: i32,
  terms: i32,
  wide: i32,
): void {
  if (columns === 1 && !transposeA) {
    // The one column lies in one piece, transposed or not.
    dots(
      a + ((<usize>first * <usize>k + <usize>k0) << 2),
      last - first,
      (<usize>k) << 2,
      b + ((<usize>k0) << 2),
      terms,
      c + ((<usize>first) << 2),
      k0 > 0 ? 1 : 0,
      scratch,
    );
    return;
  }
  const rowB = (<usize>(transposeB ? k : columns)) << 2;
  const end = min<i32>(columns, column + taskColumns);
  const add = k0 > 0 ? 1 : 0;
  const tiles = scratch + targetsBytes;
  const packed = tiles + tileBytes * tilesAtOnce * 2;
  let panel = packed;
  // For a few rows of results a copy of B would cost more than it saves.
  const direct = !transposeB && last - first <= 8;
  for (let j = column; j < end; j += 8) {
    const width = min<i32>(8, end - j);
    if (transposeB) panel = packRows(b + (<usize>j * <usize>k + <usize>k0) * 4, rowB, terms, width, panel);
    else if (!direct || width < 8) {
      panel = packColumns(b + (<usize>k0 * <usize>columns + <usize>j) * 4, rowB, terms, width, panel);
    }
  }
  panel = packed;
  // Rows of both panels at once; what is left over of them comes below.
  const both = wide && end - column === 16 && !direct ? (last - first) & ~3 : 0;
  if (both) {
    const next = packed + ((<usize>terms) << 5);
    if (exchange) {
      const otherTiles = tiles + tileBytes * tilesAtOnce;
      const rowC = (<usize>rows) << 2;
      for (let done = first; done < first + both; done += 4 * tilesAtOnce) {
        const count = min<i32>((first + both - done) >> 2, tilesAtOnce);
        const start = a + ((<usize>done * <usize>k + <usize>k0) << 2);
        wideBlocksOfRows(start, (<usize>k) << 2, (<usize>terms) << 2, packed, next, tiles, otherTiles, 32, count, 0);
        for (let n = 0; n < count; n++) {
          const place = c + ((<usize>column * <usize>rows + <usize>(done + 4 * n)) << 2);
          storeTransposed(tiles + <usize>n * tileBytes, place, rowC, 4, 8, add);
          storeTransposed(otherTiles + <usize>n * tileBytes, place + rowC * 8, rowC, 4, 8, add);
        }
      }
    } else {
      const place = c + ((<usize>first * <usize>columns + <usize>column) << 2);
      const rowC = (<usize>columns) << 2;
      if (transposeA) {
        const start = a + ((<usize>k0 * <usize>rows + <usize>first) << 2);
        wideBlocksOfColumns(start, (<usize>rows) << 2, terms, packed, next, place, place + 32, rowC, both >> 2, add);
      } else {
        const start = a + ((<usize>first * <usize>k + <usize>k0) << 2);
        wideBlocksOfRows(
          start,
          (<usize>k) << 2,
          (<usize>terms) << 2,
          packed,
          next,
          place,
          place + 32,
          rowC,
          both >> 2,
          add,
        );
      }
    }
  }
  first += both;
  for (let j = column; j < end; j += 8) {
    const width = min<i32>(8, end - j);
    const inPlace = direct && width === 8;
    const source = inPlace ? b + (<usize>k0 * <usize>columns + <usize>j) * 4 : panel;
    const stepB = inPlace ? rowB : 32;
    let done = first;
    if (width === 8 && !exchange) {
      // All whole blocks of four rows at once.
      const blocks = (last - first) >> 2;
      const place = c + ((<usize>first * <usize>columns + <usize>j) << 2);
      const rowC = (<usize>columns) << 2;
      if (transposeA) {
        const start = a + ((<usize>k0 * <usize>rows + <usize>first) << 2);
        blocksOfColumns(start, (<usize>rows) << 2, terms, source, stepB, place, rowC, blocks, add);
      } else {
        const start = a + ((<usize>first * <usize>k + <usize>k0) << 2);
        blocksOfRows(start, (<usize>k) << 2, (<usize>terms) << 2, source, stepB, place, rowC, blocks, add);
      }
      done += blocks << 2;
    }
    if (exchange) {
      for (let blocks = (last - done) >> 2; blocks > 0; blocks -= tilesAtOnce) {
        const count = min<i32>(blocks, tilesAtOnce);
        const start = a + ((<usize>done * <usize>k + <usize>k0) << 2);
        blocksOfRows(start, (<usize>k) << 2, (<usize>terms) << 2, source, stepB, tiles, 32, count, 0);
        for (let n = 0; n < count; n++) {
          const place = c + ((<usize>j * <usize>rows + <usize>done) << 2);
          storeTransposed(tiles + <usize>n * tileBytes, place, (<usize>rows) << 2, 4, width, add);
          done += 4;
        }
      }
    }
    for (let i = done; i < last; i += 4) {
      for (let r = 0; r < 4; r++) {
        const row = i + r;
        const place = c + (<usize>row * <usize>columns + <usize>j) * 4;
        if (exchange) target(scratch, r, scratch + targetsBytes + ((<usize>r) << 5));
        else target(scratch, r, row < last ? place : nowhere(scratch));
      }
      if (transposeA) {
        const start = a + (<usize>k0 * <usize>rows + <usize>i) * 4;
        tileOfColumns(start, (<usize>rows) << 2, terms, 1, 0, source, stepB, scratch, width, add);
      } else {
        const rowA = (<usize>k) << 2;
        const a0 = a + <usize>i * rowA + ((<usize>k0) << 2);
        const a1 = i + 1 < last ? a0 + rowA : a0;
        const a2 = i + 2 < last ? a1 + rowA : a0;
        const a3 = i + 3 < last ? a2 + rowA : a0;
        const bytes = (<usize>terms) << 2;
        if (exchange) {
          tileOfRows(a0, a1, a2, a3, bytes, 1, 0, source, stepB, scratch, 8, 0);
          const place = c + (<usize>j * <usize>rows + <usize>i) * 4;
          storeTransposed(scratch + targetsBytes, place, (<usize>rows) << 2, min<i32>(4, last - i), width, add);
        } else tileOfRows(a0, a1, a2, a3, bytes, 1, 0, source, stepB, scratch, width, add);
      }
    }
    if (!inPlace) panel += (<usize>terms) << 5;
  }
}

/** c[i] = Σ a[i, p] · b[p] over `terms` terms; rows of A are `rowA` bytes apart. */
function dots(a: usize, rows: i32, rowA: usize, b: usize, terms: i32, c: usize, add: i32, scratch: usize): void {
  for (let i = 0; i < rows; i += 4) {
    for (let r = 0; r < 4; r++) target(scratch, r, i + r < rows ? c + ((<usize>r) << 2) : nowhere(scratch));
    const a1 = i + 1 < rows ? a + rowA : a;
    const a2 = i + 2 < rows ? a1 + rowA : a;
    const a3 = i + 3 < rows ? a2 + rowA : a;
    tileOfDots(a, a1, a2, a3, (<usize>terms) << 2, 1, 0, b, scratch, add);
    a += rowA * 4;
    c += 16;
  }
}
