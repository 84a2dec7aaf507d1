import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';

const root = path.join(__dirname, '..', '..', '..');

/** A process with so many threads, which must end by itself. @returns what it printed. */
function withThreads(threads: string, program: string): string {
  const source = `
    const {selectBackend} = require('${root}/src/backend/select.ts');
    const {tf} = require('${root}/src/core/tensorflow.ts');
    const {randomValues} = require('${root}/test/backend/support.ts');
    void (async () => { ${program} })().catch(error => { console.log(String(error)); process.exitCode = 1; });`;
  const {stdout, stderr, signal} = spawnSync(process.execPath, ['--import', 'tsx', '-e', source], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: {...process.env, MULTIMODAL_GAN_BACKEND: 'wasm', MULTIMODAL_GAN_WASM_THREADS: threads},
  });
  assert.deepEqual([stderr, signal], ['', null]);
  return stdout.trim();
}

/** Products and layers large enough to be shared out, an optimizer's step, and an update of the heap's size between them. */
const step = `
  const {line, threads} = await selectBackend();
  const {createHash} = require('node:crypto');
  const {Adam} = require('${root}/src/training/optimizers/adam.ts');
  const variable = (shape, seed) => tf.variable(tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed), shape));
  const weights = {filter: variable([5, 5, 16, 24], 1), dense: variable([1176, 130], 2)};
  const adam = new Adam(weights, {beta1: 0.5, beta2: 0.99});
  for (let i = 0; i < 3; i++) {
    tf.tidy(() => {
      const x = tf.tensor4d(randomValues(20 * 14 * 14 * 16, 3 + i), [20, 14, 14, 16]);
      const loss = () => {
        const y = tf.tanh(tf.leakyRelu(tf.conv2d(x, weights.filter, 2, 'same'), 0.2));
        const back = tf.conv2dTranspose(y, weights.filter, [20, 14, 14, 16], 2, 'same');
        return tf.add(tf.mean(tf.square(back)), tf.mean(tf.tanh(tf.matMul(tf.reshape(y, [20, 1176]), weights.dense))));
      };
      const {grads} = tf.variableGrads(loss, Object.values(weights));
      adam.apply({filter: grads[weights.filter.name], dense: grads[weights.dense.name]}, 0.01);
    });
    if (i === 0) tf.zeros([64, 1024, 1024]).dispose();
  }
  const hash = createHash('sha256');
  for (const weight of Object.values(weights)) hash.update(weight.dataSync());
  console.log(line, threads, tf.memory().numTensors, hash.digest('hex'));`;

test('two and three threads give the bits of one, and the process ends by itself', () => {
  const [one, two, three] = ['1', '2', '3'].map(threads => withThreads(threads, step));
  const result = one!.split(' ').at(-1);
  assert.match(result!, /^[0-9a-f]{64}$/);
  const numTensors = one!.split(' ').at(-2);
  assert.equal(one, `backend: wasm (1 thread) 1 ${numTensors} ${result}`);
  assert.equal(two, `backend: wasm (2 threads) 2 ${numTensors} ${result}`);
  assert.equal(three, `backend: wasm (3 threads) 3 ${numTensors} ${result}`);
});

test('where memory cannot be shared one thread computes, and the line says why', () => {
  const refuse = `
    const {Memory} = WebAssembly;
    WebAssembly.Memory = function (descriptor) {
      if (descriptor.shared) throw new Error('no shared memory here');
      return new Memory(descriptor);
    };
    console.log((await selectBackend()).line, tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]));`;
  assert.equal(withThreads('2', refuse), 'backend: wasm (1 thread; no more threads: no shared memory here) 11');
});

test('a number of threads that is none is refused', () => {
  const wanted = (value: string) =>
    `UserError: Expected MULTIMODAL_GAN_WASM_THREADS to be a whole number from 1 to 16, got "${value}".`;
  for (const value of ['0', '1.5', 'many', '17'])
    assert.equal(withThreads(value, 'await selectBackend();'), wanted(value));
});
