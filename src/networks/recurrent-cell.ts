/** A memory that is carried from step to step, GRU or LSTM behind one interface. */
import type {tf} from '../core/tensorflow';
import {gruCell} from './layers/gru';
import {lstmCell} from './layers/lstm';
import type {Parameters} from './parameters';

export type CellName = 'gru' | 'lstm';

export interface RecurrentCell {
  /** Values of the memory: units, or twice as many for an LSTM, whose second half nobody else reads. */
  readonly memorySize: number;
  /** x [N, inputs] and the memory [N, memorySize] → the next memory. */
  next(x: tf.Tensor2D, memory: tf.Tensor2D): tf.Tensor2D;
  /** What others may read of a memory, [N, units]. */
  output(memory: tf.Tensor2D): tf.Tensor2D;
}

export function buildCell(
  name: CellName,
  parameters: Parameters,
  path: string,
  inputs: number,
  units: number,
): RecurrentCell {
  return name === 'gru'
    ? {memorySize: units, next: gruCell(parameters, path, inputs, units), output: memory => memory}
    : {
        memorySize: 2 * units,
        next: lstmCell(parameters, path, inputs, units),
        output: memory => memory.slice([0, 0], [-1, units]),
      };
}
