/** The assignment problem: which column for each row, so that the sum is greatest? */

/**
 * Kuhn's Hungarian method with shortest augmenting paths, O(n² m). Source: Jonker & Volgenant 1987 (doi:10.1007/BF02278710).
 *
 * @param gain [n][m] with n ≤ m. bestAssignment([[1, 2], [3, 5]]) is [0, 1]: 1 + 5 beats 2 + 3.
 * @returns the column of each row, all different.
 */
export function bestAssignment(gain: readonly ArrayLike<number>[]): number[] {
  const n = gain.length;
  const m = gain[0]?.length ?? 0;
  const rowPrice = new Float64Array(n + 1);
  const columnPrice = new Float64Array(m + 1);
  // Rows and columns from 1; column 0 stands for the row that is looking for one.
  const rowOf = new Int32Array(m + 1);
  for (let row = 1; row <= n; row++) {
    const cheapest = new Float64Array(m + 1).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(m + 1);
    const done = new Uint8Array(m + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      done[column] = 1;
      const from = rowOf[column]!;
      let least = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (done[j]) continue;
        const cost = -gain[from - 1]![j - 1]! - rowPrice[from]! - columnPrice[j]!;
        if (cost < cheapest[j]!) {
          cheapest[j] = cost;
          before[j] = column;
        }
        if (cheapest[j]! < least) {
          least = cheapest[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (done[j]) {
          rowPrice[rowOf[j]!]! += least;
          columnPrice[j]! -= least;
        } else cheapest[j]! -= least;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = before[column]!) rowOf[column] = rowOf[before[column]!]!;
  }
  const columns = new Array<number>(n).fill(-1);
  for (let j = 1; j <= m; j++) if (rowOf[j]! > 0) columns[rowOf[j]! - 1] = j - 1;
  return columns;
}
