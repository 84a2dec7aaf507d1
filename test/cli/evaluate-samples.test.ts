/** Samples of another program from files to a report, and reports side by side. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {writeNpy} from '../../src/cli/npy';
import {RandomStream} from '../../src/core/random';
import type {Picture} from '../../src/core/types';
import {loadDigits} from '../../src/datasets/digits';
import {type Outcome, runCommand, temporaryFolder} from './support';

const folder = temporaryFolder('samples-test');
test.after(() => fs.rmSync(folder, {recursive: true}));
const inside = (...names: string[]): string => path.join(folder, ...names);
const run = (...args: string[]): Promise<Outcome> => runCommand(args, {cwd: folder});
const count = 60;

/** Real pictures with noise of this deviation, and sentences, as a program would write them. */
function writePeer(name: string, noise: number): void {
  const stream = new RandomStream(1, `peer/${name}`);
  const rows = loadDigits()
    .rows('train')
    .filter((_, i) => i % 97 === 0)
    .slice(0, count);
  const values = rows.flatMap(({parts}) =>
    Array.from((parts['image'] as Picture).pixels, byte => {
      const value = byte / 127.5 - 1 + noise * stream.normal();
      return Math.max(-1, Math.min(1, value));
    }),
  );
  fs.mkdirSync(inside(name));
  writeNpy(inside(name, 'image.npy'), Float32Array.from(values), [count, 28, 28]);
  fs.writeFileSync(inside(name, 'caption.txt'), `${rows.map(({parts}) => parts['caption']).join('\n')}\n`);
  writeNpy(
    inside(name, 'labels.npy'),
    Int32Array.from(rows, ({label}) => label!),
    [count],
  );
}

before(async () => {
  writePeer('good', 0.02);
  writePeer('noisy', 0.8);
  for (const name of ['good', 'noisy']) {
    const outcome = await run('evaluate', '--samples', name, '--report', `report-${name}`);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /^Fréchet distance, digit features, image +\d+\.\d/m);
    assert.match(outcome.stdout, /^shows what it was asked for, caption +1\.000 /m);
    assert.match(outcome.stdout, /^Note: No samples of speech: nothing about them is scored\.$/m);
    assert.match(outcome.stdout, /^Note: image: a Fréchet distance of 60 samples is too large by its bias/m);
  }
});

test('a report of samples: facts, scores and figures, and a page that asks nothing of the network', () => {
  const report = JSON.parse(fs.readFileSync(inside('report-good', 'report.json'), 'utf8'));
  assert.deepEqual(
    [report.package, report.subject, report.steps],
    ['multimodal-gan', {kind: 'samples', path: 'good'}, null],
  );
  assert.deepEqual([report.metrics.generated, report.metrics.frechet.image.count], [count, count]);
  assert.deepEqual(report.evaluation.features, {image: 'digit features'});
  const html = fs.readFileSync(inside('report-good', 'report.html'), 'utf8');
  assert.doesNotMatch(html, /(src|href)="(?!data:)|url\((?!data:)|NaN|undefined/);
  for (const text of [
    '<h2>Scores</h2>',
    '<h2>Samples: image</h2>',
    '<h2>Best and worst examples</h2>',
    '60 examples',
    'digit features',
  ])
    assert.ok(html.includes(text), text);
  const markdown = fs.readFileSync(inside('report-good', 'report.md'), 'utf8');
  assert.match(markdown, /^\| joint coherence \| \d\.\d{3} \| \d\.\d{3} … \d\.\d{3} \| \d\.\d{3} \| 0\.\d{3} \|/m);
  const figures = [...markdown.matchAll(/\]\(figures\/([^)]+)\)/g)].map(match => decodeURI(match[1]!));
  assert.deepEqual(figures.sort(), fs.readdirSync(inside('report-good', 'figures')).sort());
  assert.ok(figures.length >= 2);
});

