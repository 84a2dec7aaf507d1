/**
 * Finds the heavy ops that are worth cutting: those during which other cores would have nothing to do.
 *
 * A piece costs something of its own (weights are read and packed once more, results are put together), so an op with work
 * beside it is better left whole. TensorFlow starts an op when its inputs are there, first come, first served; here the same
 * is played with estimated times.
 */
import {estimatedNanoseconds} from './op-cost';
import type {Recording} from './recording';

interface Task {
  readonly node: number;
  readonly nanoseconds: number;
}

/**
 * @param cores ops that run beside each other, and pieces of an op that is cut.
 * @param canBeCut whether a node may be cut at all.
 * @returns the nodes to cut. Of two equal products in a row on two cores both, of two side by side none.
 */
export function opsWithIdleCores(
  {nodes, needed}: Recording,
  cores: number,
  canBeCut: (node: number) => boolean,
): ReadonlySet<number> {
  const users: number[][] = nodes.map(() => []);
  /** Nodes that each one still waits for. */
  const waitsFor = nodes.map((node, i) => {
    if (node.kind !== 'op' || !needed[i]) return 0;
    const sources = new Set([...node.inputs.map(({node: from}) => from), ...node.after]);
    for (const from of sources) users[from]!.push(i);
    return sources.size;
  });
  const taskOf = (node: number): Task => ({node, nanoseconds: estimatedNanoseconds(nodes[node]!, nodes)});
  const ready = [...nodes.keys()].filter(i => needed[i] && waitsFor[i] === 0).map(taskOf);
  const running: {readonly node: number; readonly until: number}[] = [];
  /** Of each op that was cut, the pieces that are not done. */
  const piecesLeft = new Map<number, number>();
  let now = 0;

  const start = (task: Task): void => {
    const {node, nanoseconds} = task;
    const besides = () => sum(running.map(({until}) => until - now)) + sum(ready.map(other => other.nanoseconds));
    if (!piecesLeft.has(node) && canBeCut(node) && besides() < (cores - 1) * nanoseconds) {
      piecesLeft.set(node, cores);
      ready.unshift(...Array.from({length: cores}, () => ({node, nanoseconds: nanoseconds / cores})));
    } else running.push({node, until: now + nanoseconds});
  };
  const finish = (node: number): void => {
    const left = (piecesLeft.get(node) ?? 1) - 1;
    if (piecesLeft.has(node)) piecesLeft.set(node, left);
    if (left > 0) return;
    for (const user of users[node]!) {
      waitsFor[user]!--;
      if (waitsFor[user] === 0) ready.push(taskOf(user));
    }
  };
  while (ready.length + running.length > 0) {
    while (ready.length > 0 && running.length < cores) start(ready.shift()!);
    running.sort((a, b) => a.until - b.until);
    const {node, until} = running.shift()!;
    now = until;
    finish(node);
  }
  return new Set(piecesLeft.keys());
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
