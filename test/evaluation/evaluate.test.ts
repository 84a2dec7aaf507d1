import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {loadDigits} from '../../src/datasets/digits';
import {evaluateInterruptibly, evaluateModel} from '../../src/evaluation/evaluate';
import type {CoherenceGroup, EvaluationMetrics} from '../../src/evaluation/metrics-record';
import {disposeOracles, loadOracles} from '../../src/evaluation/oracles';
import {buildReport, scoreTable} from '../../src/evaluation/report';
import {buildFakeModel, type Choice} from './fake-models';

const dataset = loadDigits();
const rows = dataset.rows('test');
const count = 500;

before(async () => {
  await selectBackend();
});

function evaluateFake(choose: Choice, options: {seed?: number; count?: number} = {}): EvaluationMetrics {
  const oracles = loadOracles();
  const model = buildFakeModel(rows, dataset.modalities, choose);
  const numTensors = tf.memory().numTensors;
  const metrics = evaluateModel(model, dataset, oracles, {seed: 5, count, ...options});
  assert.equal(tf.memory().numTensors, numTensors, 'evaluation leaks tensors');
  disposeOracles(oracles);
  return metrics;
}

function within(value: number, low: number, high: number, what: string): void {
  assert.ok(value >= low && value <= high, `${what}: got ${value}, wanted ${low} to ${high}`);
}

test('a model that shows real examples scores like real data', () => {
  const metrics = evaluateFake(row => row);
  const {jointCoherence: joint, coherence, frechet, sharpness, diversity} = metrics;
  within(joint!.value, joint!.real - 0.02, joint!.real + 0.02, 'joint coherence');
  assert.ok(joint!.ci95[0] < joint!.value && joint!.value <= joint!.ci95[1]);
  within(joint!.chance, 0.008, 0.013, 'chance of joint coherence');
  assert.deepEqual(Object.keys(coherence.oneGiven!), [
    'mean', 'ci95', 'real', 'chance',
    'image→caption', 'image→speech', 'caption→image', 'caption→speech', 'speech→image', 'speech→caption',
  ]); // biome-ignore format: one kind a line
  assert.deepEqual(Object.keys(coherence.twoGiven!).slice(4), [
    'image+caption→speech',
    'image+speech→caption',
    'caption+speech→image',
  ]);
  for (const [name, score] of Object.entries(coherence.directions))
    within(score.value, score.real - 0.02, score.real + 0.02, name);
  within(coherence.oneGiven!.chance, 0.09, 0.11, 'chance of one given');
  for (const name of ['image', 'speech']) {
    within(frechet[name]!.value, 0, frechet[name]!.real, `Fréchet ${name}`);
    assert.ok(frechet[name]!.templates! > 5 * frechet[name]!.real, 'templates are far from real data');
    assert.equal(frechet[name]!.count, count);
    within(sharpness[name]!, 0.95, 1.05, `sharpness ${name}`);
    within(diversity[name]!, 0.9, 1.1, `diversity ${name}`);
    within(metrics.overlap[name]!.coverage, 0.8, 1, `coverage ${name}`);
    within(metrics.memorization[name]!.ratio!, 0.9, 1.1, `distance to training parts, ${name}`);
  }
  assert.deepEqual(Object.keys(frechet), ['image', 'speech']);
  assert.equal(metrics.classes!.present, 10);
  within(metrics.classes!.entropyBits, 3.25, Math.log2(10), 'entropy');
  assert.equal(metrics.retrieval['image→speech']!.value, 1);
  within(metrics.text['caption']!.inTraining, 0.97, 1, 'known sentences');
  assert.deepEqual(metrics.unavailable, {});
});

test('a model whose parts have nothing to do with each other scores like chance', () => {
  const metrics = evaluateFake((_, __, stream) => stream.integer(rows.length));
  const {jointCoherence: joint, coherence} = metrics;
  within(joint!.value, 0, 0.03, 'joint coherence');
  assert.ok(joint!.real > 0.95);
  for (const [name, score] of Object.entries(coherence.directions)) {
    within(score.value, score.chance - 0.05, score.chance + 0.05, name);
  }
  const {value, real} = metrics.frechet['image']!;
  within(value, 0, 1.3 * real, 'Fréchet image: each part alone is still real');
});

