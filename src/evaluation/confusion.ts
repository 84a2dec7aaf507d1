import {UserError} from '../core/checks';
import {assertLabels} from './labels';

/**
 * How often truth c (row) was shown as d (column).
 *
 * @param truth, shown class indices of the same rows, 0 … numClasses - 1.
 * @returns counts [numClasses, numClasses] that sum to the number of rows; confusionMatrix([0, 1, 1], [0, 0, 1], 2) is [[1, 0], [1, 1]].
 */
export function confusionMatrix(truth: ArrayLike<number>, shown: ArrayLike<number>, numClasses: number): number[][] {
  assertLabels('confusionMatrix', 'shown', shown, truth.length);
  const counts = Array.from({length: numClasses}, () => new Array<number>(numClasses).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const [row, column] = [truth[i]!, shown[i]!];
    if (counts[row]?.[column] === undefined) {
      throw new UserError(
        `Expected labels of confusionMatrix from 0 to ${numClasses - 1}, got ${row} and ${column} at ${i}.`,
      );
    }
    counts[row][column]! += 1;
  }
  return counts;
}
