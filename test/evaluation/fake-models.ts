/** Models that need no training: what evaluation must say of them is known beforehand. */
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import type {Example, Modalities} from '../../src/core/types';
import type {GenerativeModel} from '../../src/evaluation/evaluate';
import {FeatureCache, toBatch} from '../../src/features/batch';

/** Which of `numRows` known examples to show in place of example `row`, for a modality. */
export type Choice = (row: number, name: string, stream: RandomStream) => number;

/**
 * Knows all examples by heart. It recognises a given part by its values, and shows for each modality a part that `choose` picks.
 * Its code is the one-hot class.
 */
export function buildFakeModel(examples: readonly Example[], modalities: Modalities, choose: Choice): GenerativeModel {
  const cache = new FeatureCache(modalities);
  const names = Object.keys(modalities);
  const rowOf = new Map<string, number>();
  examples.forEach((example, row) => {
    for (const name of names) rowOf.set(keyOf(name, cache.encode(name, example.parts[name]!)), row);
  });
  const show = (rows: readonly number[], seed: number): Record<string, tf.Tensor> => {
    const stream = new RandomStream(seed, 'test/fake-model');
    const shown = rows.map(row => ({
      id: '',
      parts: Object.fromEntries(names.map(name => [name, examples[choose(row, name, stream)]!.parts[name]!])),
    }));
    return {...toBatch(shown, cache).parts};
  };
  const recognise = (parts: Record<string, tf.Tensor>): number[] => {
    const [name, tensor] = Object.entries(parts)[0]!;
    const values = tensor.dataSync() as Float32Array;
    const size = values.length / tensor.shape[0]!;
    return Array.from({length: tensor.shape[0]!}, (_, i) => {
      const row = rowOf.get(keyOf(name, values.subarray(i * size, (i + 1) * size)));
      if (row === undefined) throw new Error(`row ${i} of ${name} is not one of the examples`);
      return row;
    });
  };
  return {
    config: {modalities},
    generate: (count, {seed}) => {
      const stream = new RandomStream(seed, 'test/fake-rows');
      return show(
        Array.from({length: count}, () => stream.integer(examples.length)),
        seed,
      );
    },
    complete: ({parts}, {seed}) => ({...show(recognise(parts), seed), ...parts}),
    encode: ({parts}) =>
      tf.oneHot(
        recognise(parts).map(row => examples[row]!.label!),
        10,
      ) as tf.Tensor2D,
  };
}

function keyOf(name: string, values: Float32Array): string {
  return `${name}:${Buffer.from(Float32Array.from(values).buffer).toString('base64')}`;
}
