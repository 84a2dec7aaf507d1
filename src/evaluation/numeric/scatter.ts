/** Sums of outer products, the heavy part of a covariance. */
import {productScratch, withWorkspace} from './workspace';

/** Rows of which a product is made at once. */
const chunkRows = 1024;

/**
 * Σ_r (x_r - m)(x_r - m)ᵀ as a whole symmetric matrix [columns, columns].
 *
 * @param data rows of `columns` numbers each; @param mean m, [columns].
 */
export function scatterAround(data: Float64Array, columns: number, mean: Float64Array): Float64Array {
  const rows = data.length / columns;
  const chunk = Math.min(chunkRows, rows);
  const need = {
    floats: chunk * columns + columns * columns,
    scratch: productScratch,
    multiplications: (rows * columns ** 2) / 2,
  };
  return withWorkspace(need, workspace => {
    const centred = workspace.floats(chunk * columns);
    const sum = workspace.floats(columns * columns);
    const scratch = workspace.scratch(productScratch);
    for (let from = 0; from < rows; from += chunk) {
      const count = Math.min(chunk, rows - from);
      for (let r = 0, at = 0, source = from * columns; r < count; r++) {
        for (let c = 0; c < columns; c++) centred.view[at++] = data[source++]! - mean[c]!;
      }
      workspace.product(
        {rows: columns, columns, depth: count, mode: 'add', lower: true},
        {address: centred.address, rowStride: 1, columnStride: columns},
        {address: centred.address, rowStride: columns, columnStride: 1},
        {address: sum.address, rowStride: columns},
        scratch,
      );
    }
    const scatter = sum.view.slice();
    mirror(scatter, columns);
    return scatter;
  });
}

/** The upper half from the lower one, in blocks that fit the cache. */
function mirror(matrix: Float64Array, size: number): void {
  const block = 32;
  for (let i0 = 0; i0 < size; i0 += block) {
    for (let j0 = 0; j0 <= i0; j0 += block) {
      for (let i = i0; i < Math.min(i0 + block, size); i++) {
        for (let j = j0; j < Math.min(j0 + block, i); j++) matrix[j * size + i] = matrix[i * size + j]!;
      }
    }
  }
}
