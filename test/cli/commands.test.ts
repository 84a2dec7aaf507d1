/** From data to a model and from the model to files, with networks so small that it takes seconds. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {formatIdx} from '../../src/datasets/idx';
import {formatWav} from '../../src/datasets/wav';
import {type Outcome, runCommand, temporaryFolder, tinyConfig} from './support';

const folder = temporaryFolder('commands-test');
test.after(() => fs.rmSync(folder, {recursive: true}));
const inside = (...names: string[]) => path.join(folder, ...names);
const run = (...args: string[]): Promise<Outcome> => runCommand(args, {cwd: folder});

/** Fails with what the command said. */
function assertDone(outcome: Outcome): void {
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(outcome.errors, []);
}

before(async () => {
  fs.writeFileSync(inside('tiny.json'), JSON.stringify(tinyConfig(3)));
  assertDone(await run('train', '--config', 'tiny.json', '--seed', '5', '--out', 'model'));
});

interface NpyArray {
  readonly dtype: string;
  readonly shape: number[];
  readonly values: Buffer;
}

function readNpy(...names: string[]): NpyArray {
  const bytes = fs.readFileSync(inside(...names));
  const offset = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, offset);
  const shape = header.match(/'shape': \(([^)]*)\)/)![1]!;
  return {
    dtype: header.match(/'descr': '([^']+)'/)![1]!,
    shape: shape
      .split(',')
      .filter(text => text.trim() !== '')
      .map(Number),
    values: bytes.subarray(offset),
  };
}

test('train writes a folder that says how it was made', () => {
  const record = JSON.parse(fs.readFileSync(inside('model', 'training.json'), 'utf8'));
  assert.equal(record.package, 'multimodal-gan');
  assert.equal(record.seed, 5);
  assert.equal(record.steps, 3);
  assert.equal(record.encoderSteps, 2);
  assert.equal(record.trainConfig.batchSize, 16);
  assert.equal(record.interrupted, false);
  assert.equal(record.dataset, 'digits');
  assert.match(record.backend, /^(native|wasm|cpu) \(/);
  assert.ok(record.trainSeconds > 0 && record.msPerStep > 0 && record.parameters > 1000);
  const history = JSON.parse(fs.readFileSync(inside('model', 'history.json'), 'utf8'));
  assert.deepEqual(
    history.adversarial.map((entry: {step: number}) => entry.step),
    [1, 2, 3],
  );
});

test('generate writes every format; the same seed gives the same bytes', async () => {
  const args = ['generate', '--model', 'model', '--count', '3', '--seed', '9', '--format', 'png,wav,txt,npy'];
  assertDone(await run(...args, '--out', 'samples'));
  const files = fs.readdirSync(inside('samples'));
  const three = ['0001', '0002', '0003'];
  const expected = [
    'caption.npy',
    'caption.tokens.npy',
    'caption.txt',
    'image.npy',
    'samples.json',
    'speech.npy',
    ...three.map(number => `image-${number}.png`),
    ...three.map(number => `speech-${number}.wav`),
  ];
  assert.deepEqual(files.sort(), expected.sort());
  assert.equal(fs.readFileSync(inside('samples', 'caption.txt'), 'utf8').split('\n').length, 4);
  assert.equal(fs.readFileSync(inside('samples', 'image-0001.png')).toString('latin1', 1, 4), 'PNG');
  assert.equal(fs.readFileSync(inside('samples', 'speech-0003.wav')).toString('latin1', 8, 12), 'WAVE');

  const image = readNpy('samples', 'image.npy');
  assert.deepEqual([image.dtype, image.shape], ['<f4', [3, 28, 28, 1]]);
  const speech = readNpy('samples', 'speech.npy');
  assert.deepEqual([speech.dtype, speech.shape], ['<f4', [3, 32, 32, 1]]);
  for (let i = 0; i < image.values.length; i += 4) assert.ok(Math.abs(image.values.readFloatLE(i)) <= 1);
  const caption = readNpy('samples', 'caption.npy');
  const tokens = readNpy('samples', 'caption.tokens.npy');
  assert.deepEqual([tokens.dtype, tokens.shape], ['<i4', caption.shape.slice(0, 2)]);

  assertDone(await run(...args, '--out', 'again'));
  for (const file of files)
    assert.deepEqual(fs.readFileSync(inside('again', file)), fs.readFileSync(inside('samples', file)), file);
  assertDone(await run(...args, '--seed', '10', '--out', 'again'));
  assert.notDeepEqual(readNpy('again', 'image.npy').values, image.values);
});

test('generate --given keeps what is given, row by row, and fills in the rest', async () => {
  const args = ['generate', '--model', 'model', '--split', 'validation', '--count', '4', '--format', 'npy'];
  assertDone(await run(...args, '--given', 'image,caption,speech', '--out', 'rows'));
  assertDone(await run(...args, '--given', 'image', '--out', 'from-image'));
  assertDone(await run(...args, '--given', 'image,caption', '--seed', '2', '--out', 'from-two'));
  assert.deepEqual(readNpy('from-image', 'image.npy'), readNpy('rows', 'image.npy'));
  assert.notDeepEqual(readNpy('from-image', 'speech.npy').values, readNpy('rows', 'speech.npy').values);
  assert.notDeepEqual(readNpy('from-image', 'caption.npy').values, readNpy('rows', 'caption.npy').values);
  assert.deepEqual(readNpy('from-two', 'caption.npy'), readNpy('rows', 'caption.npy'));
  assert.equal(
    fs.readFileSync(inside('from-two', 'caption.txt'), 'utf8'),
    fs.readFileSync(inside('rows', 'caption.txt'), 'utf8'),
  );
  assertDone(await run(...args, '--given', 'caption', '--out', 'from-caption'));
  assert.deepEqual(readNpy('from-caption', 'caption.npy'), readNpy('rows', 'caption.npy'));
  assert.notDeepEqual(readNpy('from-caption', 'image.npy').values, readNpy('rows', 'image.npy').values);
  assert.notDeepEqual(readNpy('from-caption', 'speech.npy').values, readNpy('rows', 'speech.npy').values);
  const labels = readNpy('from-image', 'labels.npy');
  assert.deepEqual([labels.dtype, labels.shape], ['<i4', [4]]);
});

test('generate --given without --count completes every row of the split, in order', async () => {
  const args = ['generate', '--model', 'model', '--given', 'caption', '--format', 'npy'];
  assertDone(await run(...args, '--split', 'test', '--out', 'whole'));
  const labels = readNpy('whole', 'labels.npy');
  assert.deepEqual(labels.shape, [2000]);
  assert.deepEqual(readNpy('whole', 'image.npy').shape, [2000, 28, 28, 1]);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 2000; i++) counts[labels.values.readInt32LE(4 * i)]!++;
  assert.deepEqual(counts, new Array(10).fill(200));
  // Each caption names the digit of its row.
  const names = 'zero one two three four five six seven eight nine'.split(' ');
  const captions = fs.readFileSync(inside('whole', 'caption.txt'), 'utf8').trimEnd().split('\n');
  captions.forEach((caption, i) => {
    assert.ok(caption.split(' ').includes(names[labels.values.readInt32LE(4 * i)]!), `${i}: ${caption}`);
  });
});

