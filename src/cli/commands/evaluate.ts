/** `multimodal-gan evaluate`: the scores of a trained model, or of samples of any program, beside those of real data and of chance. */
import * as path from 'node:path';
import {Command} from 'commander';
import {UserError} from '../../core/checks';
import {writeFileWhole} from '../../core/files';
import {assertFileWritable, assertReplaceable} from '../../core/folders';
import {mapRecord} from '../../core/records';
import type {SplitName} from '../../core/types';
import type {Dataset} from '../../datasets/dataset';
import {allScoreRows} from '../../evaluation/detail-rows';
import {evaluationDetails} from '../../evaluation/details';
import {evaluateModel} from '../../evaluation/evaluate';
import {evaluateSamples} from '../../evaluation/evaluate-samples';
import {buildEvaluationReport, type EvaluationReport, type SubjectFacts} from '../../evaluation/evaluation-report';
import type {FeatureExtractor} from '../../evaluation/feature-extractors';
import {type Inspection, inspect} from '../../evaluation/inspection';
import {modelAsMaker} from '../../evaluation/maker';
import {disposeOracles, type Oracles, oraclesOf} from '../../evaluation/oracles';
import {remember} from '../../evaluation/remembering-model';
import {scoreRowTable} from '../../evaluation/report';
import {sampleSetRemarks} from '../../evaluation/sample-set';
import {loadModel} from '../../model/serialization';
import {writeEvaluationReport} from '../../plots/evaluation/write-report';
import {applyConfigFile} from '../config-file';
import {addDataOptions, assertDataFit, type DataOptions, loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {
  disposeExtractors,
  type FeatureRequests,
  featureOption,
  featuresOfConfig,
  loadExtractors,
} from '../feature-options';
import {choiceOption, integerOption} from '../options';
import {reportMark, writeFolderWhole} from '../output-folder';
import {describeBackend, readRun} from '../run-record';
import {readSampleFolder, sampleFolderText} from '../sample-folder';
import {packageVersion} from '../version';

interface EvaluateOptions extends DataOptions {
  readonly model: string;
  readonly samples?: string;
  readonly split: SplitName;
  readonly count: number;
  readonly seed: number;
  readonly report?: string;
  readonly out?: string;
  readonly features?: FeatureRequests;
  readonly config?: string;
}

export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description(
      'Score a model, or samples of any program: coherence, Fréchet distance, classes, sharpness, diversity …',
    )
    .argument('[model]', 'folder of a trained model, as --model')
    .option('--model <dir>', 'folder of a trained model', 'out/first-run/model')
    .option('--samples <dir>', 'score npy files of any program instead of a model')
    .option(
      '--split <name>',
      'real data to compare with: test or validation',
      choiceOption<SplitName>('split', ['test', 'validation']),
      'test',
    )
    .option(
      '--count <n>',
      'examples to generate (or samples to use), and the most real rows to use',
      integerOption('--count', 2),
      2000,
    )
    .option('--seed <n>', 'same seed, same scores', integerOption('--seed', Number.MIN_SAFE_INTEGER), 1)
    .option(
      '--features <modality=path>',
      "what distances are measured in instead of the classifiers' features: a TensorFlow.js model (layers or graph) or raw; repeatable",
      featureOption,
    )
    .option('--report <dir>', 'also write report.html, report.md with figures, and report.json')
    .option('--out <file>', 'also write the scores as JSON');
  return addDataOptions(command)
    .option('--config <file>', 'JSON file with these options by their long names in camelCase')
    .addHelpText('after', `\n${featureText}\n\n${sampleFolderText}`)
    .action((model: string | undefined, _, self: Command) => evaluate(model, self));
}

const featureText = `Features (--features), one a modality:
  image=raw                       the values themselves
  image=nets/a                    the output of nets/a/model.json, pooled over places where it has places
  image=nets/a,output=pool        that of a layer (layers model) or node (graph model)
  image=nets/a,range=0..1         for a model that takes black as 0 and white as 1 (here -1 and 1)
  image=nets/a,name=Inception-v3  what the scores are called after; only Inception-v3, 2048 wide, makes a FID
In a config file: "features": {"image": "nets/a"}, or {"image": {"model": "nets/a", "output": "pool", "range": [0, 1]}}.`;

/** What was scored, before figures. */
interface Evaluated {
  readonly facts: SubjectFacts;
  readonly scored: Pick<EvaluationReport, 'subject' | 'metrics' | 'asked' | 'details'>;
  readonly inspection: Inspection;
  readonly remarks: readonly string[];
}

