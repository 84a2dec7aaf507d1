/**
 * Keeps TensorFlow's graph optimizer from rearranging arithmetic, so that a replay rounds as the step itself does.
 *
 * The optimizer knows that a·(b·c) is (a·b)·c, that a sum has no order, that x/√y is x·(1/√y); floating-point numbers do
 * not. The engine that set-up builds runs steps without it (scripts/native/plain-sessions.h), and nothing need be done. Through
 * another build of the binding it cannot be told so, but it does not look behind a value that could be fed from outside: there
 * constants, and what passes from one arithmetic op to the next, go through such a value. Products with a bias and an
 * activation are still fused.
 *
 * Source: TensorFlow's grappler, arithmetic_optimizer.cc, constant_folding.cc and remapper.cc.
 */
import {dataTypes} from './graph-def';
import type {OpNode, RecordedNode, Ref} from './recording';

/** An op that passes its input on, and that a run may feed instead. */
export const opaqueOp = 'PlaceholderWithDefault';

/** Says of each constant whether it must not be computed with when the graph is loaded: a float, or what becomes one. */
export function opaqueConstants(nodes: readonly RecordedNode[]): (index: number) => boolean {
  const cast = new Set<number>();
  for (const node of nodes) if (node.kind === 'op' && node.op === 'Cast') cast.add(node.inputs[0]!.node);
  return index => {
    const node = nodes[index]!;
    return node.kind === 'constant' && (node.type === dataTypes.float32 || cast.has(index));
  };
}

/** Says of each op whether arithmetic must see its output as a value that comes from nowhere. */
export function opaqueResults(nodes: readonly RecordedNode[]): (index: number) => boolean {
  const consumed = new Set<number>();
  for (const node of nodes) {
    if (isArithmetic(node)) for (const {node: from} of node.inputs) if (isArithmetic(nodes[from]!)) consumed.add(from);
  }
  return index => consumed.has(index);
}

/** Whether this op must take that input as a value that comes from nowhere. */
export function takesOpaque(nodes: readonly RecordedNode[], index: number, input: Ref): boolean {
  return isArithmetic(nodes[index]!) && isArithmetic(nodes[input.node]!);
}

function isArithmetic(node: RecordedNode): node is OpNode {
  return node.kind === 'op' && arithmetic.has(node.op) && node.outputs[0]?.type === dataTypes.float32;
}

/** Ops with one float output that the optimizer rearranges. */
const arithmetic = new Set(
  'Add AddN AddV2 Cast Div Exp Log Mean Mul Neg Pow RealDiv Reciprocal Rsqrt Sqrt Square SquaredDifference Sub Sum'.split(
    ' ',
  ),
);