test('numpy itself loads what generate writes, where .venv has numpy', async t => {
  const python = path.resolve(__dirname, '..', '..', '.venv', 'bin', 'python');
  if (spawnSync(python, ['-c', 'import numpy']).status !== 0) return t.skip('no numpy in .venv');
  assertDone(await run('generate', '--model', 'model', '--count', '3', '--format', 'npy', '--out', 'for-numpy'));
  const program = `import json, numpy, sys
names = ['image', 'caption', 'speech', 'caption.tokens']
arrays = [numpy.load(f'{sys.argv[1]}/{name}.npy') for name in names]
print(json.dumps([[str(a.dtype), list(a.shape), float(a.astype('float64').sum())] for a in arrays]))`;
  const {status, stdout, stderr} = spawnSync(python, ['-c', program, inside('for-numpy')]);
  assert.equal(status, 0, String(stderr));
  const arrays = JSON.parse(String(stdout)) as [string, number[], number][];
  ['image', 'caption', 'speech', 'caption.tokens'].forEach((name, i) => {
    const {dtype, shape, values} = readNpy('for-numpy', `${name}.npy`);
    const [type, size, sum] = arrays[i]!;
    assert.deepEqual([type, size], [dtype === '<f4' ? 'float32' : 'int32', shape], name);
    let own = 0;
    for (let at = 0; at < values.length; at += 4)
      own += dtype === '<f4' ? values.readFloatLE(at) : values.readInt32LE(at);
    assert.ok(Math.abs(sum - own) < 1e-6 * Math.max(1, Math.abs(own)), `${name}: ${sum}, ${own}`);
  });
});

/** Two pictures a digit and file, and a clip a digit for each split: noise, which is enough to be read. */
function writeOwnData(): void {
  const stream = new RandomStream(1, 'own data');
  fs.mkdirSync(inside('idx'));
  fs.mkdirSync(inside('clips'));
  for (const [prefix, count] of [
    ['train', 40],
    ['t10k', 20],
  ] as const) {
    const pixels = Uint8Array.from({length: count * 28 * 28}, () => stream.integer(256));
    fs.writeFileSync(inside('idx', `${prefix}-images-idx3-ubyte`), formatIdx({shape: [count, 28, 28], data: pixels}));
    const labels = Uint8Array.from({length: count}, (_, i) => i % 10);
    fs.writeFileSync(inside('idx', `${prefix}-labels-idx1-ubyte`), formatIdx({shape: [count], data: labels}));
  }
  for (let digit = 0; digit < 10; digit++) {
    for (const index of [0, 5, 10]) {
      const samples = Float32Array.from({length: 1600}, () => stream.uniform() - 0.5);
      fs.writeFileSync(inside('clips', `${digit}_me_${index}.wav`), formatWav({samples, sampleRateHz: 8000}));
    }
  }
}

