/** Every metric beside the value of its reference, from test/golden/metrics.json. `npx tsx scripts/parity.ts` prints them as a table. */
import fs from 'node:fs';
import path from 'node:path';
import {adjustedRandIndex, clusteringAccuracy, normalizedMutualInformation} from '../../src/evaluation/clustering';
import {frechetDistance, frechetDistanceOfMoments} from '../../src/evaluation/frechet';
import {mse, ssim} from '../../src/evaluation/image-similarity';
import {inceptionScore} from '../../src/evaluation/inception-score';
import {seedInterval} from '../../src/evaluation/intervals';
import {kernelDistance} from '../../src/evaluation/kernel-distance';
import {fitLinearClassifier, linearProbe} from '../../src/evaluation/linear-probe';
import {dataCopying} from '../../src/evaluation/memorization';
import {StreamingMoments} from '../../src/evaluation/moments';
import {nearestNeighbourAccuracy} from '../../src/evaluation/nearest-neighbour-accuracy';
import {type Prdc, precisionRecallDensityCoverage} from '../../src/evaluation/nearest-neighbours';
import {normalTail} from '../../src/evaluation/normal';
import {pairedComparison} from '../../src/evaluation/paired-comparison';
import {retrieval} from '../../src/evaluation/retrieval';
import {auroc, averagePrecision} from '../../src/evaluation/roc';
import {slicedWasserstein} from '../../src/evaluation/sliced-wasserstein';

export interface ParityCase {
  readonly metric: string;
  readonly case: string;
  readonly reference: string;
  readonly got: number;
  readonly wanted: number;
  /** Largest relative difference allowed; 0 for equal. */
  readonly allowed: number;
}

type Rows = number[][];
type Case<T> = T & {readonly case: string};
interface MeanAndDeviation {
  readonly value: number;
  readonly standardDeviation: number;
}

/** What scripts/golden/metrics.py writes. */
interface Golden {
  readonly versions: Readonly<Record<string, string>>;
  readonly frechet: readonly Case<{
    kind: 'regular' | 'singular';
    real: Rows;
    generated: Rows;
    exact: number;
    torchFidelity: number;
    cleanFid: number | null;
  }>[];
  readonly kernel: readonly Case<{
    real: Rows;
    generated: Rows;
    draws: {real: number[]; generated: number[]}[];
    torchFidelity: MeanAndDeviation;
    cleanFid: number | null;
  }>[];
  readonly prdc: readonly Case<{k: number; real: Rows; generated: Rows; prdc: Prdc}>[];
  readonly inception: readonly Case<{logits: Rows; splits: number; torchFidelity: MeanAndDeviation}>[];
  readonly ranking: readonly Case<{
    labels: number[];
    scores: number[];
    auroc: number;
    mannWhitney: number;
    averagePrecision: number;
  }>[];
  readonly clustering: readonly Case<{
    labels: number[];
    clusters: number[];
    accuracy: number;
    nmi: number;
    ari: number;
  }>[];
  readonly retrieval: readonly Case<{
    queries: Rows;
    gallery: Rows;
    queryLabels: number[];
    galleryLabels: number[];
    k: number;
    recall: number;
    medianRank: number;
    meanAveragePrecision: number;
  }>[];
  readonly classifiers: readonly Case<{
    train: Rows;
    trainLabels: number[];
    test: Rows;
    testLabels: number[];
    k: number;
    neighbours: number;
    probe: number;
    probabilities: Rows;
  }>[];
  readonly pictures: readonly Case<{
    shape: number[];
    a: number[];
    b: number[];
    dataRange: number;
    ssim: number;
    gaussian: number;
    mse: number;
  }>[];
  readonly sliced: readonly Case<{
    real: Rows;
    generated: Rows;
    directions: Rows;
    order1: number;
    order2: number | null;
  }>[];
  readonly paired: readonly Case<{a: number[]; b: number[]; difference: number; pValue: number}>[];
  readonly seeds: readonly {values: number[]; low: number; high: number}[];
  readonly copying: readonly Case<{train: Rows; heldOut: Rows; generated: Rows; pValue: number}>[];
  readonly normalTail: readonly {z: number; value: number}[];
}

