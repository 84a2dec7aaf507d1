import assert from 'node:assert/strict';
import {test} from 'node:test';
import {shortNames} from '../../src/cli/commands/compare';
import {type ComparedRun, compareRuns} from '../../src/evaluation/compare';
import {comparisonTable} from '../../src/evaluation/comparison-text';
import type {EvaluationDetails, PartHits} from '../../src/evaluation/details';
import type {EvaluationMetrics} from '../../src/evaluation/metrics-record';
import {comparisonMarkdown} from '../../src/plots/evaluation/comparison-page';

interface Facts {
  readonly joint?: number;
  readonly hits?: PartHits;
  readonly key?: string;
  readonly frechet?: {value: number; count: number};
  readonly sharpness?: number;
}

function run(
  name: string,
  {joint = 0.9, hits, key = 'rows', frechet = {value: 20, count: 2000}, sharpness = 1}: Facts,
): ComparedRun {
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const share = hits ? sum(hits.hits) / sum(hits.rows) : 0.5;
  const score = {value: share, ci95: [share - 0.3, share + 0.3] as const, real: 1, chance: 0.1};
  const metrics: EvaluationMetrics = {
    split: 'test',
    seed: 1,
    generated: 2000,
    rows: 2000,
    jointCoherence: {value: joint, ci95: [joint - 0.01, joint + 0.01], real: 0.98, chance: 0.01},
    coherence: {
      oneGiven: {mean: share, ci95: score.ci95, real: 1, chance: 0.1, 'image→speech': share},
      twoGiven: null,
      directions: {'image→speech': score},
    },
    frechet: {
      image: {
        ...frechet,
        ci95: [frechet.value - 2, frechet.value + 2],
        real: 5,
        templates: 90,
        features: 'f',
        name: 'Fréchet distance, f',
      },
    },
    classes: null,
    sharpness: {image: sharpness},
    diversity: {},
    intervals: {sharpness: {image: [sharpness - 0.01, sharpness + 0.01]}, diversity: {}},
    overlap: {},
    memorization: {},
    retrieval: {},
    text: {},
    unavailable: {},
  };
  const details = hits
    ? ({
        rows: {key, split: 'test', count: 20},
        hits: {'image→speech': hits},
        retrieval: {},
        rankings: [],
      } as unknown as EvaluationDetails)
    : null;
  return {name, source: 'data', metrics, details};
}

function scoreOf(runs: ComparedRun[], name: string) {
  return compareRuns(runs).rows.find(row => row.name === name)!.scores[1]!;
}

test('independent scores: the difference, its interval and p from two intervals', () => {
  // Both errors are .01 / 1.96, that of the difference √2 times that: .03 ± .01414, z = .03 / .0072155 = 4.158.
  const {difference, mark} = scoreOf([run('a', {joint: 0.9}), run('b', {joint: 0.93})], 'joint coherence');
  assert.ok(Math.abs(difference!.ci95[0] - 0.015858) < 1e-5 && Math.abs(difference!.ci95[1] - 0.044142) < 1e-5);
  assert.ok(Math.abs(difference!.pValue - 3.21e-5) < 2e-6, String(difference!.pValue));
  assert.deepEqual([difference!.isPaired, mark], [false, 'better']);
  assert.equal(scoreOf([run('a', {joint: 0.93}), run('b', {joint: 0.9})], 'joint coherence').mark, 'worse');
  assert.equal(scoreOf([run('a', {joint: 0.9}), run('b', {joint: 0.91})], 'joint coherence').mark, 'same');
});

test('which way is better: distances lower, sharpness nearer to 1', () => {
  const base = run('a', {frechet: {value: 20, count: 2000}, sharpness: 0.9});
  assert.equal(
    scoreOf([base, run('b', {frechet: {value: 10, count: 2000}})], 'Fréchet distance, f, image').mark,
    'better',
  );
  assert.equal(scoreOf([base, run('b', {sharpness: 1.02})], 'sharpness, image').mark, 'better');
  assert.equal(scoreOf([base, run('b', {sharpness: 1.2})], 'sharpness, image').mark, 'worse');
});