test('own pictures and recordings: trained on, completed, and told from the embedded ones in every record', async () => {
  writeOwnData();
  const own = ['--images', 'idx', '--speech', 'clips'];
  assertDone(await run('train', '--config', 'tiny.json', ...own, '--out', 'own'));
  const record = JSON.parse(fs.readFileSync(inside('own', 'training.json'), 'utf8'));
  assert.equal(record.dataset, 'digits (own images and speech)');
  assert.match(record.source, /^pictures from idx; speech from clips; /);
  assertDone(
    await run('generate', '--model', 'own', ...own, '--given', 'image', '--format', 'npy', '--out', 'own-rows'),
  );
  assert.deepEqual(readNpy('own-rows', 'speech.npy').shape, [20, 32, 32, 1]);

  const evaluate = ['evaluate', '--model', 'own', '--count', '20'];
  assertDone(await run(...evaluate, ...own, '--out', 'own.json'));
  const report = JSON.parse(fs.readFileSync(inside('own.json'), 'utf8'));
  assert.deepEqual([report.dataset, report.evaluation.dataset], [record.dataset, record.dataset]);
  assertDone(await run(...evaluate, '--images', 'idx', '--out', 'mixed.json'));
  const mixed = JSON.parse(fs.readFileSync(inside('mixed.json'), 'utf8'));
  assert.deepEqual([mixed.dataset, mixed.evaluation.dataset], [record.dataset, 'digits (own images)']);
});

test('a training that goes on from its checkpoint ends with the same files as one that was never stopped', async () => {
  const config = path.join(folder, 'checkpoint.json');
  // Which parts are hidden is drawn by the seed, and not 1's.
  const missing = {image: {three: 0.9}, speech: 0.5};
  fs.writeFileSync(config, JSON.stringify({...tinyConfig(6), seed: 7, missing}));
  const [whole, resumed, checkpoint] = ['never-stopped', 'gone-on', 'half-way'].map(name =>
    path.join(folder, name),
  ) as [string, string, string];
  const first = await runCommand([
    'train',
    '--config',
    config,
    '--out',
    whole,
    '--checkpoint',
    checkpoint,
    '--checkpoint-every',
    '4',
  ]);
  assert.equal(first.code, 0, first.stderr);
  const second = await runCommand(['train', '--resume', checkpoint, '--out', resumed]);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /Trained 6 steps/);
  const [repeat] = first.stdout.match(/Repeat exactly: .*/)!;
  assert.ok(second.stdout.includes(repeat), second.stdout);
  for (const file of ['encoder', 'generator', 'discriminator', 'prior'].map(name => `${name}.safetensors`)) {
    assert.deepEqual(fs.readFileSync(path.join(resumed, file)), fs.readFileSync(path.join(whole, file)), file);
  }
});

test('a training that diverges: one line, exit code 5, nothing left', async () => {
  const config = tinyConfig(40) as {training: object};
  const training = {...config.training, learningRate: 1e30};
  fs.writeFileSync(inside('wild.json'), JSON.stringify({...config, training}));
  const outcome = await run('train', '--config', 'wild.json', '--out', 'wild');
  assert.match(outcome.errors.join('\n'), /^The \S+ loss became \S+ in step \d+ of the adversarial phase; [^\n]+\.$/);
  assert.equal(outcome.code, 5);
  assert.ok(!fs.existsSync(inside('wild')));
});

test('a modality that the model has not, and a model of other modalities', async () => {
  const unknown = await run('generate', '--model', 'model', '--given', 'image,smell', '--out', 'no');
  assert.deepEqual(unknown.errors, ['Unknown modality "smell"; choose image, caption or speech.']);
  assert.equal(unknown.code, 2);

  fs.cpSync(inside('model'), inside('other'), {recursive: true});
  const config = JSON.parse(fs.readFileSync(inside('other', 'config.json'), 'utf8'));
  config.model.modalities.image.channels = 3;
  fs.writeFileSync(inside('other', 'config.json'), JSON.stringify(config));
  const shape = await run('generate', '--model', 'other', '--out', 'no');
  assert.match(
    shape.errors.join('\n'),
    /^Expected other\/\w+\.safetensors: \S+ to be of shape \[[\d, ]+\], got \[[\d, ]+\]\.$/,
  );
  assert.equal(shape.code, 3);

  const data = await run('evaluate', '--model', 'other', '--count', '20');
  assert.equal(data.code, 3);

  fs.truncateSync(inside('other', 'prior.safetensors'), 100);
  fs.copyFileSync(inside('model', 'config.json'), inside('other', 'config.json'));
  const torn = await run('generate', '--model', 'other', '--out', 'no');
  assert.equal(torn.errors.length, 1, torn.stderr);
  assert.match(torn.errors[0]!, /^Expected other\/prior\.safetensors to be /);
  assert.equal(torn.code, 3);
  assert.ok(!fs.existsSync(inside('no')));
});

