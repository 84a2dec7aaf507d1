/** Finds what a training step must not do if it is to be recorded once and replayed: look at values, or make variables. */
import {tf} from '../core/tensorflow';

export interface HostReads<T> {
  readonly result: T;
  /** How often a tensor's values were asked for: `dataSync`, `data`, `arraySync`, `array`. */
  readonly reads: number;
  /** Variables made and kept. */
  readonly variables: number;
}

/** The engine's two doors from tensors to values; kernels go past them, to their backend. */
interface Doors {
  readSync(dataId: object): unknown;
  read(dataId: object): unknown;
}

/** Runs `action` and counts. watchHostReads(() => tf.scalar(1).dataSync()).reads is 1. */
export function watchHostReads<T>(action: () => T): HostReads<T> {
  const doors = tf.engine() as unknown as Doors;
  const [readSync, read] = [doors.readSync, doors.read];
  const variables = () => Object.keys(tf.engine().state.registeredVariables).length;
  const before = variables();
  let reads = 0;
  doors.readSync = function (this: Doors, dataId) {
    reads++;
    return readSync.call(this, dataId);
  };
  doors.read = function (this: Doors, dataId) {
    reads++;
    return read.call(this, dataId);
  };
  try {
    const result = action();
    return {result, reads, variables: variables() - before};
  } finally {
    doors.readSync = readSync;
    doors.read = read;
  }
}
