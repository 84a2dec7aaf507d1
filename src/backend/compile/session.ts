/** One TensorFlow session over a graph of our own: it runs steps, and holds the states that they share. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {tf} from '../../core/tensorflow';
import type {NativeBackend} from './binding';
import {type EmittedStep, handleName} from './emit';
import {dataTypes, type GraphNode, savedModel} from './graph-def';
import type {State} from './state';

/** Under this tag the native engine that set-up builds runs graphs as they are: scripts/native/plain-sessions.h. */
export const plainTag = 'compiled_step';

export class Session {
  private readonly id: number;
  /** Size of the graph, in bytes of its file and in nodes. */
  readonly size: {readonly bytes: number; readonly nodes: number};

  /** @throws TensorFlow's error when it refuses the graph. */
  constructor(
    private readonly backend: NativeBackend,
    steps: readonly EmittedStep[],
    states: readonly State[],
    tag = plainTag,
  ) {
    const nodes = programGraph(steps, states);
    const {id, bytes} = load(backend, nodes, tag);
    this.id = id;
    this.size = {bytes, nodes: nodes.length};
  }

  /** @param args all arguments of the step, as tensors in the recorded shapes. */
  run({feeds, fetches}: EmittedStep, args: readonly tf.Tensor[]): tf.Tensor[] {
    const inputs = feeds.map(({index}) => args[index]!);
    return this.backend.runSavedModel(this.id, inputs, feeds, fetches);
  }

  /** Values of states; the caller owns them. */
  read(states: readonly State[]): tf.Tensor[] {
    if (states.length === 0) return [];
    const fetches = states.map(state => `${handleName(state)}/get`);
    return this.backend.runSavedModel(this.id, [], [], fetches);
  }

  write(states: readonly State[], values: readonly tf.Tensor[]): void {
    if (states.length === 0) return;
    const feeds = states.map(state => ({name: `${handleName(state)}/new`}));
    const fetches = states.map(state => `${handleName(state)}/done`);
    tf.dispose(this.backend.runSavedModel(this.id, values, feeds, fetches));
  }

  close(): void {
    this.backend.deleteSavedModel(this.id);
  }
}

function load(
  backend: NativeBackend,
  nodes: readonly GraphNode[],
  tag: string,
): {readonly id: number; readonly bytes: number} {
  const file = savedModel(nodes, tag);
  // TensorFlow loads graphs from folders only; the folder is needed no longer than that.
  const folder = mkdtempSync(join(tmpdir(), 'compiled-step-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), file);
    return {id: backend.loadSavedModelMetaGraph(folder, tag), bytes: file.length};
  } finally {
    rmSync(folder, {recursive: true});
  }
}

const known = new Map<string, boolean>();

/**
 * Whether this engine's sessions rearrange the arithmetic of the graphs that they are given under a tag. Found out once, by a graph
 * that shows it: (x · 1e30) · 1e-30 overflows for x = 1e20, x · (1e30 · 1e-30) does not.
 */
export function rearrangesGraphs(backend: NativeBackend, tag = plainTag): boolean {
  const answer = known.get(tag);
  if (answer !== undefined) return answer;
  const T = {type: dataTypes.float32};
  const nodes: GraphNode[] = [
    {name: 'x', op: 'Placeholder', inputs: [], attributes: {dtype: T, shape: {shape: [1]}}},
    scalarConstant('large', 1e30),
    scalarConstant('small', 1e-30),
    {name: 'once', op: 'Mul', inputs: ['x', 'large'], attributes: {T}},
    {name: 'twice', op: 'Mul', inputs: ['once', 'small'], attributes: {T}},
    {name: 'result', op: 'Identity', inputs: ['twice'], attributes: {T}},
  ];
  const {id} = load(backend, nodes, tag);
  try {
    const rearranges = tf.tidy(() => {
      const [result] = backend.runSavedModel(id, [tf.tensor1d([1e20])], [{name: 'x'}], ['result']);
      return Number.isFinite(result!.dataSync()[0]);
    });
    known.set(tag, rearranges);
    return rearranges;
  } finally {
    backend.deleteSavedModel(id);
  }
}

/** The steps' nodes, and for each state a variable with a node to read it and one to overwrite it. */
export function programGraph(steps: readonly EmittedStep[], states: readonly State[]): GraphNode[] {
  const nodes = steps.flatMap(step => step.nodes);
  nodes.push(scalarConstant('one', 1));
  for (const state of states) {
    const handle = handleName(state);
    const dtype = {type: state.type};
    const shape = {shape: state.shape};
    nodes.push(
      {name: handle, op: 'VarHandleOp', inputs: [], attributes: {dtype, shape, shared_name: {string: handle}}},
      {name: `${handle}/get`, op: 'ReadVariableOp', inputs: [handle], attributes: {dtype}},
      {name: `${handle}/new`, op: 'Placeholder', inputs: [], attributes: {dtype, shape}},
      {name: `${handle}/set`, op: 'AssignVariableOp', inputs: [handle, `${handle}/new`], attributes: {dtype}},
      // A session returns tensors only: fetching this one runs the assignment.
      {
        name: `${handle}/done`,
        op: 'Identity',
        inputs: ['one', `^${handle}/set`],
        attributes: {T: {type: dataTypes.float32}},
      },
    );
  }
  return nodes;
}

function scalarConstant(name: string, value: number): GraphNode {
  const type = dataTypes.float32;
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return {name, op: 'Const', inputs: [], attributes: {dtype: {type}, value: {tensor: {type, shape: [], bytes}}}};
}
