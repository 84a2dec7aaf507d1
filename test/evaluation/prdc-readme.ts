/** The example of prdc's README on the arrays that test/golden/prdc-readme.json names by their seed. */
import fs from 'node:fs';
import path from 'node:path';
import {type Prdc, precisionRecallDensityCoverage} from '../../src/evaluation/nearest-neighbours';
import {NumpyNormal} from '../support/numpy-normal';
import type {ParityCase} from './parity-cases';

interface ReadmeExample {
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  readonly seed: number;
  /** First values of the real rows, last ones of the fake rows. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly prdc: Prdc;
}

const golden: {readonly readme: Prdc; readonly cases: readonly ReadmeExample[]} = JSON.parse(
  fs.readFileSync(path.join(__dirname, '../golden/prdc-readme.json'), 'utf8'),
);

/** What the README prints of 10,000 rows without a seed. */
export const printedInReadme = golden.readme;

/** @param rows 10000 as in the README (some 10 s), or 400. */
export function readmeCases(rows: number): ParityCase[] {
  const one = golden.cases.find(example => example.rows === rows)!;
  const {columns, k, seed} = one;
  const stream = new NumpyNormal(seed);
  const [real, fake] = [0, 1].map(() => ({data: stream.normals(rows * columns), shape: [rows, columns] as const}));
  const got = precisionRecallDensityCoverage(real!, fake!, {k});
  const name = `README of prdc, ${rows} × ${columns}`;
  const values = [...real!.data.slice(0, 3), ...fake!.data.slice(-3)];
  return [
    ...[...one.first, ...one.last].map((wanted, i) => ({
      metric: 'numpy.random.normal',
      case: `${name}, value ${i < 3 ? i : `${i - 6}`}`,
      reference: 'numpy',
      got: values[i]!,
      wanted,
      allowed: 1e-15,
    })),
    ...(['precision', 'recall', 'density', 'coverage'] as const).map(metric => ({
      metric,
      case: name,
      reference: 'prdc',
      got: got[metric],
      wanted: one.prdc[metric],
      allowed: 1e-12,
    })),
  ];
}
