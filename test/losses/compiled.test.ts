/** Every loss can stand in a step that is recorded once and replayed, and then gives the same numbers. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compileStep} from '../../src/backend/compile/compile-step';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {backends} from '../backend/support';
import {lossCases} from './cases';
import {exampleTensors} from './worked';

if (backends.includes('native')) {
  test('native: losses and their gradients are recorded, and replayed with other numbers', async () => {
    await selectBackend({prefer: 'native'});
    for (const lossCase of lossCases) {
      const loss = lossCase.loss as (...inputs: tf.Tensor[]) => tf.Scalar;
      const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
        const free = inputs.flatMap((input, i) => (input.dtype === 'int32' ? [] : [i]));
        const f = (...moving: tf.Tensor[]) => {
          const all = [...inputs];
          free.forEach((i, j) => {
            all[i] = moving[j]!;
          });
          return loss(...all);
        };
        const {value, grads} = tf.valueAndGrads(f)(free.map(i => inputs[i]!));
        return [value, ...grads];
      };
      const compiled = compileStep(step, {strict: true, audit: 0});
      for (const factor of [1, 0.5, 2, 0.7, 1.3]) {
        tf.tidy(() => {
          const inputs = exampleTensors(lossCase).map(x => (x.dtype === 'int32' ? x : x.mul(factor)));
          const [plain, replayed] = [step(...inputs), compiled(...inputs)];
          replayed.forEach((got, i) => {
            const wanted = plain[i]!.dataSync();
            got.dataSync().forEach((value, k) => {
              assert.equal(value, wanted[k]!, lossCase.name);
            });
          });
        });
      }
      assert.equal(compiled.refusal, null, lossCase.name);
      compiled.dispose();
    }
  });
}
