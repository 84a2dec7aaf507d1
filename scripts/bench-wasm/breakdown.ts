/** Where the milliseconds of a training step on wasm go: each kernel's own time, by kind, and what lies between kernels. */
import {tf} from '../../src/core/tensorflow';
import type {Part} from './kinds';

const kindOf: Readonly<Record<string, string>> = {
  BatchMatMul: 'products of matrices',
  FusedUpdate: 'optimizer (one pass over weights, gradients and moments)',
  Add: 'sums, differences, products, quotients (bias, losses, gradients added)',
  Sub: 'sums, differences, products, quotients (bias, losses, gradients added)',
  Multiply: 'sums, differences, products, quotients (bias, losses, gradients added)',
  RealDiv: 'sums, differences, products, quotients (bias, losses, gradients added)',
  LeakyRelu: 'activations and their gradients',
  LeakyReluGrad: 'activations and their gradients',
  Tanh: 'activations and their gradients',
  Sum: 'sums and means over axes',
  Mean: 'sums and means over axes',
};
const others = 'other kernels (losses, shapes)';
const between = 'between kernels (JavaScript: ops, tape, memory; reading the losses)';

/**
 * Means over `steps` steps. Every kernel of the process is timed from then on, which costs a little itself; so the parts add
 * up to slightly more than a step takes.
 */
export function breakdown(run: () => unknown, steps: number): Part[] {
  const parts = new Map<string, {ms: number; calls: number}>();
  const add = (what: string, ms: number, calls: number) => {
    const part = parts.get(what) ?? {ms: 0, calls: 0};
    parts.set(what, {ms: part.ms + ms, calls: part.calls + calls});
  };
  // A kernel that runs another one has the other's time subtracted from its own.
  const inner: number[] = [];
  // Some kernels are registered when they are first needed.
  run();
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    const {kernelName, kernelFunc} = kernel;
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      ...kernel,
      kernelFunc: request => {
        inner.push(0);
        const started = performance.now();
        const result = kernelFunc(request);
        const spent = performance.now() - started;
        add(kindOf[kernelName] ?? others, spent - inner.pop()!, 1);
        if (inner.length > 0) inner[inner.length - 1]! += spent;
        return result;
      },
    });
  }
  for (let i = 0; i < 20; i++) run();
  parts.clear();
  const started = performance.now();
  for (let i = 0; i < steps; i++) run();
  const total = performance.now() - started;
  const inKernels = [...parts.values()].reduce((sum, {ms}) => sum + ms, 0);
  add(between, total - inKernels, 0);
  return [...parts]
    .map(([what, {ms, calls}]) => ({what, ms: ms / steps, calls: calls / steps}))
    .sort((a, b) => b.ms - a.ms);
}
