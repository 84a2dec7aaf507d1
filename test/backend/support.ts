/** What the tests of this folder share: every backend that is present, random tensors, and a comparison. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertNoLeak} from '../../src/backend/memory';
import {nativeAvailability} from '../../src/backend/native-availability';
import {type BackendName, selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import type {tf} from '../../src/core/tensorflow';

const native = nativeAvailability();

/** The backends that are compared, best first; native only where it is built. */
export const backends: readonly BackendName[] = native.ready ? ['native', 'wasm', 'cpu'] : ['wasm', 'cpu'];

/** One test for each backend present. The body runs with that backend computing and must leave no tensor behind. */
export function testOnEachBackend(name: string, body: (backend: BackendName) => void | Promise<void>): void {
  for (const backend of backends) {
    test(`${backend}: ${name}`, async () => {
      const info = await selectBackend({prefer: backend});
      assert.equal(info.name, backend);
      await assertNoLeak(async () => body(backend));
    });
  }
}

/** Numbers in [-1, 1) from a seed. */
export function randomValues(count: number, seed: number): Float32Array {
  const stream = new RandomStream(seed, 'test/backend');
  return Float32Array.from({length: count}, () => 2 * stream.uniform() - 1);
}

/** Values of a tensor that is then disposed. */
export function read(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}

/** Every |got − wanted| is at most `tolerance`·(1 + |wanted|); NaN equals NaN. */
export function assertClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(got.length, wanted.length, `${what}: length`);
  for (let i = 0; i < wanted.length; i++) {
    if (Number.isNaN(wanted[i]) && Number.isNaN(got[i])) continue;
    const error = Math.abs(got[i]! - wanted[i]!);
    if (!(error <= tolerance * (1 + Math.abs(wanted[i]!))) && got[i] !== wanted[i]) {
      assert.fail(`${what}: element ${i} is ${got[i]}, and ${wanted[i]} was expected`);
    }
  }
}
