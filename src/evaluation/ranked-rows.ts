import {type MatrixLike, toMatrixPair} from './matrix';

/**
 * Rows of the gallery by cosine similarity to one query, most similar first; equal ones in their order, as `retrieval` counts them.
 *
 * @param queries [n, d]; @param query index of one of them; @param gallery [m, d].
 * @returns m indices; [1, 0] for the query (1, 0) and the gallery (0, 1), (2, 1).
 */
export function rankedRows(queries: MatrixLike, query: number, gallery: MatrixLike): number[] {
  const [q, g] = toMatrixPair('rankedRows', ['queries', 'gallery'], [queries, gallery]);
  const similarity = Float64Array.from({length: g.rows}, (_, row) => {
    let [product, squares] = [0, 0];
    for (let c = 0; c < g.columns; c++) {
      const value = g.data[row * g.columns + c]!;
      product += q.data[query * q.columns + c]! * value;
      squares += value * value;
    }
    return squares > 0 ? product / Math.sqrt(squares) : 0;
  });
  return Array.from(similarity, (_, row) => row).sort((a, b) => similarity[b]! - similarity[a]! || a - b);
}
