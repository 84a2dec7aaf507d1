/** A recording becomes nodes of a TensorFlow graph. */
import type {Binding, OpAttribute} from './binding';
import {opaqueConstants, opaqueOp, opaqueResults, takesOpaque} from './exactness';
import type {AttributeValue, GraphNode} from './graph-def';
import type {OpNode, RecordedNode, Recording, Ref} from './recording';
import type {State, StateTable} from './state';

/** One way to run a step: the nodes to feed and to fetch in the program's graph. */
export interface EmittedStep {
  readonly nodes: readonly GraphNode[];
  /** Arguments that the step looks at: their number, and the node that is fed. */
  readonly feeds: readonly {readonly index: number; readonly name: string}[];
  /** The node of each result. Fetching any of them runs the whole step. */
  readonly fetches: readonly string[];
}

/**
 * @param prefix of the nodes' names.
 * @param states of the program; those that the recording changes are marked so.
 * @param guarded whether TensorFlow would rearrange arithmetic that it can see: `rearrangesGraphs`.
 */
export function emitStep(
  recording: Recording,
  prefix: string,
  states: StateTable,
  binding: Binding,
  guarded: boolean,
): EmittedStep {
  const {nodes, needed} = recording;
  const opaque = guarded ? opaqueConstants(nodes) : () => false;
  const opaqueResult = guarded ? opaqueResults(nodes) : () => false;
  const names = nameNodes(recording, prefix, states, opaque);
  const input = ({node, output}: Ref) => (output === 0 ? names[node]! : `${names[node]}:${output}`);
  const waitFor = (numbers: readonly number[]) => numbers.map(number => `^${names[number]}`);
  const emitted: GraphNode[] = [];
  const changes: string[] = [];
  const add = (name: string, op: string, inputs: readonly string[], attributes: GraphNode['attributes']) =>
    emitted.push({name, op, inputs, attributes});

  const written = new Set<string>();
  nodes.forEach((node, i) => {
    const name = names[i]!;
    if (!needed[i] || written.has(name)) return;
    switch (node.kind) {
      case 'argument':
        add(name, 'Placeholder', [], {dtype: {type: node.type}, shape: {shape: node.shape}});
        break;
      case 'value':
        add(name, 'ReadVariableOp', [handleName(states.of(node.state))], {dtype: {type: node.type}});
        break;
      case 'constant': {
        written.add(name);
        const {type, shape, bytes} = node;
        const content = {dtype: {type}, value: {tensor: {type, shape, bytes}}};
        if (opaque(i)) {
          add(`${name}/value`, 'Const', [], content);
          add(name, opaqueOp, [`${name}/value`], {dtype: {type}, shape: {shape}});
        } else add(name, 'Const', [], content);
        break;
      }
      case 'op': {
        const attributes = attributesOf(node, binding);
        const isOpaque = (ref: Ref) => guarded && takesOpaque(nodes, i, ref);
        const inputs = node.inputs.map(ref => (isOpaque(ref) ? opaqueName(names[ref.node]!) : input(ref)));
        add(name, node.op, [...inputs, ...waitFor(node.after)], attributes);
        if (opaqueResult(i)) {
          const {type, shape} = node.outputs[0]!;
          add(opaqueName(name), opaqueOp, [name], {dtype: {type}, shape: {shape}});
        }
        if (node.outputs.length === 0) changes.push(name);
        break;
      }
      case 'handle':
        // Written once for the program, by the session.
        break;
    }
  });
  recording.assignments.forEach(({state, ref, after}, i) => {
    const target = states.of(state);
    const waits = waitFor(after.filter(number => needed[number]));
    add(`${prefix}/assign_${i}`, 'AssignVariableOp', [handleName(target), input(ref), ...waits], {
      dtype: {type: target.type},
    });
    changes.push(`${prefix}/assign_${i}`);
    target.written = true;
  });
  markWritten(nodes, states);
  recording.results.forEach(({ref, type}, i) => {
    add(`${prefix}/result_${i}`, 'Identity', [input(ref), ...changes.map(name => `^${name}`)], {T: {type}});
  });
  return {
    nodes: emitted,
    feeds: nodes.flatMap((node, i) =>
      node.kind === 'argument' && needed[i] ? [{index: node.index, name: names[i]!}] : [],
    ),
    fetches: recording.results.map((_, i) => `${prefix}/result_${i}`),
  };
}

/** The node that is the handle of a state's variable in the session. */
export function handleName(state: State): string {
  return `state_${state.index}`;
}

function opaqueName(name: string): string {
  return `${name}/opaque`;
}

/** Names by number; constants with equal bytes get one name and so one node. */
function nameNodes(
  {nodes, needed}: Recording,
  prefix: string,
  states: StateTable,
  opaque: (index: number) => boolean,
): string[] {
  const constants = new Map<string, string>();
  return nodes.map((node, i) => {
    if (!needed[i]) return '';
    switch (node.kind) {
      case 'handle':
        return handleName(states.of(node.state));
      case 'op':
        return `${prefix}/${node.op}_${i}`;
      case 'constant': {
        const key = `${opaque(i)} ${node.type} ${node.shape} ${Buffer.from(node.bytes).toString('latin1')}`;
        const name = constants.get(key) ?? `${prefix}/constant_${i}`;
        constants.set(key, name);
        return name;
      }
      default:
        return `${prefix}/${node.kind}_${i}`;
    }
  });
}

/** An op that takes a handle and is no mere read changes the state. */
function markWritten(nodes: readonly RecordedNode[], states: StateTable): void {
  for (const node of nodes) {
    if (node.kind !== 'op' || node.op === 'ReadVariableOp') continue;
    for (const ref of node.inputs) {
      const source = nodes[ref.node]!;
      if (source.kind === 'handle') states.of(source.state).written = true;
    }
  }
}

/** The engine's ExpandDims leaves its types to be inferred, which a graph does not do. */
function attributesOf({op, attributes, outputs}: OpNode, binding: Binding): GraphNode['attributes'] {
  const inferred: GraphNode['attributes'] =
    op === 'ExpandDims' ? {T: {type: outputs[0]!.type}, Tdim: {type: binding.TF_INT32}} : {};
  return {...inferred, ...Object.fromEntries(attributes.map(a => [a.name, attributeValue(binding, a)]))};
}

function attributeValue(binding: Binding, {name, type, value}: OpAttribute): AttributeValue {
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return {type: value as number};
    case binding.TF_ATTR_INT:
      return list ? {ints: value as number[]} : {int: value as number};
    case binding.TF_ATTR_FLOAT:
      return list ? {floats: value as number[]} : {float: value as number};
    case binding.TF_ATTR_BOOL:
      return list ? {bools: value as boolean[]} : {bool: value as boolean};
    case binding.TF_ATTR_STRING:
      return {string: value as string};
    case binding.TF_ATTR_SHAPE:
      return {shape: value as number[]};
    default:
      throw new Error(`Expected attribute ${name} to be of a known type, got type ${type}.`);
  }
}
