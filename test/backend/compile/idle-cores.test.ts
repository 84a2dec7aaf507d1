/** Which ops are cut, on recordings written by hand. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dataTypes} from '../../../src/backend/compile/graph-def';
import {opsWithIdleCores} from '../../../src/backend/compile/idle-cores';
import {estimatedNanoseconds, multiplyAdds} from '../../../src/backend/compile/op-cost';
import type {OpNode, RecordedNode, Recording} from '../../../src/backend/compile/recording';

const float = (shape: readonly number[]) => ({type: dataTypes.float32, shape});
const argument = (shape: readonly number[]): RecordedNode => ({kind: 'argument', index: 0, ...float(shape)});

function op(name: string, inputs: readonly number[], shape: readonly number[], after: readonly number[] = []): OpNode {
  const refs = inputs.map(node => ({node, output: 0}));
  return {kind: 'op', op: name, attributes: [], inputs: refs, after, outputs: [float(shape)], trace: null};
}
const product = (a: number, b: number, after: readonly number[] = []) => op('BatchMatMulV2', [a, b], [64, 64], after);

function cut(nodes: readonly RecordedNode[], cores: number, needed = nodes.map(() => true)): number[] {
  const recording: Recording = {nodes, results: [], assignments: [], needed};
  const isProduct = (i: number) => (nodes[i] as OpNode).op === 'BatchMatMulV2';
  return [...opsWithIdleCores(recording, cores, isProduct)].sort((a, b) => a - b);
}

const x = argument([64, 64]);

test('two products in a row are cut, two side by side are not', () => {
  assert.deepEqual(cut([x, product(0, 0), product(1, 1)], 2), [1, 2]);
  assert.deepEqual(cut([x, product(0, 0), product(0, 0)], 2), []);
});

test('three side by side on two cores: the last one has nothing beside it', () => {
  assert.deepEqual(cut([x, product(0, 0), product(0, 0), product(0, 0)], 2), [3]);
});

test('what waits for an earlier change of state is not beside it, and what nobody needs counts for nothing', () => {
  assert.deepEqual(cut([x, product(0, 0), product(0, 0, [1])], 2), [1, 2]);
  assert.deepEqual(cut([x, product(0, 0), product(0, 0)], 2, [true, true, false]), [1]);
});

test('a small op beside a large one leaves the other core idle', () => {
  const small = op('Neg', [0], [64, 64]);
  assert.deepEqual(cut([x, op('BatchMatMulV2', [0, 0], [64, 8192]), small], 2), [1]);
});

test('on three cores two side by side are cut; on one nothing is', () => {
  assert.deepEqual(cut([x, product(0, 0), product(0, 0)], 3), [1, 2]);
  assert.deepEqual(cut([x, product(0, 0), product(1, 1)], 1), []);
});

test('multiplications of products and convolutions', () => {
  const transposed = [{name: 'adj_x', type: 0, value: true}];
  const nodes = [
    argument([2, 3]),
    argument([3, 5]),
    op('BatchMatMulV2', [0, 1], [2, 5]),
    {...op('BatchMatMulV2', [0, 0], [3, 3]), attributes: transposed},
    // [N, H, W, in], [h, w, in, out] and what comes out at stride 2.
    argument([2, 8, 6, 3]),
    argument([5, 4, 3, 7]),
    argument([2, 4, 3, 7]),
    op('Conv2D', [4, 5], [2, 4, 3, 7]),
    op('Conv2DBackpropInput', [0, 5, 6], [2, 8, 6, 3]),
    op('Conv2DBackpropFilter', [4, 0, 6], [5, 4, 3, 7]),
    op('Neg', [4], [2, 8, 6, 3]),
  ];
  const of = (i: number) => multiplyAdds(nodes[i] as OpNode, nodes);
  assert.equal(of(2), 2 * 5 * 3);
  assert.equal(of(3), 3 * 3 * 2);
  const places = 2 * 4 * 3;
  for (const i of [7, 8, 9]) assert.equal(of(i), places * 7 * 5 * 4 * 3);
  assert.equal(of(10), 0);
  assert.equal(estimatedNanoseconds(nodes[0]!, nodes), 0);
  assert.ok(estimatedNanoseconds(nodes[7]!, nodes) > estimatedNanoseconds(nodes[2]!, nodes));
});