test('compare: the noisy one is marked as worse, on the terminal, as Markdown and as a page', async () => {
  const outcome = await run('compare', 'report-good', 'report-noisy/report.json', '--report', 'side-by-side');
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stdout, /^Fréchet distance, digit features, image .* ▼ +\+\d+\.\d, p < \.001 /m);
  const json = JSON.parse(fs.readFileSync(inside('side-by-side', 'comparison.json'), 'utf8'));
  assert.deepEqual(json.runs, ['report-good', 'report-noisy']);
  assert.match(
    fs.readFileSync(inside('side-by-side', 'compare.md'), 'utf8'),
    /^\| Fréchet distance, digit features, image \| .* \| ▼ \| /m,
  );
  const html = fs.readFileSync(inside('side-by-side', 'compare.html'), 'utf8');
  assert.match(html, /▼/);
  assert.doesNotMatch(html, /(src|href)="(?!data:)|url\((?!data:)|NaN|undefined/);
});

test('bad input: one line, the file, what was needed and given, and nothing written', async () => {
  const fails = async (args: string[], code: number, line: RegExp): Promise<void> => {
    const there = fs.readdirSync(folder).sort();
    const outcome = await run(...args);
    assert.deepEqual(outcome.errors.length, 1, outcome.stderr);
    assert.match(outcome.errors[0]!, line);
    assert.equal(outcome.code, code);
    assert.deepEqual(fs.readdirSync(folder).sort(), there);
  };
  const bad = (name: string, file: string, values: Float32Array, shape: number[]): void => {
    fs.mkdirSync(inside(name));
    writeNpy(inside(name, file), values, shape);
  };
  bad('few', 'image.npy', new Float32Array(3 * 784), [3, 28, 28, 1]);
  bad('nan', 'image.npy', new Float32Array(9 * 784).fill(Number.NaN, 784, 785), [9, 28, 28, 1]);
  bad('wide', 'image.npy', new Float32Array(9 * 32 * 32), [9, 32, 32, 1]);
  bad('unknown', 'smell.npy', new Float32Array(2), [2]);
  fs.mkdirSync(inside('empty'));
  await fails(
    ['evaluate', '--samples', 'few', '--report', 'no'],
    3,
    /^Expected few\/image\.npy .* at least 6 samples for precision, .* got 3\.$/,
  );
  await fails(
    ['evaluate', '--samples', 'nan', '--report', 'no'],
    3,
    /^Expected nan\/image\.npy .*, got NaN in sample 1\.$/,
  );
  await fails(
    ['evaluate', '--samples', 'wide'],
    3,
    /^Expected wide\/image\.npy .* \[N, 28, 28, 1\], got \[9, 32, 32, 1\]\.$/,
  );
  await fails(
    ['evaluate', '--samples', 'unknown'],
    3,
    /^unknown\/smell\.npy: Unknown modality "smell"; choose image, caption or speech\.$/,
  );
  await fails(['evaluate', '--samples', 'empty'], 3, /^Expected empty to hold samples .*, got none\.$/);
  await fails(
    ['evaluate', '--samples', 'nowhere'],
    3,
    /^Expected nowhere to be a folder of samples, got nothing there\.$/,
  );
  await fails(
    ['evaluate', 'model', '--samples', 'good'],
    2,
    /^Expected one of a model, --model and --samples, got a model and --samples\.$/,
  );
  await fails(
    ['evaluate', '--samples', 'good', '--report', 'few'],
    4,
    /^Expected --report to be a new or an empty folder/,
  );
  await fails(['compare', 'report-good'], 2, /^Expected at least 2 runs to compare, got 1\.$/);
  await fails(['compare', 'report-good', 'good'], 3, /^Cannot read the report good\/report\.json: no such file\.$/);
  fs.writeFileSync(inside('other.json'), '{"package": "another"}');
  await fails(
    ['compare', 'report-good', 'other.json'],
    3,
    /^Expected other\.json to be a report\.json of first-run or of evaluate/,
  );
});
