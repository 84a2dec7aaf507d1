/** What an operation keeps for its gradient, without an operation of its own. */
import {tf} from '../core/tensorflow';

/** The private part of the engine that is replaced; the packages are pinned, and the tests fail when it changes. */
interface Saving {
  saveTensorsForBackwardMode(tensors: tf.Tensor[]): tf.Tensor[];
  makeTensorFromTensorInfo(info: tf.TensorInfo): tf.Tensor;
}

/**
 * Makes TensorFlow.js keep what a gradient needs later as a second handle on the same memory, with the same tensor id.
 *
 * Its own way is a clone: a kernel call and two nodes on the tape for each kept tensor, a third of all kernel calls of a small
 * network's training step. Gradients are collected by tensor id, so with the id of the original a second-order gradient
 * arrives where it belongs without those nodes. For wasm only: a native step is recorded once and replayed, and the
 * recording knows tensors by what made them.
 */
export function saveWithoutClones(): void {
  const engine = tf.engine() as unknown as Saving;
  const clones = engine.saveTensorsForBackwardMode;
  engine.saveTensorsForBackwardMode = function (this: Saving, tensors) {
    if (tf.getBackend() !== 'wasm' || tensors.some(({dtype}) => dtype === 'string' || dtype === 'complex64')) {
      return clones.call(this, tensors);
    }
    const backend = tf.backend();
    return tensors.map(tensor => {
      backend.incRef(tensor.dataId);
      const handle = this.makeTensorFromTensorInfo(tensor);
      (handle as {id: number}).id = tensor.id;
      return tf.keep(handle);
    });
  };
}
