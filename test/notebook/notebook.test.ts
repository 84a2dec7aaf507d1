import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {afterEach, test} from 'node:test';
import sharp from 'sharp';
import {interruptSignal} from '../../src/core/interruption';
import {parseWav} from '../../src/datasets/wav';
import {bareFigure} from '../../src/notebook/bare-figures';
import {type DisplayOptions, type MimeBundle, metadataSymbol} from '../../src/notebook/channel';
import {listen} from '../../src/notebook/listen';
import {profile} from '../../src/notebook/profile';
import {progress} from '../../src/notebook/progress';
import {displayable, liveFigure, show} from '../../src/notebook/show';
import {cellText, table, tableBundle} from '../../src/notebook/table';
import {curves} from '../../src/plots/curves';
import {imageGridPng} from '../../src/plots/tiles';
import {rampTile} from '../plots/figures';

const kernelSymbol = Symbol.for('Jupyter.kernel');
const globals = globalThis as Record<symbol, unknown>;
const home = process.cwd();

/** A page that remembers what it was given. */
function page(): {bundle: MimeBundle; options: DisplayOptions}[] {
  const shown: {bundle: MimeBundle; options: DisplayOptions}[] = [];
  globals[kernelSymbol] = {
    display: (bundle: MimeBundle, options: DisplayOptions = {}) => shown.push({bundle, options}),
  };
  return shown;
}

/** Nothing but a folder to write into, and what went to stderr. */
function plainScript(): {folder: string; lines: () => string; restore: () => void} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'notebook-'));
  process.chdir(folder);
  let written = '';
  const original = process.stderr.write;
  process.stderr.write = ((text: string) => {
    written += text;
    return true;
  }) as typeof process.stderr.write;
  return {
    folder,
    lines: () => written,
    restore: () => {
      process.stderr.write = original;
    },
  };
}

afterEach(() => {
  delete globals[kernelSymbol];
  process.chdir(home);
});

const figure = curves([{name: 'a', x: [0, 1], y: [0, 1 / 3]}], {title: 'A third', widthPx: 300, heightPx: 200});