async function evaluate(model: string | undefined, command: Command): Promise<void> {
  const file = command.opts<EvaluateOptions>().config;
  const sections = file ? applyConfigFile(command, file, ['features']) : {};
  assertOneSubject(model, command);
  const features = {...featuresOfConfig(file ?? '', sections.features), ...command.opts<EvaluateOptions>().features};
  const options = {...command.opts<EvaluateOptions>(), ...(model === undefined ? {} : {model})};
  if (options.out) assertFileWritable(options.out);
  if (options.report) assertReplaceable(options.report, reportMark, '--report');
  const backend = await startEngine();
  const started = performance.now();
  const dataset = await loadDataset(options);
  const oracles = oraclesOf(dataset);
  const extractors = await loadExtractors(features, dataset.modalities);
  const say = (stage: string): void => console.error(`${stage} …`);
  const {facts, scored, inspection, remarks} =
    options.samples === undefined
      ? scoreModel(options, dataset, oracles, extractors, say)
      : scoreSamples(options.samples, options, dataset, oracles, extractors, say);
  const evaluation = {
    backend: describeBackend(backend),
    dataset: dataset.name,
    source: dataset.source,
    version: packageVersion(),
    seconds: (performance.now() - started) / 1000,
    features: mapRecord(scored.metrics.frechet, score => score.features),
  };
  const report = buildEvaluationReport(facts, {...scored, evaluation}, remarks);
  console.log(scoreRowTable(allScoreRows(report)));
  if (report.notes.length > 0) console.log(`\n${report.notes.map(note => `Note: ${note}`).join('\n')}`);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (options.out) {
    writeFileWhole(options.out, json);
    console.log(`\nAlso in ${options.out}`);
  }
  if (options.report) {
    say('drawing figures');
    await writeFolderWhole(options.report, reportMark, async folder => {
      writeFileWhole(path.join(folder, reportMark.file), json);
      await writeEvaluationReport(folder, report, inspection);
    });
    console.log(`\nReport: ${path.join(options.report, 'report.html')} (and report.md, report.json)`);
  }
  disposeExtractors(extractors);
  disposeOracles(oracles);
}

function assertOneSubject(model: string | undefined, command: Command): void {
  const isSet = (name: string): boolean => ['cli', 'config'].includes(command.getOptionValueSource(name) ?? '');
  const named = [
    ...(model === undefined ? [] : ['a model']),
    ...['model', 'samples'].filter(isSet).map(name => `--${name}`),
  ];
  if (named.length > 1)
    throw new UserError(`Expected one of a model, --model and --samples, got ${named.join(' and ')}.`);
}

function scoreModel(
  {model: folder, split, seed, count}: EvaluateOptions,
  dataset: Dataset,
  oracles: Oracles,
  extractors: Readonly<Record<string, FeatureExtractor>>,
  say: (stage: string) => void,
): Evaluated {
  const model = loadModel(folder);
  assertDataFit(dataset, model.config.modalities, folder);
  // Scores and inspection ask for the same examples; they are made once.
  const drawn = remember(model);
  const metrics = evaluateModel(drawn, dataset, oracles, {split, seed, count, extractors, onStage: say});
  say('looking at single examples');
  const maker = modelAsMaker(model, {count, seed, drawn});
  const inspection = inspect(maker, dataset, oracles, {split, seed, count});
  drawn.dispose();
  const run = readRun(folder);
  const facts = run?.record ?? {...unknownRun, parameters: model.numParameters};
  const scored = {
    subject: {kind: 'model', path: folder} as const,
    metrics,
    asked: null,
    details: evaluationDetails(inspection, dataset.source),
  };
  model.dispose();
  return {facts, scored, inspection, remarks: []};
}

function scoreSamples(
  folder: string,
  {split, seed, count}: EvaluateOptions,
  dataset: Dataset,
  oracles: Oracles,
  extractors: Readonly<Record<string, FeatureExtractor>>,
  say: (stage: string) => void,
): Evaluated {
  const set = readSampleFolder(folder, dataset.modalities);
  const options = {split, seed, count, extractors, onStage: say};
  const {metrics, asked, details, inspection} = evaluateSamples(set, dataset, oracles, options);
  return {
    facts: {...unknownRun, parameters: null},
    scored: {subject: {kind: 'samples', path: folder}, metrics, asked, details},
    inspection,
    remarks: sampleSetRemarks(set, dataset.modalities),
  };
}

/** A model that came without its record, and samples, have no training to tell of. */
const unknownRun = {
  package: 'multimodal-gan',
  version: packageVersion(),
  backend: null,
  dataset: null,
  source: null,
  seed: null,
  steps: null,
  encoderSteps: null,
  trainSeconds: null,
  seconds: null,
  msPerStep: null,
} as const;
