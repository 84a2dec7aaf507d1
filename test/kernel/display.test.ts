import assert from 'node:assert/strict';
import {test} from 'node:test';
import sharp from 'sharp';
import {tf} from '../../src/core/tensorflow';
import {bundleOf, displaySymbol, toWire} from '../../src/kernel/display';
import {htmlTable, textTable} from '../../src/kernel/tables';

const plain = async (value: unknown) => (await bundleOf(value))?.['text/plain'];

test('an object decides itself how it is shown, also asynchronously', async () => {
  const own = {
    [displaySymbol]: async () => ({
      'text/html': '<b>1</b>',
      'image/png': new Uint8Array([1, 2, 3]),
      'text/x-none': undefined,
    }),
  };
  assert.deepEqual(await bundleOf(own), {'text/html': '<b>1</b>', 'image/png': 'AQID'});
  await assert.rejects(bundleOf({[displaySymbol]: () => 5}), /Expected a mime bundle to be an object/);
});

test('undefined shows nothing; null, texts and records show as in Node', async () => {
  assert.equal(await bundleOf(undefined), null);
  assert.equal(await plain(null), 'null');
  assert.equal(await plain("it's"), `"it's"`);
  assert.equal(await plain({a: 1, b: [2]}), '{ a: 1, b: [ 2 ] }');
});

test('a tensor shows shape, type, range and whether it lives, and none is left behind', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const tensor = tf.tensor2d([
    [1, -2],
    [0.5, 4],
  ]);
  assert.equal(
    await plain(tensor),
    'Tensor [2, 2] float32, -2 to 4, mean 0.875, alive\n    [[1  , -2],\n     [0.5, 4 ]]',
  );
  tensor.dispose();
  assert.equal(await plain(tensor), 'Tensor [2, 2] float32, disposed');
  const odd = tf.tensor1d([1, Number.NaN, Number.POSITIVE_INFINITY]);
  assert.match(String(await plain(odd)), /^Tensor \[3\] float32, 1 to 1, mean 1, 2 not finite, alive/);
  odd.dispose();
  const words = tf.tensor1d(['a', 'b']);
  assert.match(String(await plain(words)), /^Tensor \[2\] string, alive/);
  words.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('a typed array shows its range and its beginning', async () => {
  assert.equal(await plain(Float32Array.from([0.1, -3, 2])), 'Float32Array(3), -3 to 2, mean -0.3\n[0.1, -3, 2]');
  assert.match(String(await plain(new Int16Array(20))), /^Int16Array\(20\), 0 to 0, mean 0\n\[(0, ){12}…\]$/);
  assert.equal(await plain(new Uint8Array(0)), 'Uint8Array(0)');
});

test('pictures are recognised by their first bytes or as sharp objects', async () => {
  const picture = sharp({create: {width: 2, height: 3, channels: 3, background: 'red'}});
  const png = await picture.clone().png().toBuffer();
  assert.equal((await bundleOf(png))?.['image/png'], png.toString('base64'));
  const shown = Buffer.from(String((await bundleOf(picture))?.['image/png']), 'base64');
  const {width, height} = await sharp(shown).metadata();
  assert.deepEqual([width, height], [2, 3]);
});

test('a figure is Plotly JSON, its typed arrays lists', async () => {
  const bundle = await bundleOf({data: [{y: Float32Array.from([1, 2])}], layout: {}});
  assert.deepEqual(bundle?.['application/vnd.plotly.v1+json'], {data: [{y: [1, 2]}], layout: {}});
  // A record that merely has these two names is no figure.
  assert.deepEqual(Object.keys((await bundleOf({data: [5], layout: {}}))!), ['text/plain']);
});

const frame = {
  columns: ['loss', '<name>'],
  index: [0, 1],
  values: [
    [0.123456789, 'a & b'],
    [2, 'c'],
  ],
  shape: [2, 2],
  $data: [],
};

test('a data frame is a table without styles, and aligned text', async () => {
  const bundle = await bundleOf(frame);
  assert.equal(
    bundle?.['text/html'],
    '<table><thead><tr><th></th><th>loss</th><th>&#60;name&#62;</th></tr></thead><tbody><tr><th>0</th><td>0.123457</td><td>a &#38; b</td></tr><tr><th>1</th><td>2</td><td>c</td></tr></tbody></table>',
  );
  assert.equal(bundle?.['text/plain'], '       loss  <name>\n0  0.123457   a & b\n1         2       c');
});

test('of a long table both ends are shown', () => {
  const values = Array.from({length: 50}, (_, row) => [row]);
  const long = {...frame, columns: ['x'], index: values.map(([row]) => row!), values};
  const lines = textTable(long).split('\n');
  assert.deepEqual(lines.slice(9, 13), [' 8   8', ' 9   9', ' …   …', '40  40']);
  assert.equal(lines.at(-1), '50 rows, 1 columns');
  assert.match(htmlTable(long), /<td>49<\/td><\/tr><\/tbody><\/table>50 rows/);
});

test('contents that are no text become text, JSON types stay objects', () => {
  assert.deepEqual(toWire({'text/plain': 5, 'application/json': {a: 1}, 'application/geo+json': [1]}), {
    'text/plain': '5',
    'application/json': {a: 1},
    'application/geo+json': [1],
  });
});