const golden: Golden = JSON.parse(fs.readFileSync(path.join(__dirname, '../golden/metrics.json'), 'utf8'));

/** Relative where the reference is larger than 1e-3, else absolute in units of 1e-3: a distance of 0 has no relative difference. */
export function difference({got, wanted}: ParityCase): number {
  return got === wanted ? 0 : Math.abs(got - wanted) / Math.max(1e-3, Math.abs(wanted));
}

export const versions = golden.versions;

export function parityCases(): ParityCase[] {
  const cases: ParityCase[] = [];
  const add = (metric: string, name: string, reference: string, got: number, wanted: number, allowed = 1e-5): void => {
    cases.push({metric, case: name, reference, got, wanted, allowed});
  };
  for (const c of golden.frechet) {
    const allowed = c.kind === 'regular' ? 1e-5 : 1e-4;
    const got = frechetDistance(c.real, c.generated);
    add('frechetDistance', c.case, 'torch-fidelity', got, c.torchFidelity, allowed);
    if (c.cleanFid !== null) add('frechetDistance', c.case, 'clean-fid', got, c.cleanFid, allowed);
    add('frechetDistance', c.case, 'numpy svd, exact', got, c.exact, c.kind === 'regular' ? 1e-9 : 1e-5);
    add(
      'frechetDistance',
      `${c.case}, the other way round`,
      'numpy svd, exact',
      frechetDistance(c.generated, c.real),
      c.exact,
    );
    const moments = [c.real, c.generated].map(rows => {
      const stream = new StreamingMoments();
      for (let from = 0; from < rows.length; from += 7) stream.add(rows.slice(from, from + 7));
      return stream.moments();
    });
    add(
      'StreamingMoments',
      c.case,
      'torch-fidelity',
      frechetDistanceOfMoments(moments[0]!, moments[1]!),
      c.torchFidelity,
      allowed,
    );
  }
  for (const c of golden.kernel) {
    const got = kernelDistance(c.real, c.generated, {draws: c.draws});
    add('kernelDistance', c.case, 'torch-fidelity', got.value, c.torchFidelity.value);
    add('kernelDistance, sd', c.case, 'torch-fidelity', got.standardDeviation, c.torchFidelity.standardDeviation);
    if (c.cleanFid !== null) {
      add('kernelDistance', c.case, 'clean-fid', kernelDistance(c.real, c.generated, {subsets: 1}).value, c.cleanFid);
    }
  }
  for (const c of golden.prdc) {
    const got = precisionRecallDensityCoverage(c.real, c.generated, {k: c.k});
    for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
      add(name, c.case, 'prdc', got[name], c.prdc[name], 1e-12);
    }
  }
  for (const c of golden.inception) {
    const got = inceptionScore(c.logits.map(softmax), {splits: c.splits});
    add('inceptionScore', c.case, 'torch-fidelity', got.value, c.torchFidelity.value);
    add('inceptionScore, sd', c.case, 'torch-fidelity', got.standardDeviation, c.torchFidelity.standardDeviation);
  }
  for (const c of golden.ranking) {
    const got = auroc(c.labels, c.scores);
    add('auroc', c.case, 'scipy mannwhitneyu', got, c.mannWhitney, 0);
    // Its sum of trapezoids may end in another last digit.
    add('auroc', c.case, 'scikit-learn', got, c.auroc, 4e-16);
    add('averagePrecision', c.case, 'scikit-learn', averagePrecision(c.labels, c.scores), c.averagePrecision, 1e-12);
  }
  for (const c of golden.clustering) {
    add('clusteringAccuracy', c.case, 'scipy', clusteringAccuracy(c.labels, c.clusters), c.accuracy, 0);
    add(
      'normalizedMutualInformation',
      c.case,
      'scikit-learn',
      normalizedMutualInformation(c.labels, c.clusters),
      c.nmi,
    );
    add('adjustedRandIndex', c.case, 'scikit-learn', adjustedRandIndex(c.labels, c.clusters), c.ari);
  }
  for (const c of golden.retrieval) {
    const got = retrieval(c.queries, c.gallery, c.queryLabels, c.galleryLabels, {k: c.k});
    add(`recall@${c.k}`, c.case, 'numpy', got.recall, c.recall, 0);
    add('median rank', c.case, 'numpy', got.medianRank, c.medianRank, 0);
    add(
      'mAP',
      c.case,
      c.case === 'ties' ? 'numpy' : 'scikit-learn',
      got.meanAveragePrecision,
      c.meanAveragePrecision,
      1e-12,
    );
  }
  for (const c of golden.classifiers) {
    const {train, test, trainLabels, testLabels, k} = c;
    const neighbours = nearestNeighbourAccuracy(train, test, trainLabels, testLabels, {k});
    add(`${k}-NN accuracy`, c.case, 'scikit-learn', neighbours, c.neighbours, 0);
    add('linearProbe', c.case, 'scikit-learn', linearProbe(train, test, trainLabels, testLabels), c.probe, 0);
    const got = fitLinearClassifier(train, trainLabels).probabilities(test.slice(0, 8));
    const wanted = c.probabilities.flat();
    const worst = wanted.reduce(
      (w, value, i) => (Math.abs(got[i]! - value) > Math.abs(got[w]! - wanted[w]!) ? i : w),
      0,
    );
    add('linearProbe, worst probability', c.case, 'scikit-learn', got[worst]!, wanted[worst]!);
  }
  for (const c of golden.pictures) {
    const [a, b] = [c.a, c.b].map(data => ({data: Float64Array.from(data), shape: c.shape})) as [Picture, Picture];
    const flat = (data: number[]): Rows => [data];
    add('ssim', c.case, 'scikit-image', ssim(a, b, {dataRange: c.dataRange}), c.ssim);
    add('ssim, gaussian', c.case, 'scikit-image', ssim(a, b, {dataRange: c.dataRange, window: 'gaussian'}), c.gaussian);
    add('mse', c.case, 'scikit-image', mse(flat(c.a), flat(c.b)), c.mse, 1e-12);
  }
  for (const c of golden.sliced) {
    const {directions} = c;
    add('slicedWasserstein, order 1', c.case, 'scipy', slicedWasserstein(c.real, c.generated, {directions}), c.order1);
    if (c.order2 === null) continue;
    add(
      'slicedWasserstein, order 2',
      c.case,
      'numpy',
      slicedWasserstein(c.real, c.generated, {directions, order: 2}),
      c.order2,
    );
  }
  for (const c of golden.paired) {
    const got = pairedComparison(c.a, c.b, {resamples: 10});
    add('pairedComparison', c.case, 'scipy', got.difference, c.difference);
    add('pairedComparison, p', c.case, 'scipy permutation_test', got.pValue, c.pValue, 1e-12);
  }
  for (const {values, low, high} of golden.seeds) {
    const {ci95} = seedInterval(values);
    add('seedInterval, low', `${values.length} seeds`, 'scipy', ci95[0], low, 1e-9);
    add('seedInterval, high', `${values.length} seeds`, 'scipy', ci95[1], high, 1e-9);
  }
  for (const c of golden.copying) {
    add('dataCopying, p', c.case, 'scipy', dataCopying(c.train, c.heldOut, c.generated).pValue, c.pValue, 1e-9);
  }
  for (const {z, value} of golden.normalTail) add('normal tail', `z = ${z}`, 'scipy', normalTail(z) / value, 1, 1e-12);
  return cases;
}

interface Picture {
  readonly data: Float64Array;
  readonly shape: number[];
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const powers = logits.map(value => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map(value => value / sum);
}