test('show: Plotly JSON, a 2× PNG at 1× size and a text; no HTML', async () => {
  const shown = page();
  await show(figure, {alt: 'a line that ends at a third'});
  assert.equal(shown.length, 1);
  const {bundle, options} = shown[0]!;
  assert.deepEqual(Object.keys(bundle), ['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
  const {data} = bundle['application/vnd.plotly.v1+json'] as {data: {y: number[]}[]};
  assert.deepEqual(data[0]!.y, [0, 0.3333]);
  const {width, height, format} = await sharp(Buffer.from(bundle['image/png'] as string, 'base64')).metadata();
  assert.deepEqual([format, width, height], ['png', 600, 400]);
  assert.equal(bundle['text/plain'], 'a line that ends at a third');
  assert.deepEqual(options, {metadata: {'image/png': {width: 300, height: 200}}});
});

test('show takes a PNG as it is; without alt the title speaks', async () => {
  const shown = page();
  const png = imageGridPng([rampTile()], {columns: 1, scale: 2});
  await show(png);
  assert.equal(shown[0]!.bundle['image/png'], png.toString('base64'));
  assert.deepEqual(shown[0]!.options.metadata, {'image/png': {width: 16, height: 8}});
  await show(figure);
  assert.equal(shown[1]!.bundle['text/plain'], 'A third');
});

test('displayable shows itself as the last value of a cell', async () => {
  const own = displayable(figure) as Record<symbol, () => Promise<MimeBundle>>;
  const bundle = await own[Symbol.for('Jupyter.display')]!();
  assert.ok(Buffer.from(bundle['image/png'] as string, 'base64').length > 1000);
  assert.deepEqual((bundle as Record<symbol, unknown>)[metadataSymbol], {'image/png': {width: 300, height: 200}});
});

test("Plotly's plain JSON is shown like a figure; other values are left alone", async () => {
  const bare = {data: [{type: 'bar', y: Float64Array.of(1, 3)}], layout: {title: {text: 'two bars'}, width: 320}};
  const bundle = (await bareFigure(bare))!;
  assert.deepEqual(Object.keys(bundle), ['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
  assert.deepEqual((bundle['application/vnd.plotly.v1+json'] as typeof bare).data, [{type: 'bar', y: [1, 3]}]);
  assert.equal((bundle as Record<symbol, Record<string, unknown>>)[metadataSymbol]!['image/png'] !== undefined, true);
  const webgl = (await bareFigure({data: [{type: 'surface', z: [[1]]}], layout: {}}))!;
  assert.deepEqual(Object.keys(webgl), ['application/vnd.plotly.v1+json', 'text/plain']);
  assert.match(String(webgl['text/plain']), /^\[figure without a picture: .*surface/);
  for (const other of [null, 5, {data: [5], layout: {}}, {data: [], layout: {}}, {data: [{y: [1]}]}])
    assert.equal(await bareFigure(other), null);
});

test('a live figure keeps its place, skips hasty updates and always draws the last state', async () => {
  const shown = page();
  const live = liveFigure({everySeconds: 1000});
  await live.update(figure);
  await live.update(figure);
  await live.finish(figure);
  assert.deepEqual(
    shown.map(({options}) => options.update),
    [false, true],
  );
  assert.equal(new Set(shown.map(({options}) => options.displayId)).size, 1);
});

test('a live figure whose updates nobody awaits is still one figure', async () => {
  const shown = page();
  const live = liveFigure({everySeconds: 0});
  void live.update(figure);
  void live.update(figure);
  await live.finish(figure);
  assert.deepEqual(
    shown.map(({options}) => options.update),
    [false, true],
  );
});

test('listen: a WAV file inside an audio element', () => {
  const shown = page();
  const sound = {sampleRateHz: 8000, samples: Float32Array.of(0, 0.5, -0.25, 0)};
  listen({'a <b>': sound});
  const html = shown[0]!.bundle['text/html'] as string;
  assert.ok(html.includes('a &#60;b&#62;'));
  const wav = Buffer.from(/base64,([^"]+)"/.exec(html)![1]!, 'base64');
  assert.deepEqual([...parseWav(wav).samples], [0, 0.5, -0.25, 0]);
  assert.equal(shown[0]!.bundle['text/plain'], 'a <b>: 0.00 s of sound at 8000 Hz');
});

test('table: records with missing cells, as HTML and as text', () => {
  const shown = page();
  table([
    {name: 'joint', value: 0.123456},
    {name: '<x>', value: 2, note: 'fine'},
  ]);
  assert.equal(
    shown[0]!.bundle['text/html'],
    '<table><thead><tr><th align="left">name</th><th align="right">value</th><th align="left">note</th></tr></thead><tbody>' +
      '<tr><td align="left">joint</td><td align="right">0.1235</td><td align="left">–</td></tr>' +
      '<tr><td align="left">&#60;x&#62;</td><td align="right">2</td><td align="left">fine</td></tr></tbody></table>',
  );
  assert.equal(
    shown[0]!.bundle['text/plain'],
    'name    value  note\n─────  ──────  ────\njoint  0.1235  –\n<x>         2  fine',
  );
});

test('table takes what a danfojs DataFrame looks like', () => {
  const bundle = tableBundle({
    columns: ['step', 'loss'],
    values: [
      [1, 0.5],
      [2, 0.25],
    ],
  });
  assert.equal(bundle['text/plain'], 'step  loss\n────  ────\n   1   0.5\n   2  0.25');
});

test('cellText', () => {
  assert.deepEqual(
    [cellText(1 / 3, 2), cellText(12345.678, 4), cellText(Number.NaN, 4), cellText(true, 4), cellText(null, 4)],
    ['0.33', '12350', 'NaN', 'true', '–'],
  );
});

test('progress: one display, few messages, the end always shown and the same at each run', () => {
  const shown = page();
  const bar = progress('training', 1000);
  for (let step = 1; step <= 1000; step++) bar.update(step, `loss ${step}`);
  bar.finish('loss 0.5');
  assert.ok(shown.length >= 2 && shown.length < 20, `${shown.length} messages`);
  assert.equal(new Set(shown.map(({options}) => options.displayId)).size, 1);
  assert.deepEqual([shown[0]!.options.update, shown[1]!.options.update], [false, true]);
  assert.equal(shown.at(-1)!.bundle['text/plain'], 'training: 1000 of 1000, loss 0.5');
  assert.ok((shown.at(-1)!.bundle['text/html'] as string).startsWith('<progress value="1000" max="1000">'));
});

test('where no notebook runs, things go to files and lines, and nothing throws', async () => {
  const script = plainScript();
  try {
    await show(figure);
    listen({'a seven': {sampleRateHz: 8000, samples: new Float32Array(4000)}});
    table([{a: 1}]); // to stdout, which the test runner speaks through
    progress('training', 10).finish();
    assert.equal(interruptSignal(), undefined);
  } finally {
    script.restore();
  }
  assert.deepEqual(fs.readdirSync(path.join(script.folder, 'out', 'notebook')).sort(), [
    '01-figure.png',
    '02-a-seven.wav',
  ]);
  assert.ok(script.lines().includes('A third: out/notebook/01-figure.png\n'));
  assert.ok(script.lines().includes('a seven: 0.50 s of sound at 8000 Hz: out/notebook/02-a-seven.wav\n'));
  assert.ok(script.lines().includes('training: 10 of 10\n'));
});

test('a folder that cannot be written is said, not thrown', async () => {
  const script = plainScript();
  try {
    fs.writeFileSync('out', 'a file where the folder should be');
    await show(figure);
  } finally {
    script.restore();
  }
  assert.match(script.lines(), /^A third: not shown \(.*\)\n$/);
});

test('the running cell can be interrupted through the kernel', () => {
  const {signal} = new AbortController();
  globals[kernelSymbol] = {display: () => undefined, signal};
  assert.equal(interruptSignal(), signal);
});

test('profile: smoke unless asked otherwise; a typing error is said', () => {
  const before = process.env['MULTIMODAL_GAN_PROFILE'];
  try {
    delete process.env['MULTIMODAL_GAN_PROFILE'];
    assert.equal(profile().pick(40, 2000), 40);
    process.env['MULTIMODAL_GAN_PROFILE'] = 'full';
    assert.equal(profile().pick(40, 2000), 2000);
    process.env['MULTIMODAL_GAN_PROFILE'] = 'fast';
    assert.throws(() => profile(), {message: 'Unknown profile "fast"; choose smoke or full.'});
  } finally {
    if (before === undefined) delete process.env['MULTIMODAL_GAN_PROFILE'];
    else process.env['MULTIMODAL_GAN_PROFILE'] = before;
  }
});
