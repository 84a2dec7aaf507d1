/**
 * Takes out of a recording what computes nothing: reshapes to the same shape, casts to the same type, products with ones.
 *
 * TensorFlow.js spreads the gradient of a sum by multiplying it with ones as large as what was summed. Spreading alone
 * gives the same bits, and keeps megabytes of ones out of the graph, which TensorFlow copies in each of its passes.
 */
import type {Binding} from './binding';
import {dataTypes} from './graph-def';
import {
  integerConstant,
  markNeeded,
  type OpNode,
  outputOf,
  type RecordedNode,
  type Recording,
  type Ref,
} from './recording';

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
    if (old.kind !== 'op') {
      const number = add(old);
      moved[i] = output => ({node: number, output});
      return;
    }
    const only = onlyInput(old, recording.nodes);
    if (only?.isSame) {
      const ref = now(only.ref);
      moved[i] = () => ref;
      return;
    }
    const change = only
      ? {
          op: 'BroadcastTo',
          attributes: spreadAttributes,
          inputs: [now(only.ref), {node: add(integerConstant(old.outputs[0]!.shape)), output: 0}],
        }
      : {inputs: old.inputs.map(now)};
    const number = add({...old, ...change, after: later(old.after)});
    moved[i] = output => ({node: number, output});
  });
  const results = recording.results.map(result => ({...result, ref: now(result.ref)}));
  const assignments = recording.assignments.map(({state, ref, after}) => ({state, ref: now(ref), after: later(after)}));
  return {nodes, results, assignments, needed: markNeeded(nodes, results, assignments)};
}

/** The input that an op returns as it is, or only spread to a larger shape; null where it computes something. */
function onlyInput(op: OpNode, nodes: readonly RecordedNode[]): {readonly ref: Ref; readonly isSame: boolean} | null {
  if (op.after.length > 0 || op.outputs.length !== 1) return null;
  const isMove = op.op === 'Reshape' || op.op === 'Cast';
  const ref = isMove ? op.inputs[0]! : factorOfOnes(op, nodes);
  if (!ref) return null;
  const [input, output] = [outputOf(ref, nodes), op.outputs[0]!];
  const isSame = input?.type === output.type && String(input.shape) === String(output.shape);
  return isSame || !isMove ? {ref, isSame} : null;
}

/** What a product multiplies with nothing but ones. */
function factorOfOnes(op: OpNode, nodes: readonly RecordedNode[]): Ref | null {
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
  return passesOn.has(source.op) ? hasNoSubnormals(source.inputs[0]!, nodes) : computes.has(source.op);
}

/** Ops whose values are those of their first input, with another sign, or products with them. */
const passesOn = new Set(['Reshape', 'ExpandDims', 'Neg', 'LeakyReluGrad']);
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
