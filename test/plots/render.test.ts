import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {test} from 'node:test';
import sharp from 'sharp';
import {curves} from '../../src/plots/curves';
import type {Figure} from '../../src/plots/figure';
import {renderFigure, renderSvg} from '../../src/plots/render';
import {everyFigure} from './figures';

/**
 * How each figure of figures.ts looked when a person looked at it: its size and a thumbnail of 32×20 grey levels.
 * `UPDATE_GOLDEN=1 node --import tsx --test test/plots/render.test.ts` writes it anew and puts the PNGs under
 * out/figures; look at them before you commit.
 */
const goldenFile = path.join(__dirname, '..', 'golden', 'figures.json');
type Golden = Record<string, {width: number; height: number; thumbnail: string}>;

const update = process.env['UPDATE_GOLDEN'] === '1';
const golden: Golden = update ? {} : (JSON.parse(fs.readFileSync(goldenFile, 'utf8')) as Golden);

for (const [name, figure] of Object.entries(everyFigure())) {
  test(`${name} is drawn as it was when looked at, and again with the same bytes`, async () => {
    const before = JSON.stringify(figure);
    const png = await renderFigure(figure);
    assert.ok(png.equals(await renderFigure(figure)), 'two renderings differ');
    assert.equal(JSON.stringify(figure), before, 'the figure was written into');
    const {width, height} = await sharp(png).metadata();
    assert.equal(width, 2 * (figure.layout['width'] as number));
    assert.ok(Math.abs(height - 2 * (figure.layout['height'] as number)) <= 1);
    const thumbnail = await sharp(png).grayscale().resize(32, 20, {fit: 'fill'}).raw().toBuffer();
    assert.ok(Math.max(...thumbnail) - Math.min(...thumbnail) > 20, 'the figure is blank');
    if (update) {
      golden[name] = {width, height, thumbnail: thumbnail.toString('base64')};
      const folder = path.join(__dirname, '..', '..', 'out', 'figures');
      fs.mkdirSync(folder, {recursive: true});
      fs.writeFileSync(path.join(folder, `${name}.png`), png);
      fs.writeFileSync(goldenFile, `${JSON.stringify(golden, null, 1)}\n`);
    }
    const wanted = golden[name]!;
    assert.deepEqual([width, height], [wanted.width, wanted.height]);
    const levels = Buffer.from(wanted.thumbnail, 'base64');
    const mean = levels.reduce((sum, level, i) => sum + Math.abs(level - thumbnail[i]!), 0) / levels.length;
    assert.ok(mean < 2, `mean difference of grey levels from the golden thumbnail is ${mean.toFixed(2)}`);
  });
}

test('the SVG of a figure holds its title, its legend and its numbers as text', async () => {
  const line = {name: 'the generated density', x: [0, 1], y: [0, 25]};
  const svg = await renderSvg(curves([line, {...line, name: 'real'}], {title: 'A title to find', xTitle: 'seconds'}));
  for (const text of ['A title to find', 'the generated density', 'seconds', '>20<'])
    assert.ok(svg.includes(text), text);
});

test('a legend is as wide as its longest name needs', async () => {
  const svg = (name: string) =>
    renderSvg(
      curves(
        [
          {name, x: [0, 1], y: [0, 1]},
          {name: 'other', x: [0, 1], y: [1, 0]},
        ],
        {},
      ),
    );
  const width = (document: string) => Number(/class="legendtoggle"[^>]* width="([\d.]+)"/.exec(document)![1]);
  const [short, long] = [width(await svg('i')), width(await svg('a name of twenty-two'))];
  // DejaVu Sans 11 px: "i" is 3.06 wide, the long name 20 letters of about 6.5.
  assert.ok(long - short > 100 && long - short < 150, `${short} → ${long}`);
});

test('WebGL traces are refused by name before anything is drawn', async () => {
  for (const type of ['scattergl', 'surface', 'scatter3d', 'parcoords']) {
    const figure: Figure = {data: [{type, x: [1], y: [1], z: [1]}], layout: {}};
    await assert.rejects(renderFigure(figure), {
      name: 'UserError',
      message: new RegExp(`^Unknown type of trace "${type}"; choose scatter, `),
    });
  }
});

test('a drawing that takes too long is given up', async () => {
  const figure = curves([{name: 'a', x: [0, 1], y: [0, 1]}]);
  await assert.rejects(renderFigure(figure, {timeoutSeconds: 1e-6}), {
    message: 'Expected the figure to be drawn within 0.000001 s, got nothing.',
  });
  await renderFigure(figure); // the next one is not disturbed
});

test('drawing leaves no window behind for TensorFlow.js to find, and lets the process end', () => {
  const code = `
    const {renderFigure} = require('./src/plots/render');
    const {curves} = require('./src/plots/curves');
    renderFigure(curves([{name: 'a', x: [0, 1], y: [0, 1]}])).then(png => console.log(png.length > 1000, typeof window, typeof document));`;
  const root = path.join(__dirname, '..', '..');
  const out = execFileSync(process.execPath, ['--import', 'tsx', '-e', code], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(out.trim(), 'true undefined undefined');
});
