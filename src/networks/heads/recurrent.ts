import {tf} from '../../core/tensorflow';
import type {ModalitySpec} from '../../core/types';
import {dense} from '../layers/dense';
import type {Parameters} from '../parameters';
import {buildCell, type CellName} from '../recurrent-cell';
import {sequenceView} from '../sequences';
import type {GeneratorHead, HeadSizes} from './head-type';
import {toUnits} from './units';

/**
 * An example step by step: a caption word by word, a sound frame by frame, a picture row by row. Each step is told what came before, so
 * that the whole becomes one sentence and not a blend of several. Words are passed on as probabilities, or as soft samples, so
 * that D's gradient reaches every step.
 */
export function recurrentHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {inputDim, hiddenUnits, cell: name}: HeadSizes & {readonly cell: CellName},
): GeneratorHead {
  const view = sequenceView(spec);
  const memorySize = name === 'gru' ? hiddenUnits : 2 * hiddenUnits;
  const start = dense(parameters, `${path}/start`, inputDim, memorySize);
  const cell = buildCell(name, parameters, `${path}/cell`, inputDim + view.width, hiddenUnits);
  const output = dense(parameters, `${path}/${spec.kind === 'text' ? 'words' : 'frames'}`, hiddenUnits, view.width, {
    std: 2 / Math.sqrt(hiddenUnits),
  });
  return {
    apply(u, _mode, sampling) {
      const chances = sampling && (tf.unstack(sampling.gumbel, 1) as tf.Tensor2D[]);
      let memory = tf.tanh(start(u)) as tf.Tensor2D;
      let last = tf.zeros<tf.Rank.R2>([u.shape[0], view.width]);
      const steps: tf.Tensor2D[] = [];
      for (let t = 0; t < view.steps; t++) {
        memory = cell.next(tf.concat([u, last], 1) as tf.Tensor2D, memory);
        const chance = sampling && chances && {...sampling, gumbel: chances[t]!};
        last = toUnits(spec, output(cell.output(memory)), chance) as tf.Tensor2D;
        steps.push(last);
      }
      return view.join(steps);
    },
  };
}
