/** Pictures as vectors: what a trained network knows of them before its last layer. */
import {assertShape, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';

export interface NetworkEmbedding {
  /** The layer whose output it is. */
  readonly layer: string;
  /** D. */
  readonly dim: number;
  /** Pictures [N, H, W, C], in the range that the network was trained on, to vectors [N, D]. */
  embed(pictures: tf.Tensor): tf.Tensor2D;
}

/**
 * The output of a network's penultimate layer, the last with weights before the one that answers, as an embedding of its input; outputs
 * with places are averaged over them. What is similar for the network's task lies near: two sevens, not two pictures in one place.
 *
 * Source: features of a trained network for other tasks, Donahue et al. 2014, section 3 (arXiv:1310.1531). There is no inverse: many
 * pictures share a vector; the nearest of known pictures is the usual way back.
 *
 * @param model stays its owner's. @param layer another layer, by name.
 * @throws UserError for a network of fewer than two layers with weights, or without that layer.
 */
export function networkEmbedding(model: tf.LayersModel, layer?: string): NetworkEmbedding {
  const chosen = layer === undefined ? penultimate(model) : model.layers.find(({name}) => name === layer);
  if (!chosen) {
    const names = model.layers.map(({name}) => name).join(', ');
    throw new UserError(`Expected layer of the embedding to be one of ${names}, got "${layer}".`);
  }
  const cut = tf.model({inputs: model.inputs, outputs: chosen.output as tf.SymbolicTensor});
  const shape = chosen.outputShape as readonly (number | null)[];
  return {
    layer: chosen.name,
    dim: shape[shape.length - 1]!,
    embed: pictures =>
      tf.tidy(() => {
        assertShape('the input of the embedding', pictures.shape, model.inputs[0]!.shape);
        const output = cut.predict(pictures) as tf.Tensor;
        const places = output.shape.map((_, axis) => axis).slice(1, -1);
        return (places.length > 0 ? output.mean(places) : output) as tf.Tensor2D;
      }),
  };
}

/** What is given to the last layer with weights: activations that follow the one before it belong to it. */
function penultimate(model: tf.LayersModel): tf.layers.Layer {
  const weighted = model.layers.flatMap((layer, i) => (layer.countParams() > 0 ? [i] : []));
  if (weighted.length < 2) {
    throw new UserError(`Expected a network of at least 2 layers with weights, got ${weighted.length}.`);
  }
  return model.layers[weighted[weighted.length - 1]! - 1]!;
}