test('the same rows are compared in pairs, which sees what the intervals do not', () => {
  // 20 parts of one row each; b is right wherever a is, and six times more: of 2^6 signs two are as extreme.
  const of = (right: number): PartHits => ({
    hits: Array.from({length: 20}, (_, i) => (i < right ? 1 : 0)),
    rows: new Array(20).fill(1),
  });
  const [a, b] = [run('a', {hits: of(10)}), run('b', {hits: of(16)})];
  for (const name of ['coherence image→speech', 'coherence, one given']) {
    const {difference, mark} = scoreOf([a, b], name);
    assert.ok(Math.abs(difference!.value - 0.3) < 1e-9 && difference!.isPaired);
    assert.ok(difference!.pValue > 0.02 && difference!.pValue < 0.045, String(difference!.pValue));
    assert.ok(difference!.ci95[0] > 0.05 && difference!.ci95[1] < 0.55 && mark === 'better');
  }
  // Other rows: no pairs, and the wide intervals say nothing.
  const other = compareRuns([a, run('b', {hits: of(16), key: 'others'})]);
  const unpaired = other.rows.find(row => row.name === 'coherence image→speech')!.scores[1]!;
  assert.deepEqual([unpaired.difference!.isPaired, unpaired.mark], [false, 'same']);
  assert.match(other.remarks.join('\n'), /no hits on the same rows/);
});

test('parts that stand in many rows weigh as many rows as they have', () => {
  const a = run('a', {hits: {hits: [9, 0, 0], rows: [10, 1, 1]}});
  const b = run('b', {hits: {hits: [9, 1, 1], rows: [10, 1, 1]}});
  const {difference} = scoreOf([a, b], 'coherence image→speech');
  assert.ok(Math.abs(difference!.value - 2 / 12) < 1e-12);
  assert.ok(difference!.ci95[0] >= 0 && difference!.ci95[1] <= 3 / 12 + 1e-9);
});

test('what may not be compared is not marked, and said', () => {
  const unlike = compareRuns([run('a', {}), run('b', {frechet: {value: 1, count: 500}})]);
  const row = unlike.rows.find(each => each.name === 'Fréchet distance, f, image')!;
  assert.deepEqual([row.scores[1]!.difference, row.scores[1]!.mark], [null, 'untested']);
  assert.match(
    unlike.remarks.join('\n'),
    /b has Fréchet samples of image: 500, a 2000: Fréchet distances of image cannot be compared\./,
  );
  const elsewhere = compareRuns([run('a', {}), {...run('b', {joint: 0.1}), source: 'other data'}]);
  assert.ok(elsewhere.rows.every(each => each.scores[1]!.mark === 'untested'));
  assert.equal(elsewhere.tests, 0);
});

test('as text: marks, signs and how many marks chance would make', () => {
  const comparison = compareRuns([run('a', {joint: 0.93}), run('b|c', {joint: 0.9})]);
  const text = comparisonTable(comparison);
  assert.match(
    text,
    /^joint coherence +0\.930 \(0\.920–0\.940\) +0\.900 \(0\.890–0\.910\) +▼ +−0\.030, p < \.001 +0\.980$/m,
  );
  assert.match(text, new RegExp(`Of ${comparison.tests} tests about 0\\.\\d would be marked by chance alone`));
  const markdown = comparisonMarkdown(comparison, [['a', 'one'], ['b|c', 'two']]); // biome-ignore format: pairs
  assert.match(
    markdown,
    /^\| joint coherence \| 0\.930 \(0\.920–0\.940\) \| 0\.900 \(0\.890–0\.910\) \| ▼ \| −0\.030, p < \.001 \| 0\.980 \|$/m,
  );
  assert.match(markdown, /\| b\\\|c \|/);
});

test('runs are called by the ends of their paths that differ', () => {
  assert.deepEqual(shortNames(['out/a', 'out/b/report.json', 'x/c.json']), ['a', 'b', 'c']);
  assert.deepEqual(shortNames(['p/model', 'q/model']), ['p/model', 'q/model']);
  assert.deepEqual(
    shortNames(['p', 'p']).map(name => name.slice(-3)),
    ['(1)', '(2)'],
  );
});
