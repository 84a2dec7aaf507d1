/** The bytes against TensorFlow's own reading of them, and against a message worked by hand. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dataTypes, type GraphNode, savedModel} from '../../../src/backend/compile/graph-def';

test('a node, byte by byte', () => {
  const node: GraphNode = {name: 'n', op: 'Neg', inputs: ['x', '^y'], attributes: {T: {type: dataTypes.float32}}};
  const bytes = Buffer.from(savedModel([node], 't'));
  // NodeDef: 1 name, 2 op, 3 inputs, 5 attributes as a map {1 key, 2 AttrValue {6 type}}.
  const nodeDef = '0a016e' + '12034e6567' + '1a0178' + '1a025e79' + '2a07' + '0a0154' + '12023001';
  const length = (nodeDef.length / 2).toString(16).padStart(2, '0');
  assert.ok(bytes.toString('hex').includes(`0a${length}${nodeDef}`), bytes.toString('hex'));
});

test('attributes of every kind, with zeros and negative numbers written out', () => {
  const attribute = (value: GraphNode['attributes'][string]) =>
    Buffer.from(savedModel([{name: 'n', op: 'O', inputs: [], attributes: {a: value}}], 't')).toString('hex');
  const written: readonly (readonly [GraphNode['attributes'][string], string])[] = [
    [{int: 0}, '1800'],
    [{int: 300}, '18ac02'],
    [{int: -1}, '18ffffffffffffffffff01'],
    [{bool: false}, '2800'],
    [{float: 0.5}, '250000003f'],
    [{string: 'SAME'}, '120453414d45'],
    [{shape: [2, 0]}, '3a08' + '12020802' + '12020800'],
    [{shape: []}, '3a00'],
    [{ints: [1, -1]}, '0a0d' + '1a0b' + '01' + 'ffffffffffffffffff01'],
    [
      {tensor: {type: 3, shape: [1], bytes: new Uint8Array([7, 0, 0, 0])}},
      '420e' + '0803' + '120412020801' + '220407000000',
    ],
  ];
  for (const [value, hex] of written)
    assert.ok(attribute(value).includes(hex), `${JSON.stringify(value)}: ${attribute(value)}`);
});
