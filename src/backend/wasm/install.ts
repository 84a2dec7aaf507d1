/** The wasm backend of TensorFlow.js with the kernels of this folder in it. */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {tf} from '../../core/tensorflow';
import {conv2d, conv2dFilterGradient, conv2dInputGradient} from './convolution';
import {clipByValue, leakyRelu, leakyReluGradient, relu6, tanh} from './elementwise';
import {guardHeap, replaceKernel} from './heap';
import {batchMatMul, fusedMatMul} from './matmul';
import {unsortedSegmentSum} from './segment-sum';

let installed = false;

/** Makes wasm the backend that computes. Loads it at the first call; throws where it cannot be started. */
export async function useWasm(): Promise<void> {
  if (!installed) require('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly could not be started');
  if (installed) return;
  installed = true;
  guardHeap(tf.backend() as BackendWasm);
  replaceKernel('BatchMatMul', batchMatMul);
  replaceKernel('_FusedMatMul', () => fusedMatMul);
  replaceKernel('Conv2D', conv2d);
  replaceKernel('Conv2DBackpropFilter', () => conv2dFilterGradient);
  replaceKernel('Conv2DBackpropInput', () => conv2dInputGradient);
  replaceKernel('UnsortedSegmentSum', () => unsortedSegmentSum);
  replaceKernel('Tanh', () => tanh);
  replaceKernel('LeakyRelu', leakyRelu);
  replaceKernel('LeakyReluGrad', () => leakyReluGradient);
  replaceKernel('ClipByValue', () => clipByValue);
  replaceKernel('Relu6', () => relu6);
}
