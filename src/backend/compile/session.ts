/** One TensorFlow session over a graph of our own: it runs steps, and holds the states that they share. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {tf} from '../../core/tensorflow';
import type {NativeBackend} from './binding';
import {type EmittedStep, handleName} from './emit';
import {dataTypes, type GraphNode, savedModel} from './graph-def';
import type {State} from './state';

const tag = 'step';

export class Session {
  private readonly id: number;
  /** Size of the graph, in bytes of its file and in nodes. */
  readonly size: {readonly bytes: number; readonly nodes: number};

  /** @throws TensorFlow's error when it refuses the graph. */
  constructor(
    private readonly backend: NativeBackend,
    steps: readonly EmittedStep[],
    states: readonly State[],
  ) {
    const nodes = programGraph(steps, states);
    const file = savedModel(nodes, tag);
    this.size = {bytes: file.length, nodes: nodes.length};
    // TensorFlow loads graphs from folders only; the folder is needed no longer than that.
    const folder = mkdtempSync(join(tmpdir(), 'compiled-step-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), file);
      this.id = backend.loadSavedModelMetaGraph(folder, tag);
    } finally {
      rmSync(folder, {recursive: true});
    }
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

/** The steps' nodes, and for each state a variable with a node to read it and one to overwrite it. */
export function programGraph(steps: readonly EmittedStep[], states: readonly State[]): GraphNode[] {
  const nodes = steps.flatMap(step => step.nodes);
  const bytes = new Uint8Array(new Float32Array([1]).buffer);
  nodes.push({
    name: 'one',
    op: 'Const',
    inputs: [],
    attributes: {dtype: {type: dataTypes.float32}, value: {tensor: {type: dataTypes.float32, shape: [], bytes}}},
  });
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
