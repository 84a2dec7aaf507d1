/** What waits for what, on a recording written by hand. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dataTypes} from '../../../src/backend/compile/graph-def';
import {holdBackLaterMoves} from '../../../src/backend/compile/later-moves';
import type {OpNode, RecordedNode} from '../../../src/backend/compile/recording';

function op(name: string, inputs: readonly number[], after: readonly number[] = [], isUpdate = false): OpNode {
  const outputs = isUpdate ? [] : [{type: dataTypes.float32, shape: [64, 1024]}];
  const refs = inputs.map(node => ({node, output: 0}));
  return {kind: 'op', op: name, attributes: [], inputs: refs, after, outputs, trace: null};
}

const nodes: readonly RecordedNode[] = [
  {kind: 'argument', index: 0, type: dataTypes.float32, shape: [64, 1024]},
  op('BatchMatMulV2', [0, 0]),
  op('BatchMatMulV2', [1, 1]),
  op('BatchMatMulV2', [2, 2]),
  op('ResourceApplyAdam', [3], [], true),
  // The second move: what needs nothing of the first, what follows from it, what needs the update, and a light op.
  op('BatchMatMulV2', [0, 0]),
  op('BatchMatMulV2', [5, 5]),
  op('BatchMatMulV2', [0, 0], [4]),
  op('Neg', [0]),
  op('BatchMatMulV2', [8, 8]),
];

function afterOf(cores: number, needed = nodes.map(() => true)): (readonly number[])[] {
  const held = holdBackLaterMoves({nodes, results: [], assignments: [], needed}, cores);
  return held.nodes.map(node => (node.kind === 'op' ? node.after : []));
}

test('the beginning of a second move waits for the last heavy ops of the first', () => {
  assert.deepEqual(afterOf(2), [[], [], [], [], [], [2], [], [4], [], [2]]);
  assert.deepEqual(afterOf(1), [[], [], [], [], [], [3], [], [4], [], [3]]);
});

test('a first move that is shorter than that holds nothing back, nor do ops that nobody needs', () => {
  assert.deepEqual(afterOf(4), [[], [], [], [], [], [], [], [4], [], []]);
  const needed = nodes.map((_, i) => i !== 5 && i !== 6);
  assert.deepEqual(afterOf(2, needed), [[], [], [], [], [], [], [], [4], [], [2]]);
});
