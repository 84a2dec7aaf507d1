/** Retrieval: does the code of one modality find its like among the codes of another? */
import {UserError} from '../core/checks';
import {type Matrix, type MatrixLike, toMatrixPair} from './matrix';

export interface Retrieval {
  /** Share of queries whose k most similar gallery rows hold one of the query's label. In [0, 1]. */
  readonly recall: number;
  /** What recall a gallery in random order would give, averaged over the queries. */
  readonly chance: number;
}

/**
 * Retrieval by cosine similarity, right when the label agrees. Equal similarities count in gallery order.
 *
 * @param queries codes [n, d]; @param gallery codes [m, d]; @param options.k from 1 to m. Defaults to 1.
 * @returns recall@k and the recall of chance, 1 - Π_{i<k} (m - r - i) / (m - i) for a label with r rows in the gallery.
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
  if (queryLabels.length !== q.rows || galleryLabels.length !== g.rows) {
    throw new UserError(
      `Expected ${q.rows} query labels and ${g.rows} gallery labels, got ${queryLabels.length} and ${galleryLabels.length}.`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k > g.rows) {
    throw new UserError(`Expected k of retrieval to be an integer from 1 to ${g.rows}, got ${k}.`);
  }
  const [a, b] = [unitRows(q), unitRows(g)];
  const rowsOfLabel = new Map<number, number>();
  for (let j = 0; j < g.rows; j++) {
    rowsOfLabel.set(galleryLabels[j]!, (rowsOfLabel.get(galleryLabels[j]!) ?? 0) + 1);
  }
  let found = 0;
  let chance = 0;
  for (let i = 0; i < a.rows; i++) {
    if (mostSimilar(a, i, b, k).some(j => galleryLabels[j] === queryLabels[i])) found++;
    chance += chanceOfHit(rowsOfLabel.get(queryLabels[i]!) ?? 0, g.rows, k);
  }
  return {recall: found / a.rows, chance: chance / a.rows};
}

/** The k gallery rows most similar to query i, best first. */
function mostSimilar(queries: Matrix, i: number, gallery: Matrix, k: number): number[] {
  const best: {row: number; similarity: number}[] = [];
  const {columns} = queries;
  for (let j = 0; j < gallery.rows; j++) {
    let similarity = 0;
    for (let c = 0; c < columns; c++) similarity += queries.data[i * columns + c]! * gallery.data[j * columns + c]!;
    if (best.length === k && similarity <= best[k - 1]!.similarity) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.similarity < similarity) at--;
    best.splice(at, 0, {row: j, similarity});
    if (best.length > k) best.pop();
  }
  return best.map(({row}) => row);
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
