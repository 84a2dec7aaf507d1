/** Tells what was recorded, or why nothing was. */
import type {Program} from './program';
import type {RecordedNode, Recording} from './recording';
import {type Refusal, refusalText} from './refusal';

export interface VariantReport {
  /** Shapes and plain values of the arguments. */
  readonly key: string;
  /** Calls that ran op by op before the first recording. */
  readonly plainCalls: number;
  readonly replays: number;
  readonly recording: Recording | null;
  readonly refused: Refusal | null;
  /** The largest relative difference of a result in an audit; null before the first. */
  readonly worstAudit: number | null;
}

export interface RecordingFigures {
  readonly ops: number;
  /** Ops that no result and no state needs. */
  readonly droppedOps: number;
  /** Ops that depend on constants only: TensorFlow computes them once, when it loads the graph. */
  readonly foldedOps: number;
  readonly constants: number;
  readonly constantBytes: number;
  readonly states: number;
  readonly parameters: number;
  /** Numbers of ops by name, most frequent first. */
  readonly byName: readonly (readonly [string, number])[];
}

export function explain(variants: readonly VariantReport[], program: Program): string {
  if (variants.length === 0) return 'Nothing has been recorded: the step has not been called on the native engine.';
  const lines = variants.flatMap(variant => [
    `arguments ${shortened(variant.key)}`,
    ...explainVariant(variant).map(line => `  ${line}`),
  ]);
  const {size, states} = program;
  if (size) lines.push(`graph of the program: ${size.nodes} nodes, ${size.bytes} bytes, ${states.length} states`);
  return lines.join('\n');
}

function explainVariant({plainCalls, replays, recording, refused, worstAudit}: VariantReport): string[] {
  if (refused) return [refusalText(refused)];
  if (!recording) return [`not compiled yet: ${plainCalls} calls`];
  const figures = recordingFigures(recording);
  const common = figures.byName.slice(0, 12).map(([name, count]) => `${name} ${count}`);
  const states = recordedStates(recording).map(
    ({name, shape, isWritten}) => `${name} [${shape}]${isWritten ? '' : ' (read only)'}`,
  );
  return [
    `${figures.ops} ops, ${figures.droppedOps} dropped as needless, ${figures.foldedOps} folded from constants`,
    `${figures.constants} constants, ${figures.constantBytes} bytes`,
    `${figures.states} states, ${figures.parameters} numbers`,
    `ops: ${common.join(', ')}${figures.byName.length > 12 ? ', …' : ''}`,
    ...states.map(state => `state ${state}`),
    `${replays} replays; largest difference in an audit: ${worstAudit === null ? 'none made' : worstAudit.toPrecision(2)}`,
  ];
}

/** "A step that adds its argument to the constant 1 + 2 has two ops of which one is folded." */
export function recordingFigures(recording: Recording): RecordingFigures {
  const {nodes, needed} = recording;
  const fromConstants: boolean[] = [];
  const counts = new Map<string, number>();
  let folded = 0;
  nodes.forEach((node, i) => {
    fromConstants[i] =
      node.kind === 'constant' ||
      (node.kind === 'op' &&
        node.outputs.length > 0 &&
        node.after.length === 0 &&
        node.inputs.every(ref => fromConstants[ref.node]));
    if (node.kind !== 'op' || !needed[i]) return;
    counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
    if (fromConstants[i]) folded++;
  });
  const kept = <Kind extends RecordedNode['kind']>(kind: Kind) =>
    nodes.filter((node, i) => node.kind === kind && needed[i]) as Extract<RecordedNode, {kind: Kind}>[];
  const distinct = new Map(
    kept('constant').map(({type, shape, bytes}) => [
      `${type} ${shape} ${Buffer.from(bytes).toString('latin1')}`,
      bytes,
    ]),
  );
  const states = recordedStates(recording);
  return {
    ops: kept('op').length,
    droppedOps: nodes.filter(({kind}) => kind === 'op').length - kept('op').length,
    foldedOps: folded,
    constants: distinct.size,
    constantBytes: [...distinct.values()].reduce((sum, {length}) => sum + length, 0),
    states: states.length,
    parameters: states.reduce((sum, {shape}) => sum + shape.reduce((product, size) => product * size, 1), 0),
    byName: [...counts].sort((a, b) => b[1] - a[1]),
  };
}

interface RecordedState {
  readonly name: string;
  readonly shape: readonly number[];
  readonly isWritten: boolean;
}

function recordedStates({nodes, needed, assignments}: Recording): RecordedState[] {
  const written = new Set<object>(assignments.map(({state}) => state));
  const used = new Map<object, Omit<RecordedState, 'isWritten'>>();
  nodes.forEach((node, i) => {
    if (!needed[i]) return;
    if (node.kind === 'value' || node.kind === 'handle') {
      const {variable, resource, shape} = node.state;
      used.set(node.state, {name: variable?.name ?? resource?.name ?? 'a resource', shape});
    }
    if (node.kind !== 'op' || node.op === 'ReadVariableOp') return;
    for (const ref of node.inputs) {
      const source = nodes[ref.node]!;
      if (source.kind === 'handle') written.add(source.state);
    }
  });
  return [...used].map(([state, facts]) => ({...facts, isWritten: written.has(state)}));
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
