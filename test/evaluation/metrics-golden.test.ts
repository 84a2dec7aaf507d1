import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {frechetDistance} from '../../src/evaluation/frechet';
import {wilsonInterval} from '../../src/evaluation/intervals';
import {kernelDistance} from '../../src/evaluation/kernel-distance';
import {type Prdc, precisionRecallDensityCoverage} from '../../src/evaluation/nearest-neighbours';

interface Pair<V> {
  readonly case: string;
  readonly real: number[][];
  readonly generated: number[][];
  readonly value: V;
}
interface Golden {
  readonly frechet: readonly Pair<number>[];
  readonly kernel: readonly Pair<number>[];
  readonly prdc: readonly (Pair<Prdc> & {readonly k: number})[];
  readonly wilson: readonly {
    readonly hits: number;
    readonly count: number;
    readonly low: number;
    readonly high: number;
  }[];
}
const golden: Golden = JSON.parse(fs.readFileSync(path.join(__dirname, '../golden/evaluation.json'), 'utf8'));

/** Relative to the size of the value, absolute below 1. */
function assertClose(got: number, wanted: number, tolerance: number, what = ''): void {
  assert.ok(
    Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
    `${what}: got ${got}, wanted ${wanted}`,
  );
}

for (const pair of golden.frechet) {
  test(`Fréchet distance agrees with the reference: ${pair.case}`, () => {
    assertClose(frechetDistance(pair.real, pair.generated), pair.value, 2e-7, 'distance');
    assertClose(frechetDistance(pair.generated, pair.real), pair.value, 2e-7, 'the other way round');
  });
}

for (const pair of golden.kernel) {
  test(`kernel distance agrees with the reference: ${pair.case}`, () => {
    const {value, standardDeviation} = kernelDistance(pair.real, pair.generated, {subsets: 1});
    assertClose(value, pair.value, 1e-12, 'distance');
    assert.equal(standardDeviation, 0);
  });
}

for (const pair of golden.prdc) {
  test(`precision, recall, density and coverage agree with prdc: ${pair.case}`, () => {
    const got = precisionRecallDensityCoverage(pair.real, pair.generated, {k: pair.k});
    for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
      assertClose(got[name], pair.value[name], 1e-12, name);
    }
  });
}

for (const {hits, count, low, high} of golden.wilson) {
  test(`Wilson interval agrees with scipy: ${hits} of ${count}`, () => {
    const got = wilsonInterval(hits / count, count);
    assertClose(got[0], low, 1e-12, 'low');
    assertClose(got[1], high, 1e-12, 'high');
  });
}
