/** What one run of a step did, as data: nodes in the order in which they ran, and what came out of them. */
import type {tf} from '../../core/tensorflow';
import type {ResourceVariable} from '../resource-variable';
import type {OpAttribute} from './binding';
import {dataTypes} from './graph-def';
import {type Refusal, refusal} from './refusal';

/** Output number `output` of node number `node`. */
export interface Ref {
  readonly node: number;
  readonly output: number;
}

/** A piece of state that the step read or wrote: a tf.Variable, a resource of an optimizer, or both for the same weights. */
export interface StateRef {
  readonly variable?: tf.Variable;
  resource?: ResourceVariable;
  readonly type: number;
  readonly shape: readonly number[];
}

export interface OutputShape {
  readonly type: number;
  readonly shape: readonly number[];
}

export interface OpNode {
  readonly kind: 'op';
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Ref[];
  /** Nodes that touched the same state earlier. */
  readonly after: readonly number[];
  readonly outputs: readonly OutputShape[];
  readonly trace: Error | null;
}

export type RecordedNode =
  /** Argument number `index` of the step. */
  | ({readonly kind: 'argument'; readonly index: number} & OutputShape)
  /** The value of a state before the step. */
  | ({readonly kind: 'value'; readonly state: StateRef} & OutputShape)
  /** The resource handle of a state. */
  | {readonly kind: 'handle'; readonly state: StateRef}
  /** A tensor that the host made, inside the step or before it. `trace` tells where it was used first. */
  | ({readonly kind: 'constant'; readonly bytes: Uint8Array; readonly trace: Error | null} & OutputShape)
  | OpNode;

export interface Recording {
  readonly nodes: readonly RecordedNode[];
  /** What the step returned, in the order of its flattened result. */
  readonly results: readonly {readonly ref: Ref; readonly type: number}[];
  /** Variables that hold another tensor after the step. */
  readonly assignments: readonly {readonly state: StateRef; readonly ref: Ref; readonly after: readonly number[]}[];
  /** For each node, whether a result, an assignment or a change of state needs it. */
  readonly needed: readonly boolean[];
}

/** Type and shape of what a ref names; null for a handle, which is no tensor. */
export function outputOf({node, output}: Ref, nodes: readonly RecordedNode[]): OutputShape | null {
  const source = nodes[node]!;
  if (source.kind === 'handle') return null;
  return source.kind === 'op' ? source.outputs[output]! : source;
}

/** A constant of int32 numbers: a shape, a place, an axis. */
export function integerConstant(values: readonly number[], shape: readonly number[] = [values.length]): RecordedNode {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return {kind: 'constant', type: dataTypes.int32, shape, bytes, trace: null};
}

/** Marks what results, assignments and ops without outputs need, directly or not. */
export function markNeeded(
  nodes: readonly RecordedNode[],
  results: Recording['results'],
  assignments: Recording['assignments'],
): boolean[] {
  const needed = nodes.map(() => false);
  const open = [...results, ...assignments].map(({ref}) => ref.node);
  nodes.forEach((node, i) => {
    if (node.kind === 'op' && node.outputs.length === 0) open.push(i);
  });
  while (open.length > 0) {
    const i = open.pop()!;
    if (needed[i]) continue;
    needed[i] = true;
    const node = nodes[i]!;
    if (node.kind === 'op') open.push(...node.inputs.map(ref => ref.node), ...node.after);
  }
  return needed;
}

/** The same without the traces, which hold on to much memory. */
export function withoutTraces(recording: Recording): Recording {
  return {...recording, nodes: recording.nodes.map(node => ('trace' in node ? {...node, trace: null} : node))};
}

/**
 * Why a later run of the step cannot be trusted to do what an earlier one did; null when both did the same.
 *
 * @param earlier,later two runs with arguments of the same shapes and other values.
 */
export function difference(earlier: Recording, later: Recording): Refusal | null {
  const longer = earlier.nodes.length > later.nodes.length ? earlier : later;
  for (let i = 0; i < longer.nodes.length; i++) {
    const a = earlier.nodes[i];
    const b = later.nodes[i];
    if (!a || !b || a.kind !== b.kind || (a.kind === 'op' && b.kind === 'op' && a.op !== b.op)) {
      const at = longer.nodes[i]!;
      return refusal(
        'path',
        `it takes another path from call to call: ${describe(a)} became ${describe(b)}`,
        'trace' in at ? at.trace : null,
      );
    }
    const found = earlier.needed[i] || later.needed[i] ? nodeDifference(a, b, i, later) : null;
    if (found) return found;
  }
  const outcome = (recording: Recording) => [
    recording.results.map(({ref}) => ref),
    recording.assignments.map(({ref}) => ref),
  ];
  const sameStates =
    earlier.assignments.length === later.assignments.length &&
    earlier.assignments.every(({state}, i) => state.variable === later.assignments[i]!.state.variable);
  if (!sameStates || JSON.stringify(outcome(earlier)) !== JSON.stringify(outcome(later))) {
    return refusal('path', 'it returns or assigns other tensors from call to call');
  }
  return null;
}

function nodeDifference(a: RecordedNode, b: RecordedNode, index: number, recording: Recording): Refusal | null {
  if (a.kind === 'op' && b.kind === 'op') {
    if (JSON.stringify(a.attributes) !== JSON.stringify(b.attributes)) {
      return refusal(
        'attribute',
        `an attribute of ${b.op} changes from call to call (a seed or a setting of the host)`,
        b.trace,
      );
    }
    const wiring = ({inputs, after, outputs}: typeof a) => JSON.stringify([inputs, after, outputs]);
    if (wiring(a) !== wiring(b)) {
      return refusal('path', `the inputs or shapes of ${b.op} change from call to call`, b.trace);
    }
  }
  if (a.kind === 'constant' && b.kind === 'constant') {
    const same = a.type === b.type && String(a.shape) === String(b.shape) && Buffer.compare(a.bytes, b.bytes) === 0;
    const user = recording.nodes.find(node => node.kind === 'op' && node.inputs.some(({node}) => node === index));
    const where = user?.kind === 'op' ? ` (an input of ${user.op})` : '';
    if (!same) {
      return refusal(
        'host-value',
        `a value that the host computes changes from call to call${where}: randomness, a counter, a learning rate or data that is not an argument`,
        b.trace,
      );
    }
  }
  if ((a.kind === 'value' || a.kind === 'handle') && (b.kind === 'value' || b.kind === 'handle')) {
    if (a.state.variable !== b.state.variable || a.state.resource !== b.state.resource) {
      return refusal('path', 'it uses another variable from call to call');
    }
  }
  return null;
}

function describe(node: RecordedNode | undefined): string {
  if (!node) return 'nothing';
  return node.kind === 'op' ? node.op : `a ${node.kind}`;
}
