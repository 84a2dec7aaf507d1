/** The Fréchet distance class by class. */
import {UserError} from '../core/checks';
import {frechetDistanceOfMoments} from './frechet';
import {assertLabels, classesIn, rowsByClass} from './labels';
import {type MatrixLike, selectRows, toMatrixPair} from './matrix';
import {momentsOf} from './moments';

export interface IntraClassFrechet {
  /** Mean over the classes. */
  readonly value: number;
  /** Distance of each class, by its label. */
  readonly each: Readonly<Record<number, number>>;
}

/**
 * Mean over the classes of the Fréchet distance between real and generated rows of that class. Unlike the distance of the whole sets
 * it sees classes that are mixed up, or drawn one way each.
 *
 * Source: Miyato & Koyama 2018 (arXiv:1802.05637), section 5 (intra FID).
 *
 * @param real features [n, d] with one label each; @param generated features [m, d] with one label each.
 * @throws UserError when a class of either side has fewer than two rows on one of them.
 */
export function intraClassFrechet(
  real: MatrixLike,
  generated: MatrixLike,
  realLabels: ArrayLike<number>,
  generatedLabels: ArrayLike<number>,
): IntraClassFrechet {
  const metric = 'intraClassFrechet';
  const [x, y] = toMatrixPair(metric, ['real', 'generated'], [real, generated], 2);
  assertLabels(metric, 'realLabels', realLabels, x.rows);
  assertLabels(metric, 'generatedLabels', generatedLabels, y.rows);
  const sides = [
    ['real', x, rowsByClass(realLabels)],
    ['generated', y, rowsByClass(generatedLabels)],
  ] as const;
  const classes = classesIn([...sides[0][2].keys(), ...sides[1][2].keys()]);
  const each: Record<number, number> = {};
  for (const label of classes) {
    const [ofReal, ofGenerated] = sides.map(([name, matrix, rows]) => {
      const own = rows.get(label) ?? [];
      if (own.length < 2) {
        throw new UserError(
          `Expected ${name} of ${metric} to have at least 2 rows of class ${label}, got ${own.length}.`,
        );
      }
      return momentsOf(selectRows(matrix, own));
    });
    each[label] = frechetDistanceOfMoments(ofReal!, ofGenerated!);
  }
  return {value: classes.reduce((sum, label) => sum + each[label]!, 0) / classes.length, each};
}
