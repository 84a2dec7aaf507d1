/** Sums of the cubic kernel over pairs of rows. */
import type {Matrix} from '../matrix';
import {tileScratch, type Workspace, withWorkspace} from './workspace';

const rowsPerTask = 256;

/** Σ (a·b / d + 1)³ over pairs i < j of x, over pairs i < j of y, and over all pairs of a row of x and a row of y. */
export function cubicKernelSums(x: Matrix, y: Matrix): [ofX: number, ofY: number, across: number] {
  const {columns} = x;
  const need = {
    floats: (x.rows + y.rows) * columns + (x.rows + y.rows) / rowsPerTask + 64,
    scratch: tileScratch,
    multiplications: columns * (x.rows ** 2 / 2 + y.rows ** 2 / 2 + x.rows * y.rows),
  };
  return withWorkspace(need, workspace => {
    const [a, b] = [place(workspace, x), place(workspace, y)];
    const sums = workspace.floats(Math.ceil(Math.max(x.rows, y.rows) / rowsPerTask));
    const scratch = workspace.scratch(tileScratch);
    const sum = (rows: number, from: number, others: number, to: number, triangle: boolean): number => {
      const tasks = Math.ceil(rows / rowsPerTask);
      const job = [rows, columns, from, others, to, triangle ? 1 : 0, sums.address, ...scratch];
      workspace.run('cubicKernelTask', tasks, job);
      return sums.view.subarray(0, tasks).reduce((total, value) => total + value, 0);
    };
    return [sum(x.rows, a, x.rows, a, true), sum(y.rows, b, y.rows, b, true), sum(x.rows, a, y.rows, b, false)];
  });
}

function place(workspace: Workspace, {data}: Matrix): number {
  const block = workspace.floats(data.length);
  block.view.set(data);
  return block.address;
}
