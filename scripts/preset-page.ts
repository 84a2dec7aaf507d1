/**
 * The five classic presets on the embedded digits, as published and corrected, with what was measured and what their generators draw.
 * Writes docs/presets.md, presets.json and presets/*.png. Presets that presets.json holds already are not trained again.
 *
 * Called as:  npm run presets:page
 *             npm run presets:page -- --presets dcgan,embedding --seed 1 --fresh --out DIR
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {backendInfo, selectBackend} from '../src/backend/select';
import {writeFileWhole} from '../src/core/files';
import {tf} from '../src/core/tensorflow';
import {loadDigits} from '../src/datasets/digits';
import {summarise, summaryText} from '../src/networks/summary';
import type {Point} from '../src/plots/figure';
import {pointPanels} from '../src/plots/point-panels';
import {renderFigure} from '../src/plots/render';
import {imageGridPng, pictureTile, type Tile} from '../src/plots/tiles';
import {pictureGame} from '../src/presets/dcgan/picture-game';
import type {PresetRun, PresetVariant} from '../src/presets/preset-type';
import {presetNames, presetOf} from '../src/presets/presets';
import {KeptRows} from './kept-rows';
import {type PresetRow, pageOf} from './presets/page';

const variants: readonly PresetVariant[] = ['asPublished', 'corrected'];

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      presets: {type: 'string', default: presetNames.join(',')},
      seed: {type: 'string', default: '1'},
      fresh: {type: 'boolean', default: false},
      out: {type: 'string', default: join(__dirname, '..', 'docs')},
    },
  });
  await selectBackend();
  mkdirSync(join(values.out, 'presets'), {recursive: true});
  const rows = new KeptRows<PresetRow>(join(values.out, 'presets.json'), values.fresh);
  const seed = Number(values.seed);
  for (const name of values.presets.split(',')) {
    if (rows.has({preset: name, seed})) continue;
    const runs: PresetRun[] = [];
    for (const variant of variants) {
      const before = process.cpuUsage();
      const run = await presetOf(name).train({variant, dataset: loadDigits(), seed});
      for (const player of Object.values(run.players)) player.dispose();
      const {user, system} = process.cpuUsage(before);
      const {findings, history} = run;
      rows.add({
        preset: name,
        variant,
        seed,
        epochs: history.length,
        findings,
        texts: run.texts?.slice(0, 6) ?? [],
        cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
        backend: backendInfo().name,
      });
      runs.push(run);
      console.log(`${name} ${variant}: ${history.length} epochs`);
    }
    writeFileWhole(join(values.out, 'presets', `${name}.png`), await pictureOf(runs));
  }
  pageOf(rows.all(), values.out, presetNames.map(presetOf), dcganSummaries());
}

/** What G draws, as published on the left, corrected on the right; points where it draws none. */
async function pictureOf(runs: readonly PresetRun[]): Promise<Buffer> {
  const [left, right] = runs.map(({pictures}) => pictures?.map(pictureTile));
  if (left && right) {
    const side = Math.ceil(Math.sqrt(left.length));
    const tiles: (Tile | undefined)[] = [];
    for (let row = 0; row < side; row++) {
      const part = (of: readonly Tile[]) => Array.from({length: side}, (_, i) => of[row * side + i]);
      tiles.push(...part(left), undefined, ...part(right));
    }
    return imageGridPng(tiles, {columns: 2 * side + 1, scale: 2});
  }
  const panels = runs.map(({variant, curves}) => ({
    name: variant === 'asPublished' ? 'as published' : 'corrected',
    clouds: curves[0]!.lines.map(({name, x, y}) => ({
      name,
      points: x.map((value, i): Point => [2 * value - 1, 2 * y[i]! - 1]),
    })),
  }));
  return renderFigure(pointPanels(panels, {extent: 1.1}));
}

/** Layers, shapes, parameters and multiply-adds of the DCGAN at both sizes. */
function dcganSummaries(): string[] {
  return [
    {height: 28, width: 28, channels: 1},
    {height: 32, width: 32, channels: 3},
  ].flatMap(size => {
    const game = pictureGame({kind: 'image', ...size}, {seed: 1});
    const {generator, discriminator, generate, score, latentDim} = game;
    const texts = [
      summarise(`G, ${size.height}×${size.width}×${size.channels}`, generator, n =>
        generate(tf.zeros([n, latentDim]) as tf.Tensor2D, 'stored'),
      ),
      summarise(`D, ${size.height}×${size.width}×${size.channels}`, discriminator, n =>
        score(tf.zeros([n, size.height, size.width, size.channels]), 'stored'),
      ),
    ].map(summaryText);
    for (const each of [game, generator, discriminator]) each.dispose();
    return texts;
  });
}

void main();
