/** Networks and losses on the command line: a config that names what there is not, and the layer in which NaN begins. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {test} from 'node:test';
import {runCommand, temporaryFolder} from './support';

const folder = temporaryFolder('networks-test');
test.after(() => fs.rmSync(folder, {recursive: true}));

const config = (name: string, content: unknown): string => {
  const file = path.join(folder, `${name}.json`);
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
};

test('a network that there is not, or that does not take the modality, is named with its modality and what there is', async () => {
  for (const [networks, line] of [
    [{image: 'dcgann'}, /Unknown network of networks\.image\.encoder "dcgann"; choose convolutional.* dcgan.*\.$/],
    [
      {caption: {generator: 'dcgan'}},
      /Expected the network of networks\.caption\.generator, for text, to be perceptron, .* or gru, got "dcgan"\.$/,
    ],
    [{picture: 'dcgan'}, /Unknown modality in networks "picture"; choose image, caption or speech\.$/],
  ] as const) {
    const file = config('networks', {model: {networks}});
    const {code, errors} = await runCommand([
      'train',
      '--config',
      file,
      '--steps',
      '1',
      '--out',
      path.join(folder, 'm'),
    ]);
    assert.equal(code, 2);
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, line);
  }
});

test('--debug-nan: a training that diverges names the first operation and its layer', async () => {
  const small = {generatorChannels: 8, discriminatorChannels: 4, encoderChannels: 4, minibatchGroup: 2};
  const training = {learningRate: 1e30, batchSize: 4, encoderBatchSize: 4, statisticsBatches: 1};
  const file = config('nan', {model: small, training});
  const args = ['train', '--config', file, '--steps', '3', '--encoder-steps', '1', '--out', path.join(folder, 'nan')];
  const plain = await runCommand(args);
  assert.deepEqual([plain.code, plain.errors.length], [5, 1]);
  assert.match(plain.errors[0]!, /loss became/);
  const {code, errors} = await runCommand([...args, '--debug-nan']);
  assert.deepEqual([code, errors.length], [5, 1]);
  assert.match(errors[0]!, /^Expected finite numbers from \w+.*(generator|discriminator)\/\w+/);
});
