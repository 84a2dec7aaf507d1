/** `multimodal-gan generate`: new examples from nothing, or examples completed from some of their modalities. */
import * as path from 'node:path';
import {Command} from 'commander';
import {unknownChoice} from '../../core/checks';
import {writeFileWhole} from '../../core/files';
import {assertReplaceable} from '../../core/folders';
import {tf} from '../../core/tensorflow';
import type {SplitName} from '../../core/types';
import {FeatureCache, toBatch} from '../../features/batch';
import type {MultimodalGan} from '../../model/multimodal-gan';
import type {Parts} from '../../model/players';
import {loadModel} from '../../model/serialization';
import {applyConfigFile} from '../config-file';
import {addDataOptions, assertDataFit, type DataOptions, loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {writeNpy} from '../npy';
import {choiceOption, integerOption, listOption} from '../options';
import {samplesMark, writeFolderWhole} from '../output-folder';
import {assertFormatsFit, type SampleFormat, sampleFormats, writeSamples} from '../samples';

interface GenerateOptions extends DataOptions {
  readonly model: string;
  readonly count?: number;
  readonly format: SampleFormat[];
  readonly out: string;
  readonly seed: number;
  readonly given?: string[];
  readonly split: SplitName;
  readonly config?: string;
}

export function generateCommand(): Command {
  const command = new Command('generate')
    .description('Make new examples, or complete the rows of a split from some of their modalities (--given)')
    .option('--model <dir>', 'folder of a trained model', 'out/first-run/model')
    .option(
      '--count <n>',
      'examples to make, 16 unless told; with --given, only the first n rows',
      integerOption('--count', 1),
    )
    .option(
      '--format <list>',
      `${sampleFormats.join(', ')}; several with commas`,
      listOption('format', sampleFormats),
      ['png', 'wav', 'txt'],
    )
    .option('--out <dir>', 'folder of the results, made whole or not at all', 'out/samples')
    .option('--seed <n>', 'same seed, same examples', integerOption('--seed', Number.MIN_SAFE_INTEGER), 1)
    .option(
      '--given <list>',
      'modalities to keep, for example image,caption; the others are filled in',
      listOption('given', null),
    )
    .option(
      '--split <name>',
      'whose rows --given completes, in order',
      choiceOption<SplitName>('split', ['train', 'validation', 'test']),
      'test',
    );
  return addDataOptions(command)
    .option('--config <file>', 'JSON file with these options by their long names in camelCase')
    .addHelpText('after', help)
    .action((_, self: Command) => generate(self));
}

const help = `
Files: image-0001.png …, speech-0001.wav …, caption.txt (a line an example), samples.json (how they were made).
With --format npy, one file a modality, float32 in the units of its tensor: pictures [N, height, width, channels] and
sounds [N, mel bands, frames, 1] in [-1, 1], texts [N, tokens, vocabulary] as probabilities (one-hot where given);
besides, caption.tokens.npy int32 (the most probable words), caption.txt, and with --given labels.npy int32.`;

async function generate(command: Command): Promise<void> {
  const file = command.opts<GenerateOptions>().config;
  if (file) applyConfigFile(command, file);
  const options = command.opts<GenerateOptions>();
  assertReplaceable(options.out, samplesMark);
  await startEngine();
  const model = loadModel(options.model);
  const {modalities} = model.config;
  assertFormatsFit(options.format, modalities);
  const {parts, labels} = options.given ? await completeRows(model, options.given, options) : drawNew(model, options);
  const count = Object.values(parts)[0]!.shape[0]!;
  await writeFolderWhole(options.out, samplesMark, async folder => {
    await writeSamples(folder, parts, modalities, options.format);
    if (labels && options.format.includes('npy')) writeNpy(path.join(folder, 'labels.npy'), labels, [count]);
    const {model: from, seed, given = [], split} = options;
    const how = {package: 'multimodal-gan', model: from, count, seed, given, split: given.length > 0 ? split : null};
    writeFileWhole(path.join(folder, samplesMark.file), `${JSON.stringify(how, null, 2)}\n`);
  });
  tf.dispose(parts);
  model.dispose();
  console.log(`${count} examples as ${options.format.join(', ')} in ${options.out}`);
}

function drawNew(model: MultimodalGan, {count = 16, seed}: GenerateOptions): {parts: Parts; labels: null} {
  return {parts: model.generate(count, {seed}), labels: null};
}

/** Every row of the split in order, the named modalities kept. */
async function completeRows(
  model: MultimodalGan,
  given: readonly string[],
  options: GenerateOptions,
): Promise<{parts: Parts; labels: Int32Array}> {
  const {modalities} = model.config;
  for (const name of given) if (!(name in modalities)) throw unknownChoice('modality', name, Object.keys(modalities));
  const dataset = await loadDataset(options);
  const rows = dataset.rows(options.split).slice(0, options.count);
  assertDataFit(dataset, modalities, options.model);
  const batch = toBatch(rows, new FeatureCache(modalities));
  const kept = Object.fromEntries(given.map(name => [name, batch.parts[name]!]));
  const present = Object.fromEntries(given.map(name => [name, batch.present[name]!]));
  const parts = model.complete({parts: kept, present}, {seed: options.seed});
  tf.dispose([batch.parts, batch.present]);
  return {parts, labels: batch.labels};
}
