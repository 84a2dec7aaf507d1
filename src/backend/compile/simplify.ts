/**
 * Takes out of a recording what computes nothing: reshapes to the same shape, casts to the same type, products with ones.
 *
 * TensorFlow.js spreads the gradient of a sum by multiplying it with ones as large as what was summed. Spreading alone
 * gives the same bits, and keeps megabytes of ones out of the graph, which TensorFlow copies in each of its passes.
 */
import type {Binding} from './binding';
import {dataTypes} from './graph-def';
import {markNeeded, type OutputShape, type RecordedNode, type Recording, type Ref} from './recording';

type Op = Extract<RecordedNode, {kind: 'op'}>;

/** The same step, with the same results bit for bit. */
export function simplify(recording: Recording, binding: Binding): Recording {
  const nodes: RecordedNode[] = [];
  /** Where outputs of old nodes are now; inputs come before what uses them. */
  const moved: ((output: number) => Ref)[] = [];
  const now = ({node, output}: Ref) => moved[node]!(output);
  const later = (after: readonly number[]) => after.map(node => now({node, output: 0}).node);
  const add = (node: RecordedNode) => nodes.push(node) - 1;
  const spreadAttributes = [
    {name: 'T', type: binding.TF_ATTR_TYPE, value: dataTypes.float32},
    {name: 'Tidx', type: binding.TF_ATTR_TYPE, value: dataTypes.int32},
  ];

  recording.nodes.forEach((old, i) => {
    const passed = old.kind === 'op' ? passedOn(old, recording.nodes) : null;
    if (passed) {
      const ref = now(passed);
      moved[i] = () => ref;
      return;
    }
    const spread = old.kind === 'op' ? spreadInput(old, recording.nodes) : null;
    let node = old;
    if (old.kind === 'op') {
      const inputs = spread ? [now(spread), shapeConstant(old.outputs[0]!)] : old.inputs.map(now);
      node = {
        ...old,
        ...(spread && {op: 'BroadcastTo', attributes: spreadAttributes}),
        inputs,
        after: later(old.after),
      };
    }
    const number = add(node);
    moved[i] = output => ({node: number, output});
  });
  const results = recording.results.map(result => ({...result, ref: now(result.ref)}));
  const assignments = recording.assignments.map(({state, ref, after}) => ({state, ref: now(ref), after: later(after)}));
  return {nodes, results, assignments, needed: markNeeded(nodes, results, assignments)};

  function shapeConstant({shape}: OutputShape): Ref {
    const bytes = new Uint8Array(Int32Array.from(shape).buffer);
    return {node: add({kind: 'constant', type: dataTypes.int32, shape: [shape.length], bytes, trace: null}), output: 0};
  }
}

/** The input that an op returns as it is; null where it does something. */
function passedOn(op: Op, nodes: readonly RecordedNode[]): Ref | null {
  if (op.after.length > 0 || op.outputs.length !== 1) return null;
  const isSame = (ref: Ref) => {
    const input = outputOf(ref, nodes);
    return input?.type === op.outputs[0]!.type && String(input.shape) === String(op.outputs[0]!.shape);
  };
  if ((op.op === 'Reshape' || op.op === 'Cast') && isSame(op.inputs[0]!)) return op.inputs[0]!;
  const factor = factorOfOnes(op, nodes);
  return factor && isSame(factor) ? factor : null;
}

/** The factor of a product with ones that is smaller than the product. */
function spreadInput(op: Op, nodes: readonly RecordedNode[]): Ref | null {
  return op.after.length === 0 ? factorOfOnes(op, nodes) : null;
}

function factorOfOnes(op: Op, nodes: readonly RecordedNode[]): Ref | null {
  if (op.op !== 'Mul' || op.outputs[0]!.type !== dataTypes.float32) return null;
  const ones = op.inputs.findIndex(({node}) => isOnes(nodes[node]!));
  if (ones < 0) return null;
  const factor = op.inputs[1 - ones]!;
  return hasNoSubnormals(factor, nodes) ? factor : null;
}

/**
 * Whether a product would leave every bit of these values. It turns subnormal numbers, those nearer to 0 than 1.2e-38,
 * into 0; arguments, variables and what is only moved may hold some, what has been computed does not.
 */
function hasNoSubnormals({node}: Ref, nodes: readonly RecordedNode[]): boolean {
  const source = nodes[node]!;
  if (source.kind === 'constant')
    return floats(source.bytes).every(value => value === 0 || Math.abs(value) >= 2 ** -126);
  if (source.kind !== 'op') return false;
  return moves.has(source.op) ? hasNoSubnormals(source.inputs[0]!, nodes) : computes.has(source.op);
}

const moves = new Set(['Reshape', 'ExpandDims']);
const computes = new Set(
  'Add AddV2 BatchMatMulV2 Exp Log Mean Mul RealDiv Rsqrt Sigmoid Softplus Sqrt Square Sub Tanh'.split(' '),
);

function isOnes(node: RecordedNode): boolean {
  if (node.kind !== 'constant' || node.type !== dataTypes.float32) return false;
  return floats(node.bytes).every(value => value === 1);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

function outputOf({node, output}: Ref, nodes: readonly RecordedNode[]): OutputShape | null {
  const source = nodes[node]!;
  if (source.kind === 'handle') return null;
  return source.kind === 'op' ? source.outputs[output]! : source;
}
