/** Retrieval: does the code of one modality find its like among the codes of another? */
import {UserError} from '../core/checks';
import {quantile} from '../core/quantile';
import {assertLabels, rowsByClass} from './labels';
import {type Matrix, type MatrixLike, toMatrixPair} from './matrix';

export interface Retrieval {
  /** Share of queries whose k most similar gallery rows hold one of the query's label. In [0, 1]. */
  readonly recall: number;
  /** What recall a gallery in random order would give, averaged over the queries. */
  readonly chance: number;
  /** Median over the queries of the place, from 1, of the first gallery row with the query's label; a half between two places. */
  readonly medianRank: number;
  /** Mean over the queries of the average precision of the whole ranking, mAP. In (0, 1]. */
  readonly meanAveragePrecision: number;
}

/**
 * Retrieval by cosine similarity, right when the label agrees. Equal similarities count in gallery order.
 *
 * @param queries codes [n, d]; @param gallery codes [m, d]; @param options.k from 1 to m. Defaults to 1.
 * @returns recall@k and the recall of chance, 1 - Π_{i<k} (m - r - i) / (m - i) for a label with r rows in the gallery; with numbers
 * of pairs as labels, recall@k and median rank as in cross-modal retrieval.
 * @throws UserError when the gallery has no row of a query's label.
 */
export function retrieval(
  queries: MatrixLike,
  gallery: MatrixLike,
  queryLabels: ArrayLike<number>,
  galleryLabels: ArrayLike<number>,
  options: {readonly k?: number} = {},
): Retrieval {
  const {k = 1} = options;
  const [q, g] = toMatrixPair('retrieval', ['queries', 'gallery'], [queries, gallery]);
  if (!Number.isInteger(k) || k < 1 || k > g.rows) {
    throw new UserError(`Expected k of retrieval to be an integer from 1 to ${g.rows}, got ${k}.`);
  }
  assertLabels('retrieval', 'queryLabels', queryLabels, q.rows);
  assertLabels('retrieval', 'galleryLabels', galleryLabels, g.rows);
  const [a, b] = [unitRows(q), unitRows(g)];
  const rowsOfLabel = rowsByClass(galleryLabels);
  const firsts = new Float64Array(q.rows);
  let [found, chance, precisions] = [0, 0, 0];
  for (let i = 0; i < a.rows; i++) {
    const relevant = rowsOfLabel.get(queryLabels[i]!);
    if (!relevant) {
      throw new UserError(
        `Expected gallery of retrieval to hold at least 1 row of label ${queryLabels[i]} (query ${i}), got 0.`,
      );
    }
    const ranks = ranksOf(relevant, similarities(a, i, b));
    firsts[i] = ranks[0]!;
    if (ranks[0]! <= k) found++;
    chance += chanceOfHit(relevant.length, g.rows, k);
    let sum = 0;
    for (let place = 0; place < ranks.length; place++) sum += (place + 1) / ranks[place]!;
    precisions += sum / ranks.length;
  }
  return {
    recall: found / a.rows,
    chance: chance / a.rows,
    medianRank: quantile(firsts.sort(), 0.5),
    meanAveragePrecision: precisions / a.rows,
  };
}

function similarities(queries: Matrix, i: number, gallery: Matrix): Float64Array {
  const {columns} = queries;
  const all = new Float64Array(gallery.rows);
  for (let j = 0; j < gallery.rows; j++) {
    let sum = 0;
    for (let c = 0, p = i * columns, g = j * columns; c < columns; c++, p++, g++) {
      sum += queries.data[p]! * gallery.data[g]!;
    }
    all[j] = sum;
  }
  return all;
}

/** The places, from 1 and ascending, of the relevant rows when the gallery is sorted; equal rows keep their order. */
function ranksOf(relevant: readonly number[], similarity: Float64Array): number[] {
  const sorted = [...relevant].sort((i, j) => similarity[j]! - similarity[i]! || i - j);
  const ahead = new Float64Array(sorted.length + 1);
  for (let row = 0; row < similarity.length; row++) {
    const value = similarity[row]!;
    // The first relevant row that this row is ahead of or is itself.
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = sorted[middle]!;
      if (value > similarity[other]! || (value === similarity[other]! && row <= other)) high = middle;
      else low = middle + 1;
    }
    ahead[low]! += 1;
  }
  let total = 0;
  return sorted.map((_, place) => {
    total += ahead[place]!;
    return total;
  });
}

function chanceOfHit(relevant: number, size: number, k: number): number {
  let miss = 1;
  for (let i = 0; i < k; i++) miss *= Math.max(0, size - relevant - i) / (size - i);
  return 1 - miss;
}

/** Rows scaled to length 1; a row of zeros stays and is similar to nothing. */
function unitRows({data, rows, columns}: Matrix): Matrix {
  const unit = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += data[r * columns + c]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let c = 0; c < columns; c++) unit[r * columns + c] = data[r * columns + c]! * scale;
  }
  return {data: unit, rows, columns};
}
