/**
 * Finds where NaN or infinity first appears. While it is watched for, every operation's result is looked at, forward and
 * backward; the first that is not finite although all its inputs were ends the step with an error that names the operation and the layer
 * that it belongs to. Slow, several times a step's time: for finding a fault, not for training.
 */
import {exitCodes, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {inNamedLayer, layerOf, pathOf, trackLayers} from './layer-names';

/** NaN or infinity in an operation's result. */
export class NotFiniteError extends UserError {
  override readonly name = 'NotFiniteError';
  constructor(
    message: string,
    /** Path of the layer; null where none was named. */
    readonly layer: string | null,
    readonly operation: string,
  ) {
    super(message, exitCodes.diverged);
  }
}

type Tensors = readonly tf.Tensor[];

/** The private part of the engine that is watched; the packages are pinned, and the tests fail when it changes. */
interface Engine {
  readonly state: {activeTape?: TapeNode[]};
  runKernelFunc(call: KernelCall): tf.Tensor | tf.Tensor[];
  addTapeNode(name: string, inputs: unknown, outputs: Tensors, ...rest: unknown[]): void;
}

interface KernelCall {
  readonly kernelName?: string;
  readonly inputs: Readonly<Record<string, tf.Tensor | Tensors | null>>;
}

interface TapeNode {
  gradient?: Gradient;
}

type Gradient = (dys: Tensors) => Record<string, () => tf.Tensor>;

let stop: (() => void) | null = null;

/** Whether operations are being watched; a step is then not to be replayed from a recording, which calls none. */
export function isWatchingForNaN(): boolean {
  return stop !== null;
}

/**
 * Watches from now on, on every engine. Further calls do nothing.
 *
 * @returns a function that ends the watch. While it lasts tf.log(-1) throws "Expected finite numbers from Log, got NaN (…)".
 */
export function watchForNaN(): () => void {
  if (stop) return stop;
  const engine = tf.engine() as unknown as Engine;
  const {runKernelFunc, addTapeNode} = engine;
  const untrack = trackLayers();
  engine.runKernelFunc = function (this: Engine, call) {
    const inputs = tensorsOf(call.inputs);
    // An operation made of others is looked at after them, so the first to fail is the innermost.
    const outputs = runKernelFunc.call(this, call);
    const layer = layerOf(inputs);
    for (const output of Array.isArray(outputs) ? outputs : [outputs]) {
      const fault = faultOf(output);
      if (fault) throw notFinite(call.kernelName ?? 'a custom operation', layer, fault, inputs);
    }
    return outputs;
  };
  engine.addTapeNode = function (this: Engine, name, inputs, outputs, ...rest) {
    const tape = this.state.activeTape;
    const known = new Set(tape);
    addTapeNode.call(this, name, inputs, outputs, ...rest);
    // A gradient runs long after its layer, and takes the name along.
    const layer = layerOf(tensorsOf(inputs as KernelCall['inputs']));
    for (const node of tape ?? []) if (!known.has(node)) nameGradient(node, layer);
  };
  stop = () => {
    Object.assign(engine, {runKernelFunc, addTapeNode});
    untrack();
    stop = null;
  };
  return stop;
}

function nameGradient(node: TapeNode, layer: string | null): void {
  const {gradient} = node;
  if (!gradient) return;
  const name = layer === null ? 'a gradient' : `the gradient ${layer.startsWith('after ') ? '' : 'of '}${layer}`;
  const named = (run: () => tf.Tensor) => () => inNamedLayer(name, run);
  node.gradient = dys => {
    const slopes = inNamedLayer(name, () => gradient(dys));
    return Object.fromEntries(Object.entries(slopes).map(([input, run]) => [input, named(run)]));
  };
}

interface Fault {
  readonly value: number;
  readonly count: number;
  readonly size: number;
  /** Indices of the first, axis by axis. */
  readonly place: readonly number[];
}

/** null where every number is finite, and for tensors that hold none. */
function faultOf(tensor: tf.Tensor): Fault | null {
  if (tensor.dtype !== 'float32') return null;
  const values = tensor.dataSync() as Float32Array;
  const first = values.findIndex(value => !Number.isFinite(value));
  if (first < 0) return null;
  const count = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
  let rest = first;
  const place = [...tensor.shape].reverse().map(size => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return {value: values[first]!, count, size: values.length, place: place.reverse()};
}

function notFinite(operation: string, layer: string | null, fault: Fault, inputs: Tensors): NotFiniteError {
  const where = layer === null ? '' : layer.startsWith('after ') ? `, ${layer}` : ` in ${layer}`;
  const {value, count, size, place} = fault;
  const places = size === 1 ? '' : ` (${count} of ${size} values, the first at [${place.join(', ')}])`;
  return new NotFiniteError(
    `Expected finite numbers from ${operation}${where}, got ${value}${places}; ${blame(inputs)}.`,
    layer,
    operation,
  );
}

/** Whether the operation itself is at fault. */
function blame(inputs: Tensors): string {
  const bad = inputs.findIndex(input => !input.isDisposed && faultOf(input));
  if (bad < 0) return 'its inputs were finite';
  const path = pathOf(inputs[bad]!);
  return path
    ? `the weights ${path} were not finite already, since their last update`
    : 'what came into the network was not finite already';
}

function tensorsOf(inputs: KernelCall['inputs']): tf.Tensor[] {
  return Object.values(inputs ?? {}).flatMap(input =>
    input instanceof tf.Tensor ? [input] : ((input ?? []) as tf.Tensor[]),
  );
}
