import {tf} from '../../core/tensorflow';
import type {ModalitySpec} from '../../core/types';
import type {Parameters} from '../parameters';
import {buildCell, type CellName} from '../recurrent-cell';
import {sequenceView} from '../sequences';
import type {Trunk, TrunkOptions} from './trunk-type';

/** Reads an example step by step and keeps what it remembers at the end: a caption's words, a sound's frames, a picture's rows. */
export function recurrentTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {hiddenUnits, cell: name}: TrunkOptions & {readonly cell: CellName},
): Trunk {
  const view = sequenceView(spec);
  const cell = buildCell(name, parameters, `${path}/cell`, view.width, hiddenUnits);
  return {
    height: 1,
    width: 1,
    channels: hiddenUnits,
    spectral: false,
    apply(x) {
      const start = tf.zeros<tf.Rank.R2>([x.shape[0]!, cell.memorySize]);
      const end = view.split(x).reduce((memory, step) => cell.next(step, memory), start);
      return cell.output(end).reshape([x.shape[0]!, 1, 1, hiddenUnits]);
    },
  };
}
