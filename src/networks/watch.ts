/** Layers can be watched while they work: by a summary that counts, or by a search for the first value that is not finite. */
import type {tf} from '../core/tensorflow';

export interface LayerWatcher {
  /** The layer begins; layers inside it follow before it ends. @param path of its parameters, such as `discriminator/image/hidden`. */
  readonly begin?: (path: string) => void;
  /** The layer is done; its result is still alive. */
  readonly end?: (path: string, output: tf.Tensor) => void;
}

const watchers: LayerWatcher[] = [];

/** Gives a layer its name. The function that comes back does what `layer` does, and is seen by whoever watches. */
export function watched<Inputs extends unknown[], Output extends tf.Tensor>(
  path: string,
  layer: (...inputs: Inputs) => Output,
): (...inputs: Inputs) => Output {
  return (...inputs) => {
    if (watchers.length === 0) return layer(...inputs);
    for (const watcher of watchers) watcher.begin?.(path);
    const output = layer(...inputs);
    for (const watcher of watchers) watcher.end?.(path, output);
    return output;
  };
}

/** Runs `work` and tells `watcher` of every layer that works meanwhile, in their order. @returns what `work` returns. */
export function watchLayers<T>(watcher: LayerWatcher, work: () => T): T {
  watchers.push(watcher);
  try {
    return work();
  } finally {
    watchers.splice(watchers.lastIndexOf(watcher), 1);
  }
}
