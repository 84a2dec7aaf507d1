/**
 * Repairs of gradients that TensorFlow.js 4.22 gets wrong without a word. They hold for every backend.
 *
 * Found by comparing with finite differences, first and second order; `test/backend/gradients.test.ts` does so again.
 */
import {tf} from '../core/tensorflow';
import {broadcastMatMulGradient, moreGradients} from './more-gradients';

let repaired = false;

/** Called by `selectBackend`; further calls do nothing. */
export function repairGradients(): void {
  if (repaired) return;
  repaired = true;
  tapeSavedOutputsAfterTheirOp();
  giveComparisonsZeroGradients();
  replaceGradient({kernelName: 'Elu', outputsToSave: [true], gradFunc: eluGradient});
  replaceGradient({
    kernelName: 'LeakyRelu',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: leakyReluGradient,
  });
  for (const config of moreGradients) replaceGradient(config);
  replaceGradient(broadcastMatMulGradient(tf.getGradient('BatchMatMul')));
  tf.registerGradient({kernelName: 'LeakyReluGrad', inputsToSave: ['x'], gradFunc: leakyReluSecondGradient});
}

/** What a gradient function returns: for each input, how to compute its gradient when it is wanted. */
type Gradients = ReturnType<tf.GradFunc>;

interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
}

/** The private part of the engine that is repaired; the packages are pinned, and the tests fail when it changes. */
interface Tape {
  readonly state: {activeTape?: TapeNode[]};
  addTapeNode(
    name: string,
    inputs: unknown,
    outputs: readonly tf.Tensor[],
    gradient: unknown,
    saved: readonly tf.Tensor[],
    attributes: unknown,
  ): void;
}

/**
 * An operation whose gradient needs its own output (sigmoid, tanh, exp, softmax …) saves a copy of it. The copy is written
 * on the tape before the operation. A second-order gradient goes through the tape backwards, so it meets the operation
 * first and the copy's contribution too late: x·sigmoid(x), attention, LSTM and every gradient penalty through them
 * come out wrong. Here the copies move behind their operation.
 */
function tapeSavedOutputsAfterTheirOp(): void {
  const engine = tf.engine() as unknown as Tape;
  const add = engine.addTapeNode;
  engine.addTapeNode = function (this: Tape, name, inputs, outputs, gradient, saved, attributes) {
    add.call(this, name, inputs, outputs, gradient, saved, attributes);
    const tape = this.state.activeTape;
    if (!tape || saved.length === 0 || tape.length <= saved.length) return;
    // The copies, one for each saved tensor and in that order, lie directly before the node just added.
    const first = tape.length - 1 - saved.length;
    const copies = tape.slice(first, -1);
    if (!copies.every((copy, i) => copy.outputs[0] === saved[i])) return;
    const node = tape[tape.length - 1]!;
    const showsOutput = (copy: TapeNode & {inputs?: {x?: tf.Tensor}}): boolean =>
      outputs.some(output => output.id === copy.inputs?.x?.id);
    tape.splice(
      first,
      copies.length + 1,
      ...copies.filter(copy => !showsOutput(copy)),
      node,
      ...copies.filter(showsOutput),
    );
  };
}

/** A comparison is constant almost everywhere. TensorFlow.js has no gradient for it, so max, clip, where … fail at second order. */
function giveComparisonsZeroGradients(): void {
  const binary = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];
  for (const kernelName of binary) {
    if (tf.getGradient(kernelName)) continue;
    const gradFunc = (_dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Gradients => ({
      a: () => tf.zeros(saved[0]!.shape),
      b: () => tf.zeros(saved[1]!.shape),
    });
    tf.registerGradient({kernelName, inputsToSave: ['a', 'b'], gradFunc});
  }
  if (!tf.getGradient('LogicalNot')) {
    tf.registerGradient({
      kernelName: 'LogicalNot',
      inputsToSave: ['x'],
      gradFunc: (_dy, [x]) => ({x: () => tf.zeros(x!.shape)}),
    });
  }
}

/** elu′ = 1 for x > 0, else eˣ = 1 + y: 1 − relu(−y). TensorFlow.js calls a kernel here that has no gradient itself. */
function eluGradient(dy: tf.Tensor | tf.Tensor[], [y]: tf.Tensor[]): Gradients {
  return {x: () => tf.mul(dy as tf.Tensor, tf.sub(1, tf.relu(tf.neg(y!))))};
}

/**
 * The output has the input's sign unless α is negative, and tells the slope as well. So nobody needs the input later, and
 * TensorFlow can fuse bias and activation into the product before them.
 */
function leakyReluGradient(dy: tf.Tensor | tf.Tensor[], [x, y]: tf.Tensor[], attributes: tf.NamedAttrMap): Gradients {
  const signed = (attributes['alpha'] as number) < 0 ? x! : y!;
  return {x: () => slopeTimes(dy as tf.Tensor, signed, attributes)};
}

/** Linear in dy, constant in x almost everywhere. */
function leakyReluSecondGradient(
  dy: tf.Tensor | tf.Tensor[],
  [x]: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Gradients {
  return {dy: () => slopeTimes(dy as tf.Tensor, x!, attributes), x: () => tf.zerosLike(x!)};
}

/** dy·(x > 0 ? 1 : α): one kernel where the backend has it, in place of three. */
function slopeTimes(dy: tf.Tensor, x: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  if (!tf.getKernel('LeakyReluGrad', tf.getBackend())) return tf.mul(dy, tf.step(x, attributes['alpha'] as number));
  return tf.engine().runKernel('LeakyReluGrad', {dy, x} as unknown as tf.NamedTensorMap, attributes) as tf.Tensor;
}

function replaceGradient(config: tf.GradConfig): void {
  if (tf.getGradient(config.kernelName)) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}
