/** The options that say which data a command works on; the same in every command. */
import type {Command} from 'commander';
import {badInput, UserError, unknownChoice} from '../core/checks';
import type {Modalities} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {loadDigits} from '../datasets/digits';
import {loadShapes} from '../datasets/shapes';

export interface DataOptions {
  readonly data: string;
  readonly images?: string;
  readonly speech?: string;
}

const datasets: Readonly<Record<string, (options: DataOptions) => Dataset>> = {
  digits: ({images, speech}) => loadDigits({imagesDir: images, speechDir: speech}),
  shapes: options => {
    const foreign = (['images', 'speech'] as const).find(name => options[name] !== undefined);
    if (foreign) throw new UserError(`Expected --${foreign} with --data digits, got --data shapes.`);
    return loadShapes();
  },
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
