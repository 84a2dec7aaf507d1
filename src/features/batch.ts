/** Examples become tensors, and tensors become parts again. */
import {assertShape, UserError, unknownChoice} from '../core/checks';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type Batch, type Example, type Modalities, type Part, partShape} from '../core/types';
import {buildCodec} from './codec';
import type {Codec} from './codec-type';
import {presenceOf, stackParts} from './stack-parts';

/**
 * Encodes each part once and remembers it: pictures and sounds as long as they live, sentences by their words. So an epoch
 * costs its features only the first time. The arrays are shared; do not write to them.
 */
export class FeatureCache {
  private readonly codecs: Readonly<Record<string, Codec>>;
  private readonly objects: Readonly<Record<string, WeakMap<object, Float32Array>>>;
  private readonly sentences: Readonly<Record<string, Map<string, Float32Array>>>;

  constructor(readonly modalities: Modalities) {
    this.codecs = mapRecord(modalities, spec => buildCodec(spec));
    this.objects = mapRecord(modalities, () => new WeakMap());
    this.sentences = mapRecord(modalities, () => new Map());
  }

  /** The values of a part of the modality `name`, without N. */
  encode(name: string, part: Part): Float32Array {
    const codec = this.codecs[name];
    if (!codec) throw unknownChoice('modality', name, Object.keys(this.codecs));
    const memory: {get(key: Part): Float32Array | undefined; set(key: Part, values: Float32Array): unknown} = (
      typeof part === 'string' ? this.sentences[name]! : this.objects[name]!
    ) as Map<Part, Float32Array>;
    const known = memory.get(part);
    if (known) return known;
    const values = codec.encode(part);
    memory.set(part, values);
    return values;
  }
}

/**
 * Stacks examples. A modality that an example does not show is filled up: with -1 for pictures and sounds (black, silence),
 * with 0 for text, and its mask is 0. The caller disposes the tensors.
 *
 * @throws UserError when there are no examples, or one shows a modality that the cache does not know.
 */
export function toBatch(examples: readonly Example[], cache: FeatureCache): Batch {
  if (examples.length === 0) throw new UserError('Expected at least one example in a batch, got 0.');
  const {modalities} = cache;
  for (const {parts} of examples) {
    const foreign = Object.keys(parts).find(name => !Object.hasOwn(modalities, name));
    if (foreign) throw unknownChoice('modality', foreign, Object.keys(modalities));
  }
  const parts = stackParts(examples, modalities, (name, part) => cache.encode(name, part));
  const present = mapRecord(presenceOf(examples, modalities), mask => tf.tensor1d(mask));
  return {size: examples.length, parts, present, labels: Int32Array.from(examples, ({label}) => label ?? -1)};
}

/** One record of parts for each of the N rows; modalities that `parts` does not hold are left out. The tensors stay. */
export function decodeParts(
  parts: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
): Record<string, Part>[] {
  const rows: Record<string, Part>[] = [];
  for (const [name, tensor] of Object.entries(parts)) {
    const spec = modalities[name];
    if (!spec) throw unknownChoice('modality', name, Object.keys(modalities));
    const shape = partShape(spec);
    assertShape(name, tensor.shape, [rows.length > 0 ? rows.length : null, ...shape]);
    const codec = buildCodec(spec);
    const values = tensor.dataSync() as Float32Array;
    const size = shape.reduce((product, axis) => product * axis, 1);
    for (let i = 0; i < tensor.shape[0]!; i++) {
      rows[i] = {...rows[i], [name]: codec.decode(values.subarray(i * size, (i + 1) * size))};
    }
  }
  return rows;
}
