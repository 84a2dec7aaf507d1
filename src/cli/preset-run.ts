/** `multimodal-gan train --preset`: a classic system, trained as it was published or as it works, with what was measured. */
import * as path from 'node:path';
import type {Command} from 'commander';
import {watchForNaN} from '../backend/debug-nan';
import type {BackendInfo} from '../backend/select';
import {exitCodes, UserError} from '../core/checks';
import {writeFileWhole} from '../core/files';
import {assertReplaceable, type FolderMark} from '../core/folders';
import {writeSafetensors} from '../model/weights';
import {groupedBars} from '../plots/bars';
import {curves} from '../plots/curves';
import type {Figure} from '../plots/figure';
import {pointClouds} from '../plots/points';
import {renderFigure} from '../plots/render';
import {modalityColour} from '../plots/theme';
import {imageGridPng, pictureTile} from '../plots/tiles';
import {assertLossFits, type Preset, type PresetCurves, type PresetRun} from '../presets/preset-type';
import {presetOf} from '../presets/presets';
import {loadDataset} from './data-options';
import {startEngine} from './engine';
import {listenForInterrupt} from './interrupt';
import {writeFolderWhole} from './output-folder';
import {clockText, showProgress} from './progress';
import {describeBackend} from './run-record';
import type {TrainingOptions} from './training-run';

export interface PresetRunOptions extends TrainingOptions {
  readonly preset: string;
  readonly asPublished?: boolean;
  readonly epochs?: number;
  readonly loss?: string;
}

/** How the folder of a preset is recognised. */
export const presetMark: FolderMark = {file: 'preset.json', key: 'format', value: 'multimodal-gan preset'};

/** The options of `train` that a preset has; the others mean nothing to it. */
const own = ['preset', 'asPublished', 'epochs', 'loss', 'seed', 'out', 'data', 'images', 'speech', 'debugNan'];

export async function trainPreset(command: Command): Promise<void> {
  const options = command.opts<PresetRunOptions>();
  const preset = presetOf(options.preset);
  const given = (key: string) => command.getOptionValueSource(key) === 'cli';
  const foreign = command.options.find(
    option => given(option.attributeName()) && !own.includes(option.attributeName()),
  );
  if (foreign)
    throw new UserError(`Expected no ${foreign.long} with a preset, which has --epochs, --seed and --out; got it.`);
  const variant = options.asPublished ? 'asPublished' : 'corrected';
  assertLossFits(preset, {variant, loss: options.loss});
  const out = given('out') ? options.out : `out/${preset.name}${options.asPublished ? '-as-published' : ''}`;
  assertReplaceable(out, presetMark);
  const dataset = await loadDataset(options);
  const backend = await startEngine();
  using interruption = listenForInterrupt(line => console.error(`\n${line}`));
  const progress = showProgress();
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const stopWatching = options.debugNan ? watchForNaN() : () => {};
  let run: PresetRun;
  try {
    run = await preset.train({
      variant,
      dataset,
      seed: options.seed,
      epochs: options.epochs,
      loss: options.loss,
      signal: interruption.signal,
      onEpoch: ({epoch, losses}, epochs) =>
        progress.update({
          phase: `${preset.name}, epoch`,
          step: epoch,
          totalSteps: epochs,
          losses,
          secondsLeft: (seconds() / epoch) * (epochs - epoch),
        }),
    });
  } finally {
    stopWatching();
    progress.stop();
  }
  const record = {...run, seconds: seconds(), dataset: dataset.name, source: dataset.source};
  await writeFolderWhole(out, presetMark, folder => writePreset(folder, preset, record, backend));
  for (const player of Object.values(run.players)) player.dispose();
  console.log(presetText(preset, run));
  console.log(
    `\nTrained ${run.history.length} epochs in ${clockText(record.seconds)}; weights, figures and preset.json are in ${out}`,
  );
  if (run.interrupted) process.exitCode = exitCodes.interrupted;
  else if (variant === 'asPublished')
    console.log(`Next: multimodal-gan train --preset ${preset.name}, the corrected form`);
}

