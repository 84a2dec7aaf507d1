/** `npm start` from the training to the report, with networks so small that it takes seconds. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {type Outcome, runCommand, temporaryFolder, tinyConfig} from './support';

const folder = temporaryFolder('first-run-test');
test.after(() => fs.rmSync(folder, {recursive: true}));
const inside = (...names: string[]) => path.join(folder, ...names);
const readJson = (...names: string[]) => JSON.parse(fs.readFileSync(inside(...names), 'utf8'));
const args = ['first-run', '--config', 'tiny.json', '--evaluation-count', '40'];

let first: Outcome;
before(async () => {
  fs.writeFileSync(inside('tiny.json'), JSON.stringify(tinyConfig(3)));
  fs.writeFileSync(inside('endless.json'), JSON.stringify({...tinyConfig(1_000_000), seed: 4}));
  const {training, ...others} = tinyConfig(3) as {training: object};
  const endless = {...others, training: {...training, encoderSteps: 1_000_000}};
  fs.writeFileSync(inside('endless-encoder.json'), JSON.stringify(endless));
  first = await runCommand([...args, '--seed', '5', '--out', 'out/run'], {cwd: folder});
});

/** Interrupts once, when stderr says `when`. */
function interruptedRun(when: string, ...more: string[]): Promise<Outcome> {
  let sent = false;
  const onStderr = (text: string, interrupt: () => void): void => {
    if (sent || !text.includes(when)) return;
    sent = true;
    interrupt();
  };
  return runCommand([...args, '--out', 'out/run', ...more], {cwd: folder, onStderr});
}

/** What stands beside the report, and a model that works. */
async function assertSaved(outcome: Outcome, line: RegExp): Promise<void> {
  assert.equal(outcome.code, 130, outcome.stderr);
  assert.match(outcome.stdout.trimEnd().split('\n').at(-1)!, line);
  assert.deepEqual(fs.readdirSync(inside('out')).sort(), ['run', 'run-interrupted']);
  const generated = await runCommand(
    ['generate', '--model', 'out/run-interrupted', '--count', '1', '--format', 'txt', '--out', 'samples'],
    {cwd: folder},
  );
  assert.equal(generated.code, 0, generated.stderr);
}