test('a model of one template a class is coherent, and found out by diversity and distance', () => {
  const template = (row: number): number => rows.findIndex(({label}) => label === rows[row]!.label);
  const metrics = evaluateFake(template);
  within(metrics.jointCoherence!.value, 0.7, 1, 'joint coherence');
  for (const name of ['image', 'speech']) {
    // Not 0, because a template that the classifier misreads shares its class with another template.
    within(metrics.diversity[name]!, 0, 0.15, `diversity ${name}`);
    assert.ok(metrics.frechet[name]!.value > 5 * metrics.frechet[name]!.real, `Fréchet ${name}`);
    const {coverage, real} = metrics.overlap[name]!;
    within(coverage, 0, 0.5 * real.coverage, `coverage ${name}`);
  }
});

test('a model that draws one class is found out by the classes', () => {
  const sevens = rows.flatMap(({label}, row) => (label === 7 ? [row] : []));
  const metrics = evaluateFake(row => sevens[row % sevens.length]!);
  assert.ok(metrics.classes!.present <= 4 && metrics.classes!.entropyBits < 0.5, JSON.stringify(metrics.classes));
  within(metrics.jointCoherence!.value, 0.9, 1, 'joint coherence');
  within(metrics.jointCoherence!.chance, 0.8, 1, 'and chance says that this is nothing');
});

test('the same seed gives the same scores, another seed other ones', () => {
  const choose: Choice = (row, _, stream) => (stream.uniform() < 0.8 ? row : stream.integer(rows.length));
  const first = evaluateFake(choose, {count: 150});
  assert.deepEqual(evaluateFake(choose, {count: 150}), first);
  assert.notDeepEqual(evaluateFake(choose, {count: 150, seed: 6}).jointCoherence, first.jointCoherence);
});

test('modalities without a fitting classifier are named, the rest is scored', () => {
  const {image, speech} = dataset.modalities;
  const modalities = {picture: image!, speech: speech!};
  const renamed = rows.map(({parts, ...rest}) => ({
    ...rest,
    parts: {picture: parts['image']!, speech: parts['speech']!},
  }));
  const own = {...dataset, modalities, classNames: dataset.classNames, name: 'two', rows: () => renamed};
  const oracles = loadOracles();
  const metrics = evaluateModel(
    buildFakeModel(renamed, modalities, row => row),
    own,
    oracles,
    {seed: 1, count: 100},
  );
  disposeOracles(oracles);
  assert.deepEqual(metrics.unavailable, {picture: 'there is no classifier for it'});
  assert.equal(metrics.jointCoherence, null);
  assert.equal(metrics.coherence.twoGiven, null);
  assert.deepEqual(Object.keys(metrics.coherence.directions), ['picture→speech']);
  assert.deepEqual(Object.keys(metrics.sharpness), ['picture', 'speech']);
  assert.deepEqual(Object.keys(metrics.frechet), ['speech']);
  assert.equal(metrics.memorization['picture']!.ratio, null, 'its training rows are its test rows');
  assert.match(scoreTable(metrics), /^picture: not judged by class, there is no classifier for it\.$/m);
});

test('rows that lack modalities are left out where they are needed, and nowhere else', () => {
  const partial = rows.map((row, i) => {
    const {speech, ...others} = row.parts;
    return i % 2 === 0 ? row : {...row, parts: others};
  });
  const own = {
    ...dataset,
    modalities: dataset.modalities,
    classNames: dataset.classNames,
    name: 'partial',
    rows: () => partial,
  };
  const oracles = loadOracles();
  const metrics = evaluateModel(
    buildFakeModel(rows, dataset.modalities, row => row),
    own,
    oracles,
    {seed: 1, count: 200},
  );
  disposeOracles(oracles);
  assert.ok(metrics.jointCoherence!.value > 0.9);
  const {directions} = metrics.coherence;
  const width = (name: keyof typeof directions): number => directions[name]!.ci95[1] - directions[name]!.ci95[0];
  assert.ok(width('speech→caption') > 1.3 * width('image→caption'), 'half the rows and repeats, a wider interval');
});

