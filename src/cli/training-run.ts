/** Training as the commands `train` and `first-run` do it: settings, progress, Ctrl-C. */
import type {Command} from 'commander';
import {watchForNaN} from '../backend/debug-nan';
import type {BackendInfo} from '../backend/select';
import {UserError} from '../core/checks';
import {assertConfigsFit, type ModelConfig, modelConfig, type TrainConfig, trainConfig} from '../core/config';
import {assertReplaceable} from '../core/folders';
import type {Dataset} from '../datasets/dataset';
import {type MissingRates, withMissing} from '../datasets/missing';
import {partEncoderFor} from '../features/part-encoder';
import {type Checkpoint, checkpointMark, readCheckpoint} from '../training/checkpoint';
import {type FlagshipResult, resumeFlagship, trainFlagship} from '../training/flagship';
import type {Phase, Progress} from '../training/progress';
import {applyConfigFile} from './config-file';
import {addDataOptions, type DataOptions} from './data-options';
import {missingOption, missingText, parseMissing} from './missing-option';
import {integerOption, positiveOption} from './options';
import {showProgress} from './progress';
import {originOf, resumeData} from './resume';
import {type RunRecord, recordRun} from './run-record';

export interface TrainingOptions extends DataOptions {
  readonly minutes?: number;
  readonly steps?: number;
  readonly encoderSteps?: number;
  readonly seed: number;
  readonly out: string;
  readonly config?: string;
  readonly debugNan?: boolean;
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly resume?: string;
  readonly missing?: MissingRates;
}

/** What a run will use; `training` and `model` go over the defaults of core/config.ts. */
export interface TrainingPlan {
  readonly options: TrainingOptions;
  readonly training: Partial<TrainConfig>;
  readonly model: Partial<Omit<ModelConfig, 'modalities'>>;
  /** What is hidden of the training examples. */
  readonly missing: MissingRates;
  /** What the run goes on from; the rest of the plan is then as it says. */
  readonly resumed?: Checkpoint;
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
      '--debug-nan',
      'look at the result of every operation and name the first layer where NaN or infinity appears; many times slower',
    )
    .option(
      '--missing <rates>',
      'hide a share of the training parts, at random: image=0.5,caption=0.2; by class in a config file: "missing": {"image": {"three": 0.9}}',
      missingOption,
    )
    .option('--checkpoint <dir>', 'folder for what a later run needs to go on, written now and then and on Ctrl-C')
    .option(
      '--checkpoint-every <n>',
      'steps of G and D between two checkpoints',
      integerOption('--checkpoint-every', 1),
      500,
    )
    .option(
      '--resume <dir>',
      'go on from a checkpoint, with the settings, the data and the hidden parts that it began with; bit for bit as if never stopped',
    )
    .option(
      '--config <file>',
      'JSON file: these options by their names, and "model" and "training" with any setting of src/core/config.ts',
    );
}

/**
 * Options, config file and defaults, checked before anything is loaded. An option on the command line goes over the file,
 * in which a key may stand at the top or in "training", and the file over the defaults.
 */
