/** The parts of the benchmark that decide what its figures say. */
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {faults} from '../../scripts/bench/check';
import {drawBatches} from '../../scripts/bench/nets/inputs';
import {goalLines} from '../../scripts/bench/page/goals';
import {merge, type Results, readResults, writeResults} from '../../scripts/bench/results';
import {interquartileRange, median} from '../../scripts/bench/statistics';
import type {TimingRow} from '../../scripts/bench/timing';

const conditions = {date: '2026-01-01', load: 0};

function row(engine: TimingRow['engine'], compiled?: number): Results['rows'][number] {
  return {
    net: 'perceptron',
    batch: 64,
    engine,
    threads: 2,
    medianMs: 10,
    spreadMs: 1,
    ratioTo: compiled === undefined ? {} : {compiled},
    steps: 30,
    rounds: 3,
    disturbedRounds: 0,
    othersCores: 0,
    cores: 2,
    rssMb: 500,
    ...conditions,
  };
}

function emptyResults(): Results {
  return readResults(join(tmpdir(), 'a folder that is not there', 'results.json'));
}

test('medians and interquartile ranges, worked by hand', () => {
  assert.equal(median([5, 1, 9, 2]), 3.5);
  // Quartiles of 1, 2, 3, 10 are 1.75 and 4.75.
  assert.equal(interquartileRange([10, 1, 3, 2]), 3);
});

test('a new piece replaces its like in the file and leaves the rest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
  const file = join(folder, 'results.json');
  const results = emptyResults();
  merge(results, 'rows', ['net', 'engine'], [row('compiled'), row('eager', 2)]);
  writeResults(file, results);
  const read = readResults(file);
  merge(read, 'rows', ['net', 'engine'], [row('eager', 3)]);
  assert.deepEqual(
    read.rows.map(({engine, ratioTo}) => [engine, ratioTo.compiled]),
    [
      ['compiled', undefined],
      ['eager', 3],
    ],
  );
  assert.match(read.machine, /cores of/);
  rmSync(folder, {recursive: true});
});

test('a goal is held against the fastest of the variants, and is open where nothing was measured', () => {
  const results = emptyResults();
  results.rows = [row('compiled'), row('pytorch', 2.5), row('pytorch channels-last', 1.25), row('tensorflow graph', 1)];
  const line = (text: string) => goalLines(results).find(({goal}) => goal.startsWith(text))!;
  // 1 / 1.25 = 0.8 of the faster one's time, where 0.55 is wanted.
  assert.equal(line('perceptron, 2 threads: compiled / PyTorch').got, '0.80 ×');
  assert.equal(line('perceptron, 2 threads: compiled / PyTorch').reached, false);
  assert.equal(line('perceptron, 2 threads: compiled / TensorFlow').reached, true);
  assert.equal(line('dcgan-28, 2 threads: compiled / PyTorch').reached, null);
});

test('faults name the engine that disagrees, the gain that is missing and the numbers that differ', () => {
  const results = emptyResults();
  assert.deepEqual(faults(results), ['no parity was checked', 'no plain step was measured']);
  const parity = {
    net: 'perceptron',
    batch: 8,
    against: 'eager',
    worstGradient: '',
    laterLoss: 0,
    gradient: 0,
    worstBatch: 0,
  } as const;
  results.parity = [
    {...parity, engine: 'wasm', loss: 0, agrees: true},
    {...parity, engine: 'compiled', loss: 1, agrees: false},
  ];
  results.rows = [row('eager', 1.1)];
  const equality = {net: 'perceptron', batch: 8, steps: 20, worstLoss: 0, worstState: 0, firstDifference: 3} as const;
  results.equality = [{...equality, compared: 10, unequal: 1, ...conditions}];
  assert.deepEqual(faults(results), [
    'compiled does not agree on perceptron, batch 8',
    'plain steps of perceptron, batch 64, take 1.1 × compiled ones, less than 1.3',
    'perceptron: 1 of 10 numbers differ',
  ]);
});

test('batches are the same at every call, differ from each other, and hold one word a token', () => {
  const inputs = {x: {kind: 'words', shape: [2, 3, 5]}, z: {kind: 'uniform', shape: [4]}} as const;
  const batches = drawBatches('test', inputs);
  assert.deepEqual(batches, drawBatches('test', inputs));
  assert.notDeepEqual(batches[0]!['z'], batches[1]!['z']);
  const words = batches[0]!['x']!.data;
  for (let token = 0; token < 6; token++) {
    const one = [...words.subarray(5 * token, 5 * token + 5)];
    assert.equal(one.filter(value => value === 1).length, 1);
    assert.equal(one.filter(value => value === 0).length, 4);
  }
});
