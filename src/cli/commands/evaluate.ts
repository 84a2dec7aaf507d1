/** `multimodal-gan evaluate`: the scores of a trained model, beside those of real data and of chance. */
import {Command} from 'commander';
import {writeFileWhole} from '../../core/files';
import {assertFileWritable} from '../../core/folders';
import type {SplitName} from '../../core/types';
import {evaluateModel} from '../../evaluation/evaluate';
import {disposeOracles, loadOracles} from '../../evaluation/oracles';
import {buildReport, type RunFacts, scoreTable} from '../../evaluation/report';
import {loadModel} from '../../model/serialization';
import {applyConfigFile} from '../config-file';
import {addDataOptions, assertDataFit, type DataOptions, loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {choiceOption, integerOption} from '../options';
import {describeBackend, readRun} from '../run-record';
import {packageVersion} from '../version';

interface EvaluateOptions extends DataOptions {
  readonly model: string;
  readonly split: SplitName;
  readonly count: number;
  readonly seed: number;
  readonly out?: string;
  readonly config?: string;
}

export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Score a model: coherence, Fréchet distance, classes, sharpness, diversity')
    .option('--model <dir>', 'folder of a trained model', 'out/first-run/model')
    .option(
      '--split <name>',
      'real data to compare with: test or validation',
      choiceOption<SplitName>('split', ['test', 'validation']),
      'test',
    )
    .option('--count <n>', 'examples to generate, and the most real rows to use', integerOption('--count', 1), 2000)
    .option('--seed <n>', 'same seed, same scores', integerOption('--seed', Number.MIN_SAFE_INTEGER), 1)
    .option('--out <file>', 'also write the scores as JSON');
  return addDataOptions(command)
    .option('--config <file>', 'JSON file with these options by their long names in camelCase')
    .action((_, self: Command) => evaluate(self));
}

async function evaluate(command: Command): Promise<void> {
  const file = command.opts<EvaluateOptions>().config;
  if (file) applyConfigFile(command, file);
  const options = command.opts<EvaluateOptions>();
  if (options.out) assertFileWritable(options.out);
  const backend = await startEngine();
  const model = loadModel(options.model);
  const run = readRun(options.model);
  const dataset = loadDataset(options);
  assertDataFit(dataset, model.config.modalities, options.model);
  const oracles = loadOracles();
  const metrics = evaluateModel(model, dataset, oracles, {
    split: options.split,
    seed: options.seed,
    count: options.count,
    onStage: stage => console.error(`${stage} …`),
  });
  console.log(scoreTable(metrics));
  if (options.out) {
    const facts = run?.record ?? unknownRun(model.numParameters);
    const evaluation = {backend: describeBackend(backend), dataset: dataset.name, source: dataset.source};
    writeFileWhole(options.out, `${JSON.stringify(buildReport(facts, evaluation, metrics), null, 2)}\n`);
    console.log(`\nAlso in ${options.out}`);
  }
  disposeOracles(oracles);
  model.dispose();
}

/** A model that came without its record has no training to tell of. */
function unknownRun(parameters: number): RunFacts {
  return {
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
    parameters,
  };
}
