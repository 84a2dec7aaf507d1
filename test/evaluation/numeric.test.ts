import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {EigenvalueDecomposition, Matrix} from 'ml-matrix';
import {RandomStream} from '../../src/core/random';
import {nearestRows} from '../../src/evaluation/numeric/neighbours';
import {pivotedCholesky} from '../../src/evaluation/numeric/pivoted-cholesky';
import {scatterAround} from '../../src/evaluation/numeric/scatter';
import {eigenvaluesNeed, symmetricEigenvalues} from '../../src/evaluation/numeric/symmetric-eigenvalues';
import {tridiagonalEigenvalues} from '../../src/evaluation/numeric/tridiagonal-eigenvalues';
import {withWorkspace} from '../../src/evaluation/numeric/workspace';

function normals(count: number, seed: number): Float64Array {
  return Float64Array.from(new RandomStream(seed, 'test/numeric').normals(count));
}

function eigenvaluesOf(matrix: Float64Array, size: number): Float64Array {
  const need = eigenvaluesNeed(size);
  return withWorkspace({...need, floats: need.floats + size * size}, workspace => {
    const block = workspace.floats(size * size);
    block.view.set(matrix);
    return symmetricEigenvalues(workspace, block, size);
  });
}

test('the compiled kernels are those of the source', async () => {
  const folder = path.join(__dirname, '..', '..');
  const {compileKernels, builtFile} = await import(
    pathToFileURL(path.join(folder, 'scripts', 'kernels', 'build.mjs')).href
  );
  assert.equal(fs.readFileSync(builtFile, 'utf8'), await compileKernels());
});

test('products, eigenvalues and factors agree with plain loops and ml-matrix, at sizes around every block border', () => {
  // 4 (a block of a product), 64 (a packed block, a panel) and 256 (a tile), and rows beyond a chunk.
  for (const [rows, size] of [
    [3, 1],
    [9, 2],
    [12, 5],
    [80, 63],
    [80, 64],
    [40, 65],
    [300, 97],
    [1100, 130],
    [280, 260],
  ] as const) {
    // biome-ignore format: sizes
    const data = normals(rows * size, size);
    const dense = Matrix.from1DArray(rows, size, Array.from(data));
    const wanted = dense.transpose().mmul(dense);
    const scatter = scatterAround(data, size, new Float64Array(size));
    const scale = wanted.max();
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        assert.ok(Math.abs(scatter[i * size + j]! - wanted.get(i, j)) <= 1e-13 * scale, `scatter ${rows}×${size}`);
      }
    }
    const values = new EigenvalueDecomposition(wanted, {assumeSymmetric: true}).realEigenvalues.sort((a, b) => a - b);
    const got = eigenvaluesOf(scatter, size);
    values.forEach((value, i) => {
      assert.ok(Math.abs(got[i]! - value) <= 1e-12 * values[size - 1]!, `eigenvalue ${i} of ${size}`);
    });
    const {lower, order, rank} = pivotedCholesky(scatter, size);
    assert.equal(rank, Math.min(rows, size), `rank ${rows}×${size}`);
    const l = Matrix.from1DArray(size, size, Array.from(lower));
    const back = l.mmul(l.transpose());
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const value = scatter[order[i]! * size + order[j]!]!;
        assert.ok(Math.abs(back.get(i, j) - value) <= 1e-12 * scale, `factor ${rows}×${size}`);
      }
    }
  }
});

test('eigenvalues of small and degenerate matrices', () => {
  assert.deepEqual(Array.from(tridiagonalEigenvalues(Float64Array.of(5), new Float64Array(0))), [5]);
  const [low, high] = tridiagonalEigenvalues(Float64Array.of(2, 2), Float64Array.of(1));
  assert.ok(Math.abs(low! - 1) < 1e-15 && Math.abs(high! - 3) < 1e-15);
  assert.deepEqual(Array.from(eigenvaluesOf(new Float64Array(9), 3)), [0, 0, 0]);
  assert.deepEqual(Array.from(eigenvaluesOf(Float64Array.of(3, 0, 0, -1), 2)), [-1, 3]);
  assert.throws(() => tridiagonalEigenvalues(Float64Array.of(Number.NaN, 1), Float64Array.of(1)), /did not converge/);
  assert.equal(pivotedCholesky(new Float64Array(16), 4).rank, 0);
});

test('nearest rows: by exact distance, equal ones in order, far from the origin too', () => {
  for (const offset of [0, 1e7]) {
    const place = (values: number[]): {data: Float64Array; rows: number; columns: number} => ({
      data: Float64Array.from(values, value => value + offset),
      rows: values.length / 2,
      columns: 2,
    });
    const references = place([0, 0, 3, 4, 0, 0, 3, 5]);
    const {squared, rows} = nearestRows(place([0, 0, 3, 4.25]), references, 3);
    assert.deepEqual(Array.from(rows), [0, 2, 1, 1, 3, 0]);
    assert.deepEqual(Array.from(squared.subarray(0, 5)), [0, 0, 25, 0.0625, 0.5625]);
  }
});
