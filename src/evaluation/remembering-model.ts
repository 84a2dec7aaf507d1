/** A model that answers the same question once: scores and figures of a report then cost one drawing, not two. */
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {GenerativeModel} from './evaluate';
import {fingerprintOf} from './feature-extractors';

export interface RememberingModel extends GenerativeModel {
  /** Frees what it remembers; the model stays its owner's. */
  dispose(): void;
}

/**
 * Remembers what `generate` and `complete` returned, under every value of what was given. Models answer equal questions with equal
 * parts, so nothing changes but the time: a second `generate(4, {seed: 1})` draws nothing.
 */
export function remember(model: GenerativeModel): RememberingModel {
  const known = new Map<string, Record<string, tf.Tensor>>();
  const answer = (key: string, make: () => Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    let parts = known.get(key);
    if (!parts) {
      parts = mapRecord(make(), part => tf.keep(part));
      known.set(key, parts);
    }
    // Copies of the handle: whoever asked may dispose them, alone or with the scope that they stand in.
    return mapRecord(parts, part => part.clone());
  };
  return {
    config: model.config,
    generate: (count, {seed}) => answer(`generate ${count} ${seed}`, () => model.generate(count, {seed})),
    complete: (partial, {seed}) => {
      const given = Object.entries(partial.parts).flatMap(([name, part]) => {
        const values = part.dataSync();
        return [name, part.shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
      });
      return answer(`complete ${seed} ${fingerprintOf(...given)}`, () =>
        // Given parts come back as they are: a handle of its own, so that keeping them does not keep the caller's.
        mapRecord(model.complete(partial, {seed}), (part, name) =>
          part === partial.parts[name] ? part.clone() : part,
        ),
      );
    },
    encode: partial => model.encode(partial),
    dispose: () => {
      for (const parts of known.values()) tf.dispose(parts);
      known.clear();
    },
  };
}
