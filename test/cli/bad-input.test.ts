/** Whatever a person gets wrong: one line that names the thing, an exit code that tells the kind, no stack trace. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {runCommand, temporaryFolder} from './support';

const folder = temporaryFolder('bad-input-test');
test.after(() => fs.rmSync(folder, {recursive: true}));
const inside = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(file, content);
  return file;
};

/** Runs in an empty folder, which must still be empty afterwards. */
async function fails(args: string[], code: number, line: RegExp): Promise<void> {
  const cwd = fs.mkdtempSync(path.join(folder, 'cwd-'));
  const outcome = await runCommand(args, {cwd});
  assert.equal(outcome.errors.length, 1, outcome.stderr);
  assert.match(outcome.errors[0]!, line);
  assert.doesNotMatch(outcome.stderr, /^\s+at /m);
  assert.equal(outcome.code, code);
  assert.deepEqual(fs.readdirSync(cwd), [], 'something was left behind');
}

test('unknown commands, options and values', async () => {
  await fails(['trian'], 2, /^Unknown command 'trian'/);
  await fails(
    ['train', '--step', '3'],
    2,
    /^Unknown option '--step' \(Did you mean --steps\?\); --help lists what there is\.$/,
  );
  await fails(['train', '--steps', '0'], 2, /^Expected --steps to be an integer of at least 1, got "0"\.$/);
  await fails(['train', '--steps', '3', '--minutes', '1'], 2, /^Expected --minutes or --steps, got both\.$/);
  await fails(
    ['train', '--data', 'faces'],
    2,
    /^Unknown data "faces"; choose digits, shapes or a folder with manifest\.csv\.$/,
  );
  await fails(['generate', '--format', 'png,gif'], 2, /^Unknown format "gif"; choose png, wav, txt or npy\.$/);
  await fails(['evaluate', '--split', 'train'], 2, /^Unknown split "train"; choose test or validation\.$/);
});

test('config files with a fault', async () => {
  await fails(['train', '--config', 'absent.json'], 3, /^Cannot read the config file absent\.json: no such file\.$/);
  const unknown = inside('unknown.json', '{"minuets": 4}');
  await fails(['train', '--config', unknown], 2, /unknown\.json: Unknown key "minuets"; choose /);
  const nested = inside('nested.json', '{"training": {"batchsize": 4}}');
  await fails(['train', '--config', nested], 2, /nested\.json: Unknown key "batchsize" in train config\.$/);
  const kind = inside('kind.json', '{"model": {"contentDim": "big"}}');
  await fails(['train', '--config', kind], 2, /kind\.json: Wrong contentDim in model config: .+; got "big"\.$/);
  const broken = inside('broken.json', '{"minutes": 4');
  await fails(['train', '--config', broken], 3, /^Expected .*broken\.json to be JSON, got /);
});

test('paths that lead nowhere, or to the wrong thing', async () => {
  await fails(['evaluate', '--model', 'nowhere'], 3, /^Cannot read model nowhere\/config\.json: no such file\.$/);
  await fails(
    ['train', '--steps', '1', '--images', 'nowhere'],
    3,
    /^Expected nowhere to be a folder with train-images-idx3-ubyte/,
  );
  await fails(['train', '--steps', '1', '--speech', 'nowhere'], 3, /^Expected nowhere to be a readable folder, got /);
  const file = inside('a-file', '');
  await fails(['train', '--steps', '1', '--out', file], 4, /^Expected --out to be .*, got the file .*a-file\.$/);
  const home = path.dirname(inside('home/letter.txt', 'dear'));
  await fails(['generate', '--out', home], 4, /^Expected --out to be .*, got .*home, which holds other things\.$/);
  assert.deepEqual(fs.readdirSync(home), ['letter.txt']);
  // A file of the right name makes no folder of ours.
  const foreign = path.dirname(inside('site/config.json', '{"format": "website"}'));
  inside('site/report.json', '{"package": "theirs"}');
  inside('site/samples.json', '[]');
  for (const verb of ['train', 'generate', 'first-run'])
    await fails([verb, '--out', foreign], 4, /^Expected --out to be .*, got .*site, which holds other things\.$/);
  assert.deepEqual(fs.readdirSync(foreign).sort(), ['config.json', 'report.json', 'samples.json']);
  await fails(['evaluate', '--out', foreign], 4, /^Expected --out to be .*, got the folder .*site\.$/);
});

test('files that are torn or of another kind are named', async () => {
  const pictures = path.dirname(
    inside('idx/train-images-idx3-ubyte.gz', gzipSync(Buffer.from('not an idx file at all'))),
  );
  await fails(
    ['train', '--steps', '1', '--images', pictures],
    3,
    /^Expected .*train-images-idx3-ubyte\.gz to be an IDX file/,
  );
  const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28]);
  inside('idx/train-images-idx3-ubyte.gz', gzipSync(Buffer.concat([header, Buffer.alloc(100)])));
  await fails(
    ['train', '--steps', '1', '--images', pictures],
    3,
    /^Expected .*train-images-idx3-ubyte\.gz to .*7056.*, got .*\.$/,
  );

  const clips = path.dirname(inside('wav/7_jackson_0.wav', Buffer.from('RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0')));
  await fails(['train', '--steps', '1', '--speech', clips], 3, /^Expected .*7_jackson_0\.wav to be .*WAV/);
  inside('wav/7_jackson_0.wav', Buffer.from('ID3 an mp3 in disguise'));
  await fails(['train', '--steps', '1', '--speech', clips], 3, /^Expected .*7_jackson_0\.wav to be a WAV file/);
});

test('help and version are no errors, and say the exit codes', async () => {
  for (const args of [[], ['--help'], ['train', '--help'], ['generate', '--help'], ['evaluate', '--help']]) {
    const {code, stdout, stderr} = await runCommand(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Usage: multimodal-gan/);
    assert.match(
      stdout,
      /Exit codes: 0 done, 2 wrong option or config, 3 input .+, 4 results .+, 5 a training that diverged, 130 interrupted/,
    );
  }
  assert.match((await runCommand(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('doctor says what is there', async () => {
  const {code, stdout} = await runCommand(['doctor']);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`^multimodal-gan \\d.*\\n.*\\n.*Node +${process.version}$`, 'm'));
  for (const backend of ['native', 'wasm', 'cpu']) assert.match(stdout, new RegExp(`^  [✓✗] ${backend} `, 'm'));
});
