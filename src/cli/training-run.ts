/** Training as the commands `train` and `first-run` do it: settings, progress, Ctrl-C. */
import type {Command} from 'commander';
import type {BackendInfo} from '../backend/select';
import {UserError} from '../core/checks';
import {type ModelConfig, modelConfig, type TrainConfig, trainConfig} from '../core/config';
import type {Dataset} from '../datasets/dataset';
import {FeatureCache} from '../features/batch';
import {type FlagshipResult, trainFlagship} from '../training/flagship';
import type {Phase} from '../training/progress';
import {applyConfigFile} from './config-file';
import {addDataOptions, type DataOptions} from './data-options';
import {listenForInterrupt} from './interrupt';
import {integerOption, positiveOption} from './options';
import {showProgress} from './progress';
import {type RunRecord, recordRun} from './run-record';

export interface TrainingOptions extends DataOptions {
  readonly minutes?: number;
  readonly steps?: number;
  readonly encoderSteps?: number;
  readonly seed: number;
  readonly out: string;
  readonly config?: string;
}

/** What a run will use; `training` and `model` go over the defaults of core/config.ts. */
export interface TrainingPlan {
  readonly options: TrainingOptions;
  readonly training: Partial<TrainConfig>;
  readonly model: Partial<Omit<ModelConfig, 'modalities'>>;
}

const phaseNames: Readonly<Record<Phase, string>> = {
  encoder: 'encoder E',
  prior: 'prior',
  adversarial: 'G against D',
  statistics: 'batch statistics',
};

export function addTrainingOptions(command: Command, out: string): Command {
  return addDataOptions(command)
    .option(
      '--minutes <m>',
      'time for the whole training; 4 on native and 12 on slower engines unless told',
      positiveOption('--minutes'),
    )
    .option(
      '--steps <n>',
      'steps of G and D, in place of a time; with --encoder-steps it repeats a run that took so many',
      integerOption('--steps', 1),
    )
    .option(
      '--encoder-steps <n>',
      'steps of E, trained before G and D; a share of the time, or 1000 with --steps, unless told',
      integerOption('--encoder-steps', 1),
    )
    .option(
      '--seed <n>',
      'same seed, both steps, backend and threads: same weights',
      integerOption('--seed', Number.MIN_SAFE_INTEGER),
      1,
    )
    .option('--out <dir>', 'folder of the results, made whole or not at all', out)
    .option(
      '--config <file>',
      'JSON file: these options by their names, and "model" and "training" with any setting of src/core/config.ts',
    );
}

/** Options, config file and defaults, checked before anything is loaded. */
export function planTraining(command: Command): TrainingPlan {
  const file = command.opts<TrainingOptions>().config;
  const sections = file ? applyConfigFile(command, file, ['model', 'training']) : {};
  const options = command.opts<TrainingOptions>();
  if (options.minutes !== undefined && options.steps !== undefined) {
    throw new UserError('Expected --minutes or --steps, got both.');
  }
  const training: Partial<TrainConfig> = {seed: options.seed, ...sections.training};
  const time = {minutes: options.minutes, steps: options.steps, encoderSteps: options.encoderSteps};
  const model = (sections.model ?? {}) as Partial<Omit<ModelConfig, 'modalities'>>;
  const plan = {options, model, training: {...training, ...definedOnly(time)}};
  inFile(file, () => trainConfig(plan.training));
  inFile(file, () => modelConfig({}, plan.model));
  return plan;
}

export interface TrainedRun {
  readonly result: FlagshipResult;
  readonly record: RunRecord;
}

/** Trains with a progress display; Ctrl-C ends it early, and what was reached is returned. */
export async function runTraining(plan: TrainingPlan, dataset: Dataset, backend: BackendInfo): Promise<TrainedRun> {
  const progress = showProgress();
  using interruption = listenForInterrupt(line => console.error(`\n${line}`));
  try {
    const result = await trainFlagship(dataset, new FeatureCache(dataset.modalities), {
      model: plan.model,
      train: {...defaultMinutes(backend), ...plan.training},
      signal: interruption.signal,
      onProgress: news => progress.update({...news, phase: phaseNames[news.phase]}),
    });
    return {result, record: recordRun(result, dataset, backend)};
  } finally {
    progress.stop();
  }
}

/** A slower engine needs longer for digits that one can read; an option or a config file goes above it. */
function defaultMinutes({name}: BackendInfo): Partial<TrainConfig> {
  return name === 'native' ? {} : {minutes: 12};
}

function inFile(file: string | undefined, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (file && error instanceof UserError) throw new UserError(`${file}: ${error.message}`, error.exitCode);
    throw error;
  }
}

function definedOnly<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>;
}
