/** The options that say which data a command works on; the same in every command. */
import type {Command} from 'commander';
import {badInput, unknownChoice} from '../core/checks';
import type {Modalities} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {loadDigits} from '../datasets/digits';

export interface DataOptions {
  readonly data: string;
  readonly images?: string;
  readonly speech?: string;
}

const datasets: Readonly<Record<string, (options: DataOptions) => Dataset>> = {
  digits: ({images, speech}) => loadDigits({imagesDir: images, speechDir: speech}),
};

export function addDataOptions(command: Command): Command {
  return command
    .option('--data <name>', `embedded data: ${Object.keys(datasets).join(', ')}`, 'digits')
    .option('--images <dir>', 'your own pictures: a folder with the four MNIST IDX files, plain or .gz')
    .option('--speech <dir>', 'your own recordings: a folder of {digit}_{speaker}_{index}.wav, 8 kHz');
}

export function loadDataset(options: DataOptions): Dataset {
  const load = datasets[options.data];
  if (!load) throw unknownChoice('data', options.data, Object.keys(datasets));
  return load(options);
}

/** @param from the model's folder, for the message. @throws UserError when the data are not what the model was built for. */
export function assertDataFit(dataset: Dataset, modalities: Modalities, from: string): void {
  if (JSON.stringify(dataset.modalities) === JSON.stringify(modalities)) return;
  throw badInput(
    from,
    `a model of the modalities of ${dataset.name} (${Object.keys(dataset.modalities).join(', ')})`,
    Object.keys(modalities).join(', '),
  );
}