export function planTraining(command: Command): TrainingPlan {
  const file = command.opts<TrainingOptions>().config;
  const sections = file ? applyConfigFile(command, file, ['model', 'training', 'missing']) : {};
  const options = command.opts<TrainingOptions>();
  const fromFile: Partial<TrainConfig> = {...sections.training};
  for (const [key, value] of Object.entries(optionsFrom(command, 'config'))) {
    if (key in fromFile) throw new UserError(`${file}: Expected "${key}" once, got it at the top and in "training".`);
    Object.assign(fromFile, {[key]: value});
  }
  const given = optionsFrom(command, 'cli');
  const fixed = options.resume && (file ? 'config' : Object.keys(given)[0]);
  if (fixed) throw new UserError(`Expected --resume without settings, which the checkpoint holds, got ${fixed} too.`);
  if (given.minutes !== undefined && given.steps !== undefined)
    throw new UserError('Expected --minutes or --steps, got both.');
  if (fromFile.minutes !== undefined && typeof fromFile.steps === 'number')
    throw new UserError(`${file}: Expected "minutes" or "steps", got both.`);
  // A time that is asked for ends the training, whatever steps a file names.
  const training = {...fromFile, ...(given.minutes === undefined ? {} : {steps: null}), ...given};
  const model = (sections.model ?? {}) as Partial<Omit<ModelConfig, 'modalities'>>;
  if (options.checkpoint) assertReplaceable(options.checkpoint, checkpointMark, '--checkpoint');
  if (options.resume) {
    const resumed = readCheckpoint(options.resume);
    return {...resumeData(command, options, resumed), model: {}, training: resumed.train, resumed};
  }
  inFile(file, () => assertConfigsFit(trainConfig(training), modelConfig({}, model)));
  const missing = options.missing ?? (sections.missing ? parseMissing(sections.missing, `"missing" in ${file}`) : {});
  return {options, model, training, missing};
}

/** The options of the training itself that come from one source. */
function optionsFrom(command: Command, source: 'cli' | 'config'): Partial<TrainConfig> {
  const keys = ['seed', 'minutes', 'steps', 'encoderSteps'] as const;
  const chosen = keys.filter(key => command.getOptionValueSource(key) === source);
  return Object.fromEntries(chosen.map(key => [key, command.getOptionValue(key)]));
}

/**
 * The command that repeats a run exactly, on the same engine with as many threads: the steps that a timed run took, its
 * seed, and the data and settings that it was given.
 */
export function repeatCommand(start: string, {options, missing}: TrainingPlan, record: RunRecord): string {
  const given = dataArguments(options);
  if (options.config !== undefined) given.push(`--config ${quoted(options.config)}`);
  const rates = missingText(missing);
  if (rates) given.push(`--missing ${rates}`);
  const {steps, encoderSteps, seed} = record;
  return [start, `--steps ${steps} --encoder-steps ${encoderSteps} --seed ${seed}`, ...given].join(' ');
}

/** What names the data of a run on the command line, where they are not the digits as they come. */
export function dataArguments({data, images, speech, dataConfig}: TrainingPlan['options']): string[] {
  const own = {...(data === 'digits' ? {} : {data}), images, speech, 'data-config': dataConfig};
  return Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`]));
}

/** quoted("my data") is "'my data'", as a shell wants it. */
function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export interface TrainedRun {
  readonly result: FlagshipResult;
  readonly record: RunRecord;
}

/** Trains with a progress display; aborting `signal` ends it early, and what was reached is returned. */
export async function runTraining(
  plan: TrainingPlan,
  dataset: Dataset,
  backend: BackendInfo,
  signal: AbortSignal,
): Promise<TrainedRun> {
  const progress = showProgress();
  let features: ReturnType<typeof partEncoderFor> | undefined;
  const stopWatching = plan.options.debugNan ? watchForNaN() : () => {};
  try {
    const {checkpoint, checkpointEvery} = plan.options;
    const training = withMissing(dataset, plan.missing, plan.training.seed ?? plan.options.seed);
    features = partEncoderFor(dataset);
    const options = {
      signal,
      onProgress: (news: Progress) => progress.update({...news, phase: phaseNames[news.phase]}),
      checkpoints:
        checkpoint === undefined
          ? undefined
          : {folder: checkpoint, everySteps: checkpointEvery, origin: originOf(plan.options, plan.missing)},
    };
    const result = plan.resumed
      ? await resumeFlagship(training, features, plan.resumed, options)
      : await trainFlagship(training, features, {
          ...options,
          // 20 were chosen on the digits; how many other data need, their codes tell.
          model: plan.options.data === 'digits' ? plan.model : {priorComponents: null, ...plan.model},
          train: {...defaultMinutes(backend), ...plan.training},
        });
    return {result, record: recordRun(result, training, backend)};
  } finally {
    stopWatching();
    progress.stop();
    await features?.close();
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
