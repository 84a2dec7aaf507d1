/**
 * Trains the oracles of an embedded dataset, one classifier a modality, on the train split only, and writes their weights and
 * a table of their accuracy to datasets/NAME/oracles/.
 *
 * Called as:  node --import tsx scripts/train-oracles.ts [--data digits|shapes] [--only image,caption] [--seed 1]
 * Then:       node --import tsx scripts/build-digits.mjs checksums   (digits; those of shapes are written here)
 * About 7 minutes for the digits, 4 for the shapes, on 2 cores with the native engine. The files are shipped: run it again only when the data or the features change.
 */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {parseArgs} from 'node:util';
import {selectBackend} from '../src/backend/select';
import {RandomStream} from '../src/core/random';
import type {Example, Part, SplitName} from '../src/core/types';
import type {Dataset} from '../src/datasets/dataset';
import {loadDigits} from '../src/datasets/digits';
import {loadShapes} from '../src/datasets/shapes';
import {type LabelledParts, trainOracle, withTestAccuracy} from '../src/evaluation/oracle-training';
import {loadOracle, type OracleDescription, saveOracle, shippedOraclesFolder} from '../src/evaluation/oracles';
import {FeatureCache} from '../src/features/batch';

/** Epochs by kind: of digits there are 7,000 pictures, but only some hundred different clips and sentences. */
const kinds = {
  digits: {load: loadDigits, noun: 'digit', epochsOf: {image: 45, text: 300, audio: 60}},
  shapes: {load: loadShapes, noun: 'shape', epochsOf: {image: 24, text: 20, audio: 40}},
} as const;
/** Pairings whose sentences make up the training text: enough for nearly every sentence of the templates. */
const numPairings = 4;

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      data: {type: 'string', default: 'digits'},
      only: {type: 'string'},
      seed: {type: 'string', default: '1'},
    },
  });
  const backend = await selectBackend();
  console.log(backend.line);
  const {load, noun, epochsOf} = kinds[values.data as keyof typeof kinds];
  const folder = shippedOraclesFolder(values.data);
  fs.mkdirSync(folder, {recursive: true});
  const dataset: Dataset = load();
  const cache = new FeatureCache(dataset.modalities);
  const names = values.only?.split(',') ?? Object.keys(dataset.modalities);
  for (const name of names) {
    const spec = dataset.modalities[name]!;
    const train = labelledParts(dataset, 'train', name, cache);
    const epochs = epochsOf[spec.kind];
    const start = Date.now();
    const trained = await trainOracle({
      modality: name,
      spec,
      classNames: dataset.classNames,
      featureName: `${noun} features`,
      train,
      validation: labelledParts(dataset, 'validation', name, cache),
      epochs,
      batchSize: 64,
      learningRate: 2e-3,
      seed: Number(values.seed),
      training: `${train.parts.length} parts of the train split, ${epochs} epochs of 64 a step, seed ${values.seed}, backend ${backend.name}`,
      onEpoch({epoch, loss, accuracy}) {
        if (epoch % 5 > 0 && epoch < epochs) return;
        const scores = `loss ${loss.toFixed(4)}, validation accuracy ${accuracy.toFixed(4)}`;
        console.log(`${name} epoch ${epoch}/${epochs}: ${scores}`);
      },
    });
    const description = withTestAccuracy(trained, labelledParts(dataset, 'test', name, cache));
    saveOracle(path.join(folder, `${name}.safetensors`), description, trained.weights);
    trained.oracle.dispose();
    console.log(`${name}: test accuracy ${description.test!.accuracy} in ${Math.round((Date.now() - start) / 1000)} s`);
  }
  fs.writeFileSync(path.join(folder, 'README.md'), readme(folder, noun, allOracles(folder)));
  if (values.data !== 'digits') writeChecksums(folder);
}

/** Each picture, clip or sentence of a split once, with its class. */
function labelledParts(dataset: Dataset, split: SplitName, name: string, cache: FeatureCache): LabelledParts {
  const labelOf = new Map<Part, number>();
  const add = ({parts, label}: Example): unknown => labelOf.set(parts[name]!, label!);
  dataset.rows(split).forEach(add);
  if (dataset.modalities[name]!.kind !== 'image') {
    const stream = new RandomStream(0, `oracle/pairings/${split}`);
    for (let i = 0; i < numPairings; i++) dataset.pair(split, stream).forEach(add);
  }
  return {parts: Array.from(labelOf.keys(), part => cache.encode(name, part)), labels: [...labelOf.values()]};
}

/** One by one, because the checksums are those of the older files. */
function allOracles(folder: string): OracleDescription[] {
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.safetensors'));
  return files.sort().map(file => loadOracle(path.join(folder, file)));
}

/** In the folder above, where loadOracles compares them. */
function writeChecksums(folder: string): void {
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.safetensors'));
  const sums = files.sort().map(file => {
    const sum = createHash('sha256')
      .update(fs.readFileSync(path.join(folder, file)))
      .digest('hex');
    return [`${path.basename(folder)}/${file}`, sum];
  });
  fs.writeFileSync(path.join(folder, '..', 'checksums.json'), `${JSON.stringify(Object.fromEntries(sums), null, 2)}\n`);
}

function readme(folder: string, noun: string, oracles: readonly OracleDescription[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const rows = oracles.map(({modality, test, training, architecture}) => {
    const file = `${modality}.safetensors`;
    const kilobytes = Math.round(fs.statSync(path.join(folder, file)).size / 1000);
    const {accuracy, ci95, count} = test!;
    return `| \`${file}\` | ${kilobytes} | ${architecture.features} | ${percent(accuracy)} | ${percent(ci95[0])} – ${percent(ci95[1])} | ${count} | ${training} |`;
  });
  return `# Oracles

Frozen classifiers that read which ${noun} a picture, a sentence or a clip shows. They judge what a trained model makes (coherence),
and the values before their last layer are the features of the Fréchet distance ("${noun} features"). No GAN is trained with them.

Trained by \`scripts/train-oracles.ts\`, which also writes this page: on the train split only, with small shifts, turns, gains and noise;
the validation split chose the epoch; the test split was looked at once, for this table. Its pictures and sounds are in no other split.

| file | kB | features | accuracy on test | 95 % interval (Wilson) | different parts | trained on |
|---|---|---|---|---|---|---|
${rows.join('\n')}

An oracle fits data of the same kind only: the metadata of each file holds the modality's settings and the names of the classes, and
evaluation says so where they differ.${noun === 'digit' ? ' With other recordings (`--speech`) its accuracy is another: see the column of real data in the report.' : ''}
`;
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