test('a report, samples and a model that loads; every key that report.json promises', async () => {
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(fs.readdirSync(inside('out')), ['run']);
  assert.deepEqual(fs.readdirSync(inside('out', 'run')).sort(), ['model', 'report.html', 'report.json', 'samples']);
  assert.match(first.stdout, /^joint coherence +[01]\.\d{3} /m);
  assert.match(
    first.stdout,
    /npm start -- --steps 3 --encoder-steps 2 --seed 5 --config tiny\.json +repeat this run exactly/,
  );

  const report = readJson('out', 'run', 'report.json');
  const facts =
    'package version backend dataset source seed steps encoderSteps trainSeconds seconds msPerStep parameters';
  assert.deepEqual(Object.keys(report), [...facts.split(' '), 'evaluation', 'metrics']);
  assert.deepEqual([report.package, report.dataset, report.seed, report.steps], ['multimodal-gan', 'digits', 5, 3]);
  assert.equal(report.encoderSteps, 2);
  assert.match(report.source, /MNIST.*espeak-ng/);
  assert.deepEqual(Object.keys(report.seconds), ['encoder', 'prior', 'adversarial', 'total']);
  assert.deepEqual(report.evaluation, {backend: report.backend, dataset: report.dataset, source: report.source});
  const {metrics} = report;
  assert.deepEqual([metrics.generated, metrics.rows, metrics.split], [40, 40, 'test']);
  for (const key of ['value', 'ci95', 'real', 'chance']) assert.ok(key in metrics.jointCoherence, key);
  for (const key of ['mean', 'image→speech', 'speech→image', 'caption→image', 'image→caption'])
    assert.equal(typeof metrics.coherence.oneGiven[key], 'number', key);
  for (const key of ['mean', 'image+caption→speech', 'image+speech→caption', 'caption+speech→image'])
    assert.equal(typeof metrics.coherence.twoGiven[key], 'number', key);
  for (const name of ['image', 'speech']) {
    for (const key of ['value', 'real']) assert.equal(typeof metrics.frechet[name][key], 'number', `${name} ${key}`);
    assert.equal(typeof metrics.sharpness[name], 'number');
    assert.equal(typeof metrics.diversity[name], 'number');
  }
  assert.equal(typeof metrics.classes.present, 'number');
  assert.equal(typeof metrics.classes.entropyBits, 'number');

  const samples = fs.readdirSync(inside('out', 'run', 'samples'));
  const count = (pattern: RegExp): number => samples.filter(name => pattern.test(name)).length;
  assert.deepEqual([count(/^image-\d+\.png$/), count(/^speech-\d+\.wav$/), count(/^caption\.txt$/)], [24, 24, 1]);
  const html = fs.readFileSync(inside('out', 'run', 'report.html'), 'utf8');
  assert.match(html, /^<!doctype html>/);
  assert.match(html, /No label is an input or a target; the pairs are formed by label, and caption names the class/);
  assert.doesNotMatch(html, /(src|href)="(?!data:|#)/, 'it asks nothing of the network');
  const evaluated = await runCommand(['evaluate', '--model', 'out/run/model', '--count', '20'], {cwd: folder});
  assert.equal(evaluated.code, 0, evaluated.stderr);
});

test('Ctrl-C in E, in G and D and in the evaluation: the model is saved, the older report stays', async () => {
  const standing = fs.readFileSync(inside('out', 'run', 'report.json'));
  const inEncoder = await interruptedRun('encoder E: step', '--config', 'endless-encoder.json');
  await assertSaved(inEncoder, /^Stopped after 0 steps; the model so far is saved in out\/run-interrupted$/);
  assert.equal(readJson('out', 'run-interrupted', 'training.json').interrupted, true);

  const inAdversarial = await interruptedRun('G against D: step', '--config', 'endless.json');
  await assertSaved(inAdversarial, /^Stopped after [1-9]\d* steps; the model so far is saved in out\/run-interrupted$/);
  assert.equal(readJson('out', 'run-interrupted', 'training.json').seed, 4);

  const inEvaluation = await interruptedRun('completing from one modality', '--seed', '6');
  await assertSaved(
    inEvaluation,
    /^Stopped before the report was whole; the trained model is saved in out\/run-interrupted$/,
  );
  const record = readJson('out', 'run-interrupted', 'training.json');
  assert.deepEqual([record.interrupted, record.seed, record.steps], [false, 6, 3]);
  assert.deepEqual(fs.readFileSync(inside('out', 'run', 'report.json')), standing);
});

test('a second run replaces the first; the command that it prints repeats it bit for bit', async () => {
  fs.writeFileSync(inside('out', 'run', 'report.html'), 'older');
  const second = await runCommand([...args, '--seed', '5', '--out', 'out/run'], {cwd: folder});
  assert.equal(second.code, 0, second.stderr);
  assert.notEqual(fs.readFileSync(inside('out', 'run', 'report.html'), 'utf8'), 'older');
  const weights = fs.readFileSync(inside('out', 'run', 'model', 'generator.safetensors'));

  const timed = JSON.parse(fs.readFileSync(inside('tiny.json'), 'utf8'));
  delete timed.steps;
  delete timed.training.encoderSteps;
  fs.writeFileSync(inside('timed.json'), JSON.stringify({...timed, minutes: 0.05}));
  const free = await runCommand(['train', '--config', 'timed.json', '--seed', '5', '--out', 'timed'], {cwd: folder});
  assert.equal(free.code, 0, free.stderr);
  const [, repeat] = free.stdout.match(/^Repeat exactly: multimodal-gan (.+)$/m)!;
  const again = await runCommand([...repeat!.split(' '), '--out', 'again'], {cwd: folder});
  assert.equal(again.code, 0, again.stderr);
  for (const player of ['encoder', 'generator', 'discriminator', 'prior']) {
    const [one, two] = ['timed', 'again'].map(name => fs.readFileSync(inside(name, `${player}.safetensors`)));
    assert.deepEqual(one, two, player);
  }
  assert.notDeepEqual(fs.readFileSync(inside('timed', 'generator.safetensors')), weights);
});
