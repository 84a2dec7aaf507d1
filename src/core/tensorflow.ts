/**
 * The one place that imports TensorFlow.js. Every room takes `tf` from here, so that all of them share one engine;
 * which engine computes is chosen in `src/backend`.
 */
import * as tf from '@tensorflow/tfjs';

export {tf};

/** Variables by path, such as `image/stage1/kernel`. The order of keys is the order of creation. */
export type NamedVariables = Record<string, tf.Variable>;