test('no score is NaN, and the report keeps its keys', () => {
  const metrics = evaluateFake(row => row, {count: 150});
  const facts = {
    package: 'multimodal-gan', version: '0.1.0', backend: 'backend: cpu', dataset: 'digits', source: 'files', seed: 1,
    steps: 20, encoderSteps: 15, trainSeconds: 3.5, seconds: {encoder: 1, total: 3.5}, msPerStep: 100, parameters: 12345,
  }; // biome-ignore format: facts
  const evaluation = {backend: 'backend: wasm', dataset: 'others', source: 'other files'};
  const report = JSON.parse(JSON.stringify(buildReport({...facts, more: 1} as typeof facts, evaluation, metrics)));
  assert.deepEqual(Object.keys(report), [...Object.keys(facts), 'evaluation', 'metrics']);
  assert.deepEqual({...report, metrics: null}, {...facts, evaluation, metrics: null});
  assert.ok(!JSON.stringify(report).includes('null'), 'NaN and infinities become null in JSON');
  const {mean, real, chance} = report.metrics.coherence.twoGiven as CoherenceGroup;
  assert.ok(mean > chance && real > chance);
  for (const path of [
    'jointCoherence.value',
    'jointCoherence.ci95',
    'jointCoherence.real',
    'jointCoherence.chance',
    'coherence.oneGiven.mean',
    'coherence.oneGiven.image→speech',
    'coherence.twoGiven.image+caption→speech',
    'frechet.image.value',
    'frechet.image.real',
    'frechet.speech.value',
    'frechet.speech.real',
    'classes.present',
    'classes.entropyBits',
    'sharpness.image',
    'sharpness.speech',
    'diversity.image',
    'diversity.speech',
  ]) {
    const value = path.split('.').reduce((record, key) => record?.[key], report.metrics);
    assert.ok(path.endsWith('ci95') ? value.length === 2 : Number.isFinite(value), `${path} is ${value}`);
  }
  const table = scoreTable(metrics);
  assert.match(table, /^ +model +95 % interval +real data +chance$/m);
  assert.match(
    table,
    /^Fréchet distance, digit features, speech +\d+\.\d +\d+\.\d – \d+\.\d +\d+\.\d +\d+\.\d {2}\(templates\)$/m,
  );
  assert.equal(table.match(/\(templates\)/g)!.length, 2, 'all other rows end with chance');
  assert.match(table, /^joint coherence +0\.\d{3} +0\.\d{3} – [01]\.\d{3} +0\.\d{3} +0\.01\d$/m);
  assert.match(table, /^ {2}image\+caption→speech +[01]\.\d{3}$/m);
});

test('impossible requests are refused in one line', () => {
  const model = buildFakeModel(rows, dataset.modalities, row => row);
  assert.throws(() => evaluateModel(model, dataset, {}, {seed: 1, count: 0}), {
    message: 'Expected count to be a positive integer, got 0.',
  });
  const empty = {
    ...dataset,
    modalities: dataset.modalities,
    classNames: dataset.classNames,
    name: 'empty',
    rows: () => [],
  };
  assert.throws(() => evaluateModel(model, empty, {}, {seed: 1}), {
    message: 'Expected at least 2 test examples of empty, got 0.',
  });
});

test('an evaluation that can be interrupted: the same scores, ends between stages, leaks nothing', async () => {
  const oracles = loadOracles();
  const model = buildFakeModel(rows, dataset.modalities, row => row);
  const options = {seed: 1, count: 60};
  const expected = evaluateModel(model, dataset, oracles, options);
  const alive = tf.memory().numTensors;
  const never = new AbortController().signal;
  assert.deepEqual(await evaluateInterruptibly(model, dataset, oracles, {...options, signal: never}), expected);

  const abort = new AbortController();
  const stages: string[] = [];
  const onStage = (stage: string): void => {
    // As Ctrl-C arrives: not before the event loop has its turn.
    if (stages.push(stage) === 3) setImmediate(() => abort.abort());
  };
  assert.equal(await evaluateInterruptibly(model, dataset, oracles, {...options, onStage, signal: abort.signal}), null);
  assert.ok(stages.length === 3 || stages.length === 4, stages.join());
  assert.equal(tf.memory().numTensors, alive);
  disposeOracles(oracles);
});
