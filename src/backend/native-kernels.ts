/** What the native backend is given besides the kernels of tfjs-node. */
import {tf} from '../core/tensorflow';
import {backToFewChannels, convolveTwoChannels} from './native-convolutions';

type KernelArguments = Parameters<tf.KernelFunc>[0];

interface NativeBackend {
  readonly binding: {
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
  };
  getDTypeInteger(dtype: tf.DataType): number;
  executeSingleOutput(name: string, attributes: readonly unknown[], inputs: readonly tf.TensorInfo[]): tf.TensorInfo;
}

let added = false;

export function addNativeKernels(): void {
  if (added) return;
  added = true;
  tf.registerKernel({kernelName: 'LeakyReluGrad', backendName: 'tensorflow', kernelFunc: leakyReluGradient});
  replaceKernel('Softmax', softmax);
  replaceKernel('AddN', addAll);
  replaceKernel('GatherV2', gather);
  const convolve = tf.getKernel('Conv2D', 'tensorflow')!.kernelFunc;
  replaceKernel('Conv2D', args => convolveTwoChannels(convolve, args));
  const backToInput = tf.getKernel('Conv2DBackpropInput', 'tensorflow')!.kernelFunc;
  replaceKernel('Conv2DBackpropInput', args => backToFewChannels(args) ?? backToInput(args));
}

/**
 * tfjs-node reads the indices on the host to check them, which a recorded step may not do. TensorFlow checks them itself,
 * and says which is out of range.
 */
function gather({inputs, attrs, backend}: KernelArguments): tf.TensorInfo {
  const native = backend as NativeBackend;
  const {x, indices} = inputs as {x: tf.TensorInfo; indices: tf.TensorInfo};
  const {axis, batchDims} = attrs as unknown as {axis: number; batchDims: number};
  tf.backend_util.segment_util.collectGatherOpShapeInfo(x as tf.Tensor, indices as tf.Tensor, axis, batchDims);
  const {binding} = native;
  const type = (name: string, dtype: tf.DataType) => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: native.getDTypeInteger(dtype),
  });
  const attributes = [
    {name: 'batch_dims', type: binding.TF_ATTR_INT, value: batchDims},
    type('Tparams', x.dtype),
    type('Tindices', indices.dtype),
    type('Taxis', 'int32'),
  ];
  const axisTensor = tf.scalar(axis, 'int32');
  const result = native.executeSingleOutput('GatherV2', attributes, [x, indices, axisTensor]);
  axisTensor.dispose();
  return result;
}

function replaceKernel(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({kernelName, backendName: 'tensorflow', kernelFunc});
}

/**
 * In a graph oneDNN computes TensorFlow's Softmax and AddN, in a single call Eigen does, and they round differently.
 * Written out they are the same everywhere, so that a compiled step leaves the weights that a plain one does.
 */
function softmax({inputs, attrs}: KernelArguments): tf.TensorInfo {
  return tf.tidy(() => {
    const logits = inputs['logits'] as tf.Tensor;
    const axis = attrs!['dim'] as number;
    const powers = tf.exp(tf.sub(logits, tf.max(logits, axis, true)));
    return tf.div(powers, tf.sum(powers, axis, true));
  });
}

/** From first to last; see `softmax`. */
function addAll({inputs}: KernelArguments): tf.TensorInfo {
  return tf.tidy(() => (Object.values(inputs) as tf.Tensor[]).reduce((sum, term) => tf.add(sum, term)).clone());
}

/** dy·(x > 0 ? 1 : α). TensorFlow has the operation, tfjs-node does not offer it; see gradients.ts. */
function leakyReluGradient({inputs, attrs, backend}: KernelArguments): tf.TensorInfo {
  const native = backend as NativeBackend;
  const attributes = [
    {name: 'alpha', type: native.binding.TF_ATTR_FLOAT, value: attrs!['alpha']},
    {name: 'T', type: native.binding.TF_ATTR_TYPE, value: native.binding.TF_FLOAT},
  ];
  return native.executeSingleOutput('LeakyReluGrad', attributes, [inputs['dy'], inputs['x']] as tf.TensorInfo[]);
}