/** What a person reads at the end: the errors, kept or cured, and every finding. */
export function presetText({name, description, errors}: Preset, {variant, loss, findings}: PresetRun): string {
  const width = Math.max(...findings.map(finding => finding.name.length));
  const rows = findings.map(
    finding => `  ${finding.name.padEnd(width)}  ${numberText(finding.value).padStart(10)}  ${finding.meaning}`,
  );
  const head =
    variant === 'asPublished' ? 'as published; its errors are kept:' : 'corrected; as published it had these errors:';
  const measured = loss === undefined ? 'measured:' : `trained by ${loss}, measured:`;
  return [`${name}: ${description}`, head, ...errors.map(error => `  - ${error}`), measured, ...rows].join('\n');
}

/** numberText(0.012345) is '0.01235', numberText(1.2e-31) '1.200e-31'. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-3 && size < 1e5) ? String(Number(value.toPrecision(4))) : value.toExponential(3);
}

async function writePreset(
  folder: string,
  preset: Preset,
  run: PresetRun & {readonly seconds: number; readonly dataset: string; readonly source: string},
  backend: BackendInfo,
): Promise<void> {
  const {players, pictures, texts, curves: figures, ...rest} = run;
  const json = {
    format: presetMark.value,
    description: preset.description,
    errors: preset.errors,
    backend: describeBackend(backend),
    ...rest,
    curves: figures,
    players: Object.keys(players),
  };
  writeFileWhole(path.join(folder, presetMark.file), `${JSON.stringify(json, null, 2)}\n`);
  for (const [name, parameters] of Object.entries(players))
    writeSafetensors(path.join(folder, `${name}.safetensors`), parameters.all(), {preset: preset.name, player: name});
  writeFileWhole(path.join(folder, 'losses.png'), await renderFigure(lossFigure(run)));
  for (const [i, figure] of figures.entries())
    writeFileWhole(path.join(folder, `figure-${i + 1}.png`), await renderFigure(figureOf(figure)));
  if (pictures) {
    const tiles = pictures.map(pictureTile);
    writeFileWhole(
      path.join(folder, 'pictures.png'),
      imageGridPng(tiles, {columns: Math.ceil(Math.sqrt(tiles.length)), scale: 3}),
    );
  }
  if (texts) writeFileWhole(path.join(folder, 'texts.txt'), `${texts.join('\n')}\n`);
}

function lossFigure({history, preset, variant}: PresetRun): Figure {
  const names = Object.keys(history[0]?.losses ?? {});
  const lines = names.map(name => ({
    name,
    x: history.map(({epoch}) => epoch),
    y: history.map(({losses}) => losses[name]!),
  }));
  const title = `${preset}, ${variant === 'asPublished' ? 'as published' : 'corrected'}: losses`;
  return curves(lines, {title, xTitle: 'epoch', yTitle: 'loss'});
}

function figureOf({title, xTitle, yTitle, logY, points, groups, lines}: PresetCurves): Figure {
  if (groups) {
    const bars = lines.map(({name, y}, i) => ({name, values: y, colour: modalityColour(i)}));
    return groupedBars(groups, bars, {title, xTitle, yTitle});
  }
  if (points) {
    const clouds = lines.map(({name, x, y}) => ({name, points: x.map((value, i) => [value, y[i]!] as const)}));
    return pointClouds(clouds, {title, xTitle, yTitle});
  }
  return curves(logY ? lines.map(withoutZeros) : lines, {title, xTitle, yTitle, logY});
}

/** What is 0 has no place on a logarithmic axis: it is drawn at the smallest number that single precision has. */
function withoutZeros({name, x, y}: PresetCurves['lines'][number]): PresetCurves['lines'][number] {
  return {name, x, y: y.map(value => Math.max(value, 1e-45))};
}
