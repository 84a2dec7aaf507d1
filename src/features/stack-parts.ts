/** Which parts examples show, and those parts laid into one tensor a modality. */
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type Example, type Modalities, type ModalitySpec, type Part, type Presence, partShape} from '../core/types';

/**
 * One tensor a modality with a row for each example, [N, …partShape]. A row of filler stands where the part is absent: -1 for
 * pictures and sounds (black, silence), 0 for text. The caller disposes the tensors.
 *
 * @param values the values of a part, as many as its shape holds; called modality by modality, in the order of the examples.
 */
export function stackParts(
  examples: readonly Example[],
  modalities: Modalities,
  values: (name: string, part: Part) => Float32Array,
): Record<string, tf.Tensor> {
  // All arrays before any tensor, so that a part that is refused leaves none behind.
  const arrays = mapRecord(modalities, (spec, name) => {
    const size = partShape(spec).reduce((product, axis) => product * axis, 1);
    const stacked = new Float32Array(examples.length * size).fill(filler(spec));
    examples.forEach((example, i) => {
      if (isPresent(example, name)) stacked.set(values(name, example.parts[name]!), i * size);
    });
    return stacked;
  });
  return mapRecord(modalities, (spec, name) => tf.tensor(arrays[name]!, [examples.length, ...partShape(spec)]));
}

/** Whether an example shows a modality. Own keys only: a modality may be called `constructor`. */
export function isPresent({parts}: Example, name: string): boolean {
  return Object.hasOwn(parts, name) && parts[name] !== undefined;
}

/** Which modalities each example shows: 1 or 0 for each example, by modality. */
export function presenceOf(examples: readonly Example[], modalities: Modalities): Presence {
  return mapRecord(modalities, (_, name) => Float32Array.from(examples, example => (isPresent(example, name) ? 1 : 0)));
}

/** What stands where nothing was observed. */
function filler(spec: ModalitySpec): number {
  return spec.kind === 'text' ? 0 : -1;
}
