/** `multimodal-gan data describe | check`: look at data before training on them. */
import * as path from 'node:path';
import {Command} from 'commander';
import {badInput, exitCodes, UserError} from '../../core/checks';
import {writeFileWhole} from '../../core/files';
import {assertFileWritable} from '../../core/folders';
import {RandomStream} from '../../core/random';
import {numFrames, type Picture} from '../../core/types';
import type {Dataset} from '../../datasets/dataset';
import {describeDataset} from '../../datasets/describe';
import {openFolder} from '../../datasets/folder/folder';
import {manifestName} from '../../datasets/folder/manifest';
import {stratifiedSubset} from '../../datasets/pairing';
import {buildCodec} from '../../features/codec';
import {type GridRow, imageGrid} from '../../plots/image-grid';
import {renderFigure} from '../../plots/render';
import {pictureTile, spectrogramTile} from '../../plots/tiles';
import {isFolder, loadDataset} from '../data-options';
import {describeText} from '../describe-text';
import {integerOption} from '../options';

interface DescribeOptions {
  readonly picture: string;
  readonly count: number;
  readonly seed: number;
  readonly dataConfig?: string;
}

export function dataCommand(): Command {
  const command = new Command('data').description('Look at data before training on them');
  command
    .command('describe')
    .description('Counts, shapes, ranges, durations and words of a dataset, and one batch of it as a picture')
    .argument('<data>', 'digits, shapes, or a folder with manifest.csv')
    .option('--picture <file>', 'where the batch goes', path.join('out', 'data.png'))
    .option('--count <n>', 'examples of the batch', integerOption('--count', 1), 12)
    .option('--seed <n>', 'which examples are drawn', integerOption('--seed', Number.MIN_SAFE_INTEGER), 1)
    .option('--data-config <file>', 'what the columns of your folder are, in place of its dataset.json')
    .action(describe);
  command
    .command('check')
    .description('Read every file of a folder and name every bad row with its line')
    .argument('<folder>', `a folder with ${manifestName}`)
    .option('--data-config <file>', 'what the columns of your folder are, in place of its dataset.json')
    .addHelpText('after', '\nThe exit code is 0 when every row is good, 3 when one is not.')
    .action(check);
  return command;
}

async function describe(data: string, {picture, count, seed, dataConfig}: DescribeOptions): Promise<void> {
  assertFileWritable(picture);
  const isOwn = isFolder(data);
  const folder = isOwn ? await openFolder(data, {settings: dataConfig, isLenient: true}) : null;
  const dataset = folder ?? (await loadDataset({data, dataConfig}));
  console.log(describeText(describeDataset(dataset), folder?.findings));
  writeFileWhole(picture, await batchPicture(dataset, count, seed));
  console.log(`\nA batch of train: ${picture}`);
}

async function check(data: string, {dataConfig}: {dataConfig?: string}): Promise<void> {
  if (!isFolder(data)) throw badInput(data, `a folder with ${manifestName}`, 'none at that path');
  const {findings} = await openFolder(data, {settings: dataConfig, isLenient: true});
  const {badRows, numRows} = findings;
  for (const {line, problem} of badRows) console.log(`${path.join(data, manifestName)}:${line}: ${problem}`);
  console.log(
    `${numRows - badRows.length} of ${numRows} rows are good${badRows.length > 0 ? `, ${badRows.length} are bad` : ''}`,
  );
  if (badRows.length > 0) process.exitCode = exitCodes.input;
}

/** One column an example, as many of each class as can be; one row a modality that can be drawn, sentences below. */
async function batchPicture(dataset: Dataset, count: number, seed: number): Promise<Buffer> {
  const rows = dataset.rows('train');
  if (rows.length === 0)
    throw new UserError(`Expected examples in the train split of ${dataset.name}, got none.`, exitCodes.input);
  const stream = new RandomStream(seed, 'data/describe');
  const chosen = stream.shuffle(stratifiedSubset(rows, Math.min(count, rows.length), stream));
  const texts = Object.keys(dataset.modalities).filter(name => dataset.modalities[name]!.kind === 'text');
  const captions = chosen.map(({parts, label}) => {
    const said = texts.map(name => (parts[name] === undefined ? `(no ${name})` : String(parts[name])));
    return [...(label === undefined ? [] : [dataset.classNames[label]!]), ...said].join(' · ');
  });
  const tiles = Object.entries(dataset.modalities).flatMap(([name, spec]): GridRow[] => {
    if (spec.kind === 'text') return [];
    const codec = buildCodec(spec);
    return [
      {
        name,
        tiles: chosen.map(({parts}) => {
          const part = parts[name];
          if (part === undefined) return undefined;
          if (spec.kind === 'image') return pictureTile(part as Picture);
          return spectrogramTile(codec.encode(part), spec.numMelBands, numFrames(spec), spec.channels);
        }),
      },
    ];
  });
  const last = tiles.at(-1) ?? {name: texts.join(', '), tiles: chosen.map(() => undefined)};
  return renderFigure(
    imageGrid([...tiles.slice(0, -1), {...last, captions}], {tilePx: 84, title: `${dataset.name}: a batch of train`}),
  );
}
