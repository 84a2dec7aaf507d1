/** A folder of one's own on the command line: looked at, checked, trained on, evaluated and completed. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {writeGoodFolder} from '../datasets/folder-fixture';
import {runCommand, temporaryFolder, tinyConfig} from './support';

const cwd = temporaryFolder('data-test');
let folder: string;
before(async () => {
  folder = await writeGoodFolder();
});
test.after(() => {
  for (const each of [cwd, folder]) fs.rmSync(each, {recursive: true, force: true});
});
const run = (...args: string[]) => runCommand(args, {cwd});
const manifest = () => path.join(folder, 'manifest.csv');

test('describe prints counts, shapes, durations and words, and draws a batch', async () => {
  const {code, stdout, errors} = await run('data', 'describe', folder, '--picture', 'batch.png', '--count', '4');
  assert.deepEqual([code, errors], [0, []]);
  assert.match(
    stdout,
    /columns: id, split, label, photo \(image\), voice \(audio\), words \(text\), speaker \(attribute\); every row is good/,
  );
  assert.match(stdout, /train +8 +8 +8 +8 +8\n/);
  assert.match(stdout, /high +4 +1 +1\n/);
  assert.match(stdout, /photo: picture of 10 × 12 × 1; values 0–145/);
  assert.match(stdout, /voice: sound of 0\.25 s at 8000 Hz, seen as 32 mel bands × 63 frames/);
  assert.match(stdout, /words: text of at most 5 words, vocabulary 15/);
  assert.equal(fs.readFileSync(path.join(cwd, 'batch.png')).toString('latin1', 1, 4), 'PNG');
});

test('describe knows the embedded data too', async () => {
  const {code, stdout} = await run('data', 'describe', 'shapes', '--picture', 'shapes.png');
  assert.equal(code, 0);
  assert.match(stdout, /train +7200 +7200 +7200 +7200 +7200\n/);
  assert.match(stdout, /tone: stereo sound of 0\.51 s at 8000 Hz/);
});

test('a folder is trained on with parts hidden, saved with its source, and its rows are completed', async () => {
  fs.writeFileSync(path.join(cwd, 'tiny.json'), JSON.stringify({...tinyConfig(2), missing: {photo: {high: 0.5}}}));
  const trained = await run('train', '--data', folder, '--config', 'tiny.json', '--out', 'model');
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stdout, new RegExp(`Repeat exactly: .* --data ${folder} `));
  const record = JSON.parse(fs.readFileSync(path.join(cwd, 'model', 'training.json'), 'utf8'));
  assert.match(record.source, /\(12 of 12 rows\); hidden in train: 0\.5 of photo \(high\)$/);
  const completed = await run(
    'generate',
    '--model',
    'model',
    '--data',
    folder,
    '--given',
    'words',
    '--split',
    'test',
    '--out',
    'done',
    '--format',
    'png,wav,txt',
  );
  assert.equal(completed.code, 0, completed.stderr);
  assert.ok(
    fs.existsSync(path.join(cwd, 'done', 'photo-0002.png')) && fs.existsSync(path.join(cwd, 'done', 'voice-0001.wav')),
  );
});

test('check names every bad row with its line and ends with exit code 3; training leaves them out and says so', async () => {
  fs.appendFileSync(manifest(), 'x,train,low,none.png,v1.wav,a text,1\ny,train,low,p1.png\n');
  const {code, stdout} = await run('data', 'check', folder);
  assert.equal(code, 3);
  assert.equal(
    stdout,
    `${manifest()}:14: Expected none.png to be a readable file, got nothing at that path.\n` +
      `${manifest()}:15: Expected 7 cells, got 4.\n12 of 14 rows are good, 2 are bad\n`,
  );
  const refused = await run('train', '--data', folder, '--steps', '1', '--out', 'no');
  assert.equal(refused.code, 3);
  assert.match(refused.errors.join('\n'), /at most 10 % of bad rows .*got 2 of 14, the first in line 14/);
  assert.ok(!fs.existsSync(path.join(cwd, 'no')));
});

test('options that do not fit the data are refused', async () => {
  for (const [args, line] of [
    [['train', '--data', 'shapes', '--images', 'x'], /^Expected --images with --data digits, got --data shapes\.$/],
    [['train', '--data', 'digits', '--data-config', 'x'], /^Expected --data-config with a folder of your own/],
    [['train', '--missing', 'image'], /^Expected --missing to be such as image=0\.5,caption=0\.2/],
    [['train', '--steps', '1', '--missing', 'photo=0.5'], /^Unknown modality in the missing rates "photo"/],
    [['data', 'check', 'nowhere'], /^Expected nowhere to be a folder with manifest\.csv/],
  ] as const) {
    const {errors, code} = await run(...args);
    assert.ok(code === 2 || code === 3);
    assert.match(errors.join('\n'), line);
  }
});
