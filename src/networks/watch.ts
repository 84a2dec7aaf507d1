/** Layers say who they are while they work, so that summaries can count and a search for NaN can name them. */
import {atLayer} from '../backend/layer-names';
import type {tf} from '../core/tensorflow';

/** Gives a layer its name. The function that comes back does what `layer` does, and is seen by whoever watches. */
export function watched<Inputs extends unknown[], Output extends tf.Tensor>(
  path: string,
  layer: (...inputs: Inputs) => Output,
): (...inputs: Inputs) => Output {
  return (...inputs) => atLayer(path, () => layer(...inputs));
}
