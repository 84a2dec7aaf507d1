/** The options that say which data a command works on; the same in every command. */

import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {badInput, UserError, unknownChoice} from '../core/checks';
import type {Modalities} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {loadDigits} from '../datasets/digits';
import {openFolder} from '../datasets/folder/folder';
import {manifestName} from '../datasets/folder/manifest';
import {loadShapes} from '../datasets/shapes';

export interface DataOptions {
  /** A name, or a folder with a manifest. */
  readonly data: string;
  readonly dataConfig?: string;
  readonly images?: string;
  readonly speech?: string;
}

const datasets: Readonly<Record<string, (options: DataOptions) => Dataset>> = {
  digits: ({images, speech}) => loadDigits({imagesDir: images, speechDir: speech}),
  shapes: () => loadShapes(),
};

export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--data <name>',
      `${Object.keys(datasets).join(' or ')}, or a folder of your own with ${manifestName} (docs/data.md)`,
      'digits',
    )
    .option('--data-config <file>', 'what the columns of your folder are, in place of its dataset.json')
    .option('--images <dir>', 'your own pictures: a folder with the four MNIST IDX files, plain or .gz')
    .option('--speech <dir>', 'your own recordings: a folder of {digit}_{speaker}_{index}.wav, 8 kHz');
}

/** Opens the data that a command works on; a folder of many files is read once, with a line of progress. */
export async function loadDataset(options: DataOptions): Promise<Dataset> {
  const {data} = options;
  assertOptionsFit(options);
  const load = isDatasetName(data) ? datasets[data] : undefined;
  if (load) return load(options);
  if (!isFolder(data)) throw unknownChoice('data', data, [...Object.keys(datasets), `a folder with ${manifestName}`]);
  const dataset = await openFolder(data, {settings: options.dataConfig, onProgress: sayProgress()});
  const {badRows, numRows} = dataset.findings;
  if (badRows.length > 0) {
    const [first] = badRows;
    const rest = badRows.length > 1 ? ` \`multimodal-gan data check ${data}\` lists all.` : '';
    console.error(
      `${badRows.length} of ${numRows} rows of ${join(data, manifestName)} are left out; line ${first!.line}: ${first!.problem}${rest}`,
    );
  }
  return dataset;
}

/** Whether a word after --data is a dataset of the package; all others are paths. */
export function isDatasetName(data: string): boolean {
  return Object.hasOwn(datasets, data);
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function assertOptionsFit({data, images, speech, dataConfig}: DataOptions): void {
  const foreign = Object.entries({images, speech}).find(([, value]) => value !== undefined);
  if (foreign && data !== 'digits')
    throw new UserError(`Expected --${foreign[0]} with --data digits, got --data ${data}.`);
  if (dataConfig !== undefined && isDatasetName(data))
    throw new UserError(`Expected --data-config with a folder of your own, got --data ${data}.`);
}

/** A line every few thousand rows, for folders that take long. */
function sayProgress(): (rows: number, of: number) => void {
  let next = 5000;
  return (rows, of) => {
    if (rows < next) return;
    next = rows + 5000;
    console.error(`read ${rows.toLocaleString('en')} of ${of.toLocaleString('en')} rows …`);
  };
}

/** @param from the model's folder, for the message. @throws UserError when the data are not what the model was built for. */
export function assertDataFit(dataset: Dataset, modalities: Modalities, from: string): void {
  const [wanted, got] = [Object.keys(dataset.modalities), Object.keys(modalities)];
  if (wanted.join() !== got.join())
    throw badInput(from, `a model of the modalities of ${dataset.name} (${wanted.join(', ')})`, got.join(', '));
  for (const name of wanted) {
    const [ours, theirs] = [dataset.modalities[name]!, modalities[name]!] as unknown as Record<string, unknown>[];
    for (const key of new Set([...Object.keys(ours!), ...Object.keys(theirs!)])) {
      const [value, other] = [JSON.stringify(ours![key]), JSON.stringify(theirs![key])];
      if (value !== other) {
        const got = typeof theirs![key] === 'object' ? brief(other) : theirs![key];
        throw badInput(from, `a model whose ${name} has the ${key} ${brief(value)}`, got);
      }
    }
  }
}

/** A whole vocabulary would fill the screen. */
function brief(json: string | undefined): string {
  if (json === undefined) return 'none';
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
