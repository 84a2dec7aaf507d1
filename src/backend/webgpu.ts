/**
 * WebGPU in Node, on request: Dawn (npm `webgpu`) under @tensorflow/tfjs-backend-webgpu. Neither is a dependency of this
 * package: most machines without a screen have no driver that Dawn accepts.
 */
import {tf} from '../core/tensorflow';

const cure =
  'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0, with a Vulkan driver (Mesa 25 or a GPU’s own)';

interface Dawn {
  create(flags: string[]): {requestAdapter(): Promise<unknown>};
  globals: Record<string, unknown>;
}

/** Makes WebGPU compute, or says why it cannot. */
export async function useWebgpu(): Promise<{reason: string; cure: string} | null> {
  let dawn: Dawn;
  try {
    dawn = require(require.resolve('webgpu')) as Dawn;
    require.resolve('@tensorflow/tfjs-backend-webgpu');
  } catch {
    return {reason: 'the packages webgpu and @tensorflow/tfjs-backend-webgpu are not installed', cure};
  }
  // The backend registers itself only where navigator.gpu is there when it is loaded.
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  if (!(await gpu.requestAdapter())) return {reason: 'no graphics driver was accepted', cure};
  Object.defineProperty(globalThis, 'navigator', {value: {gpu}, configurable: true, writable: true});
  require(require.resolve('@tensorflow/tfjs-backend-webgpu'));
  if (!(await tf.setBackend('webgpu'))) return {reason: 'the GPU could not be started', cure};
  return null;
}
