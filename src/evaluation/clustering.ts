/** Do clusters, whose numbers mean nothing, agree with classes? */
import {UserError} from '../core/checks';
import {bestAssignment} from './assignment';
import {assertLabels, classesIn} from './labels';

/**
 * Clustering accuracy: the share of rows that are right when each cluster is given the class, each class at most once, that makes
 * it greatest (Hungarian method).
 *
 * Source: Yang et al. 2010 (doi:10.1109/TIP.2010.2049235), eq. 22. Chance: about 1 / classes.
 *
 * @param labels true classes [n]; @param clusters [n], any integers. clusteringAccuracy([0, 0, 1, 1], [5, 5, 5, 3]) is 0.75.
 */
export function clusteringAccuracy(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const {counts, total} = contingency('clusteringAccuracy', labels, clusters);
  const tall = counts.length > counts[0]!.length;
  const gain = tall ? counts[0]!.map((_, j) => counts.map(row => row[j]!)) : counts;
  return bestAssignment(gain).reduce((sum, column, row) => sum + gain[row]![column]!, 0) / total;
}

/**
 * Normalised mutual information.
 *
 *   NMI = 2 I(labels; clusters) / (H(labels) + H(clusters))
 *
 * Source: Vinh, Epps & Bailey 2010 (JMLR 11), table 2 (sum). Not corrected for chance: many small clusters score above 0.
 *
 * @returns in [0, 1]; 1 when the partitions are the same, two that are both one group included.
 */
export function normalizedMutualInformation(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const {counts, rows, columns, total} = contingency('normalizedMutualInformation', labels, clusters);
  if (rows.length === 1 && columns.length === 1) return 1;
  let mutual = 0;
  counts.forEach((line, i) => {
    line.forEach((count, j) => {
      if (count > 0) mutual += (count / total) * Math.log((count * total) / (rows[i]! * columns[j]!));
    });
  });
  const entropy = (sizes: readonly number[]): number =>
    sizes.reduce((sum, size) => sum - (size / total) * Math.log(size / total), 0);
  return Math.min(1, Math.max(0, mutual) / ((entropy(rows) + entropy(columns)) / 2));
}

/**
 * Adjusted Rand index: agreement on pairs of rows, together or apart, above what chance gives.
 *
 *   ARI = 2 (TP TN - FN FP) / ((TP + FN)(FN + TN) + (TP + FP)(FP + TN))   over pairs
 *
 * Source: Hubert & Arabie 1985 (doi:10.1007/BF01908075), in the form of Warrens 2008.
 *
 * @returns at most 1; about 0 for independent partitions, negative for worse.
 */
export function adjustedRandIndex(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const {counts, rows, columns, total} = contingency('adjustedRandIndex', labels, clusters);
  const squares = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size * size, 0);
  const both = squares(counts.flat());
  // Ordered pairs, so twice the number of pairs.
  const together = both - total;
  const apartInLabels = squares(columns) - both;
  const apartInClusters = squares(rows) - both;
  const apart = total * total - apartInLabels - apartInClusters - both;
  if (apartInLabels === 0 && apartInClusters === 0) return 1;
  return (
    (2 * (together * apart - apartInClusters * apartInLabels)) /
    ((together + apartInClusters) * (apartInClusters + apart) + (together + apartInLabels) * (apartInLabels + apart))
  );
}

interface Contingency {
  /** [classes][clusters]. */
  readonly counts: number[][];
  readonly rows: number[];
  readonly columns: number[];
  readonly total: number;
}

function contingency(metric: string, labels: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  if (labels.length === 0) throw new UserError(`Expected labels of ${metric} to hold at least 1 row, got 0.`);
  assertLabels(metric, 'labels', labels, labels.length);
  assertLabels(metric, 'clusters', clusters, labels.length);
  const placeOf = (values: ArrayLike<number>): Map<number, number> => new Map(classesIn(values).map((v, i) => [v, i]));
  const [classPlace, clusterPlace] = [placeOf(labels), placeOf(clusters)];
  const counts = Array.from(classPlace, () => new Array<number>(clusterPlace.size).fill(0));
  for (let i = 0; i < labels.length; i++) counts[classPlace.get(labels[i]!)!]![clusterPlace.get(clusters[i]!)!]! += 1;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    counts,
    rows: counts.map(sum),
    columns: Array.from(clusterPlace, (_, j) => sum(counts.map(row => row[j]!))),
    total: labels.length,
  };
}
