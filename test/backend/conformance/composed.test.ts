/** The same table on wasm without its companion module, in a process of its own: kernels are chosen once. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {test} from 'node:test';

test('wasm without its companion module conforms too', () => {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--test', join(__dirname, 'conformance.test.ts')],
    {
      encoding: 'utf8',
      // The runner of this test would otherwise take the child's results for its own.
      env: {...withoutRunner(), MULTIMODAL_GAN_WASM_KERNELS: 'composed', CONFORMANCE_BACKENDS: 'wasm'},
    },
  );
  assert.equal(status, 0, `${stdout.match(/not ok .*/g)?.join('\n')}\n${stderr}`);
  assert.match(stdout, /# pass \d{2,}\n/);
});

function withoutRunner(): NodeJS.ProcessEnv {
  const {NODE_TEST_CONTEXT: _, ...rest} = process.env;
  return rest;
}
