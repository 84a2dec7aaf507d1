import assert from 'node:assert/strict';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {Parameters} from '../../../src/networks/parameters';

/** Parameters from one seed. */
export const fresh = (): Parameters => new Parameters(new RandomStream(3, 'test'));

/** A tensor of N(0, 1) from a seed. */
export function normal(shape: number[], seed = 1): tf.Tensor {
  const count = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(new RandomStream(seed, 'test/normal').normals(count), shape);
}

/** Every value within `tolerance`, on both sides. */
export function near(got: tf.Tensor | ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  const values = got instanceof tf.Tensor ? got.dataSync() : got;
  assert.equal(values.length, wanted.length);
  for (let i = 0; i < wanted.length; i++)
    assert.ok(
      Math.abs(values[i]! - wanted[i]!) <= tolerance,
      `value ${i} of ${Array.from(values).slice(0, 20)} is not ${wanted[i]}`,
    );
}

/** Runs `body` with parameters that are disposed after it. */
export function withParameters(body: (parameters: Parameters) => void): void {
  const parameters = fresh();
  try {
    tf.tidy(() => body(parameters));
  } finally {
    parameters.dispose();
  }
}
