import assert from 'node:assert/strict';
import {test} from 'node:test';
import {DataFrame, Series} from 'danfojs-node';
import sharp from 'sharp';
import {tf} from '../../src/core/tensorflow';
import {bundleOf, displaySymbol, metadataOf, metadataSymbol, registerDisplay, toWire} from '../../src/kernel/display';
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

test('a large tensor shows the ends of each axis, quickly', async () => {
  await tf.setBackend('cpu');
  const values = Float32Array.from({length: 5_000_000}, (_, i) => i % 1000);
  const large = tf.tensor(values, [1000, 5, 1000]);
  const started = performance.now();
  const text = String(await plain(large));
  const seconds = (performance.now() - started) / 1000;
  large.dispose();
  assert.ok(
    text.startsWith('Tensor [1000, 5, 1000] float32, 0 to 999, mean 499.5, alive\n    [[[0, 1, 2, …, 997, 998, 999],'),
  );
  assert.equal(text.split('\n').length, 1 + 6 * 5 + 1);
  // tfjs alone takes four seconds for this.
  assert.ok(seconds < 1, `${seconds} s`);
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

test('a library says how its values are shown, with metadata; other values stay as they are', async () => {
  class Chord {}
  registerDisplay(value =>
    value instanceof Chord ? {'text/plain': 'C major', [metadataSymbol]: {'text/plain': {loud: true}}} : null,
  );
  const bundle = await bundleOf(new Chord());
  assert.equal(bundle?.['text/plain'], 'C major');
  assert.deepEqual(metadataOf(bundle), {'text/plain': {loud: true}});
  assert.deepEqual(metadataOf((await bundleOf(5))!), {});
});

test("danfojs's own data frames and series are tables", async () => {
  const losses = new DataFrame({loss: [0.5, Number.NaN], name: ['<a>', 'b']}, {index: ['x', 'y']});
  assert.deepEqual(
    {...(await bundleOf(losses))},
    {
      'text/html':
        '<table><thead><tr><th></th><th>loss</th><th>name</th></tr></thead><tbody><tr><th>x</th><td>0.5</td><td>&#60;a&#62;</td></tr><tr><th>y</th><td>NaN</td><td>b</td></tr></tbody></table>',
      'text/plain': '   loss  name\nx   0.5   <a>\ny   NaN     b',
    },
  );
  assert.equal(
    await plain(losses.groupby(['name']).col(['loss']).count()),
    '   name  loss_count\n0   <a>           1\n1     b           1',
  );
  assert.equal(await plain(new Series([true, false])), '       0\n0   true\n1  false');
  assert.equal(await plain(new DataFrame([])), '0 rows, 0 columns');
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
  assert.equal(lines.at(-1), '50 rows, 1 column');
  assert.match(htmlTable(long), /<td>49<\/td><\/tr><\/tbody><\/table>50 rows/);
});

test('of a wide table both sides are shown', () => {
  const columns = Array.from({length: 40}, (_, column) => `c${column}`);
  const text = textTable({columns, index: [0], values: [columns.map((_, column) => column)], shape: [1, 40]});
  assert.match(text, /c14 {2}… {2}c25/);
  assert.equal(text.split('\n').at(-1), '1 row, 40 columns');
});

test('contents that are no text become text, JSON types stay objects', () => {
  assert.deepEqual(toWire({'text/plain': 5, 'application/json': {a: 1}, 'application/geo+json': [1]}), {
    'text/plain': '5',
    'application/json': {a: 1},
    'application/geo+json': [1],
  });
});
