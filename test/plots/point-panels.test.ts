/** Panels of points: each with axes of its own, clouds of one name told once. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {PlotlyObject} from '../../src/plots/figure';
import {pointPanels} from '../../src/plots/point-panels';

const cloud = (name: string, x: number) => ({name, points: [[x, 2 * x] as const, [x + 1, 0] as const]});
const panels = [
  {name: 'before', clouds: [cloud('real', 1), cloud('generated', 2)]},
  {name: 'after', clouds: [cloud('real', 3), cloud('generated', 4)]},
];

test('every cloud stands in its panel, and once in the legend', () => {
  const {data, layout} = pointPanels(panels, {extent: 6});
  assert.deepEqual(
    data.map(({name, xaxis, yaxis, showlegend, x}) => [name, xaxis, yaxis, showlegend, x]),
    [
      ['real', 'x', 'y', true, [1, 2]],
      ['generated', 'x', 'y', true, [2, 3]],
      ['real', 'x2', 'y2', false, [3, 4]],
      ['generated', 'x2', 'y2', false, [4, 5]],
    ],
  );
  const [first, second] = ['xaxis', 'xaxis2'].map(name => layout[name] as PlotlyObject);
  const [from, to] = first!['domain'] as [number, number];
  const [next, end] = second!['domain'] as [number, number];
  assert.ok(from === 0 && to < next && Math.abs(end - 1) < 1e-12, `${to} ${next} ${end}`);
  for (const axis of [first, second]) assert.deepEqual(axis!['range'], [-6, 6]);
  assert.deepEqual(
    (layout['annotations'] as PlotlyObject[]).map(({text}) => text),
    ['before', 'after'],
  );
});

test('no panel is no figure', () => {
  assert.throws(() => pointPanels([], {extent: 1}), /Expected panels to be a non-empty list/);
});
