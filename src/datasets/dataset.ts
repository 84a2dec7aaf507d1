import type {RandomStream} from '../core/random';
import type {Example, Modalities, SplitName} from '../core/types';

/** Files as examples, in three splits that share no picture and no voice. */
export interface Dataset {
  /** Such as 'digits'. */
  readonly name: string;
  readonly modalities: Modalities;
  /** Label 0 is the first. */
  readonly classNames: readonly string[];
  /** One line for reports: where the data come from. */
  readonly source: string;
  /**
   * One example a picture, each with freshly drawn partners of its own class. In the order of the stream unless
   * `shuffle` is false; the same stream state gives the same examples.
   */
  pair(split: SplitName, stream: RandomStream, options?: {shuffle?: boolean}): Example[];
  /** The fixed rows of a split, one a picture, in the order of the files. The same array at each call. */
  rows(split: SplitName): readonly Example[];
}