test('evaluate prints the table and writes report.json', async () => {
  const outcome = await run(
    'evaluate',
    '--model',
    'model',
    '--split',
    'validation',
    '--count',
    '60',
    '--out',
    'report.json',
  );
  assertDone(outcome);
  assert.match(outcome.stdout, /^joint coherence +0\.\d{3} /m);
  const report = JSON.parse(fs.readFileSync(inside('report.json'), 'utf8'));
  assert.deepEqual([report.seed, report.steps, report.metrics.split], [5, 3, 'validation']);
  assert.equal(typeof report.metrics.coherence.oneGiven['image→speech'], 'number');
  assert.ok(report.metrics.frechet.image.value > report.metrics.frechet.image.real);
  const {seconds, ...facts} = report.evaluation;
  assert.ok(seconds > 0);
  assert.deepEqual(facts, {
    backend: report.backend,
    dataset: 'digits',
    source: report.source,
    features: {image: 'digit features', speech: 'digit features'},
    version: report.version,
  });

  // A model that came without its record: what is not known is null, not invented.
  fs.cpSync(inside('model'), inside('bare'), {recursive: true});
  fs.rmSync(inside('bare', 'training.json'));
  assertDone(await run('evaluate', '--model', 'bare', '--count', '20', '--out', 'bare.json'));
  const bare = JSON.parse(fs.readFileSync(inside('bare.json'), 'utf8'));
  for (const key of 'backend dataset source seed steps encoderSteps trainSeconds seconds msPerStep'.split(' '))
    assert.equal(bare[key], null, key);
  assert.deepEqual({...bare.evaluation, seconds}, report.evaluation);
  assert.equal(bare.parameters, report.parameters);
});

test('Ctrl-C during training: a model that loads, where it is, and exit code 130', async () => {
  fs.writeFileSync(inside('endless.json'), JSON.stringify(tinyConfig(1_000_000)));
  let interrupted = false;
  const onStderr = (text: string, interrupt: () => void): void => {
    if (interrupted || !text.includes('G against D: step')) return;
    interrupted = true;
    interrupt();
  };
  const outcome = await runCommand(['train', '--config', 'endless.json', '--out', 'early'], {cwd: folder, onStderr});
  assert.equal(outcome.code, 130, outcome.stderr);
  assert.match(outcome.stdout, /^Stopped after \d+ steps; the model so far is saved in early\n$/);
  assert.match(outcome.stderr, /Stopping after this step and saving/);
  const record = JSON.parse(fs.readFileSync(inside('early', 'training.json'), 'utf8'));
  assert.equal(record.interrupted, true);
  assertDone(await run('generate', '--model', 'early', '--count', '1', '--format', 'txt', '--out', 'early-samples'));
});

test('a disk that fills up while results are written: one line, and nothing half-written', async () => {
  // As a full disk does it: the first bytes fit, then each write fails.
  fs.writeFileSync(
    inside('full-disk.cjs'),
    `const fs = require('node:fs');
     const write = fs.writeFileSync;
     let left = 2000;
     fs.writeFileSync = (file, data, ...rest) => {
       left -= data.length;
       if (left >= 0) return write(file, data, ...rest);
       write(file, Buffer.from(data).subarray(0, 10), ...rest);
       throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'});
     };`,
  );
  const node = ['--require', inside('full-disk.cjs')];
  const there = fs.readdirSync(folder).sort();
  for (const args of [
    ['generate', '--model', 'model', '--count', '8', '--out', 'full'],
    ['train', '--config', 'tiny.json', '--out', 'full'],
    ['train', '--config', 'tiny.json', '--out', 'model'],
  ]) {
    const outcome = await runCommand(args, {cwd: folder, node});
    assert.equal(outcome.errors.length, 1, outcome.stderr);
    assert.match(outcome.errors[0]!, /^Cannot write .*: the disk is full \(ENOSPC\)\.$/);
    assert.equal(outcome.code, 4);
  }
  assert.deepEqual(fs.readdirSync(folder).sort(), there, 'the folder is as it was');
  assertDone(await run('generate', '--model', 'model', '--count', '1', '--format', 'txt', '--out', 'still'));
});
