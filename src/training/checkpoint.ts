/** A training in the middle, as a folder: what a later process needs to go on bit for bit. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {z} from 'zod';
import {badInput, UserError} from '../core/checks';
import {type ModelConfig, parseModelConfig, type TrainConfig, trainConfig} from '../core/config';
import {cannotWrite, readFileOrFail, writeFileWhole} from '../core/files';
import {assertReplaceable, type FolderMark, makeSibling, putInPlace} from '../core/folders';
import {mapRecord} from '../core/records';
import {type MissingRates, missingRatesSchema} from '../datasets/missing';
import {fillVariables} from '../model/serialization';
import {readSafetensors, type StoredTensor, writeSafetensors} from '../model/weights';
import type {AdversarialPlayers, AdversarialState} from './adversarial-phase';
import type {OptimizerState} from './optimizers/optimizer';
import type {History} from './progress';

const format = 'multimodal-gan checkpoint';
/** 1 did not say which data it was of. */
const formatVersion = 2;
export const checkpointMark: FolderMark = {file: 'checkpoint.json', key: 'format', value: format};
const playerNames = ['encoder', 'generator', 'average', 'discriminator'] as const;
const optimizerNames = ['generator', 'discriminator'] as const;

/** How whoever goes on gets the data of a run again. */
export interface DataOrigin {
  /** Options of the command line by their names, paths from the root. */
  readonly options: Readonly<Record<string, string>>;
  /** What is hidden of the training examples, drawn by the run's seed. */
  readonly missing: MissingRates;
}

/** What a run has been so far, besides the weights. */
export interface CheckpointRecord {
  /** Of the examples that it learns from, by dataFingerprint. */
  readonly fingerprint: string;
  /** Absent in runs of programs, which have data of their own. */
  readonly origin?: DataOrigin | undefined;
  readonly model: ModelConfig;
  readonly train: TrainConfig;
  readonly encoderSteps: number;
  /** Seconds spent so far, on E and in all. */
  readonly seconds: {readonly encoder: number; readonly total: number};
  readonly history: History;
  readonly state: AdversarialState;
}

/** What was read, and how to give the players their weights. */
export interface Checkpoint extends CheckpointRecord {
  /** @throws UserError when a file does not fit the model. */
  fill(players: AdversarialPlayers): void;
}

/** Writes the folder, whole or not at all; an older checkpoint of that name is replaced only then. @throws UserError (exit code output). */
export function writeCheckpoint(folder: string, players: AdversarialPlayers, record: CheckpointRecord): void {
  assertReplaceable(folder, checkpointMark, "the checkpoint's folder");
  let temporary: string | undefined;
  try {
    temporary = makeSibling(folder);
    for (const name of playerNames) {
      writeSafetensors(path.join(temporary, `${name}.safetensors`), players[name].parameters.all(), {format});
    }
    for (const name of optimizerNames) {
      writeSafetensors(
        path.join(temporary, `${name}-optimizer.safetensors`),
        slotsToTensors(record.state.optimizers[name]),
        {format},
      );
    }
    const {optimizers, ...state} = record.state;
    const steps = mapRecord(optimizers, ({kind, step}) => ({kind, step}));
    const json = {format, version: formatVersion, ...record, state: {...state, optimizers: steps}};
    writeFileWhole(path.join(temporary, checkpointMark.file), `${JSON.stringify(json)}\n`);
    putInPlace(temporary, folder, checkpointMark, "the checkpoint's folder");
  } catch (error) {
    if (temporary) fs.rmSync(temporary, {recursive: true, force: true});
    throw cannotWrite(folder, error);
  }
}

/** @throws UserError that names the file when one is missing, damaged or of another format. */
export function readCheckpoint(folder: string): Checkpoint {
  const file = path.join(folder, checkpointMark.file);
  const json = parseJson(file);
  const model = parseModelConfig(json.model, file);
  const train = inFile(file, () => trainConfig(json.train as Partial<TrainConfig>));
  const optimizers = Object.fromEntries(
    optimizerNames.map(name => {
      const {tensors} = readSafetensors(path.join(folder, `${name}-optimizer.safetensors`));
      return [name, {...json.state.optimizers[name], slots: tensorsToSlots(tensors)}];
    }),
  ) as unknown as AdversarialState['optimizers'];
  return {
    ...json,
    model,
    train,
    state: {...json.state, optimizers},
    fill: players => {
      for (const name of playerNames) {
        const weights = path.join(folder, `${name}.safetensors`);
        fillVariables(weights, players[name].parameters.all(), readSafetensors(weights).tensors);
      }
    },
  };
}

const count = z.number().int().min(0);
const word = z.number().int().min(0).max(0xffffffff);
const randomState = z.tuple([word, word, word, word]);
const optimizerStep = z.strictObject({kind: z.string(), step: count});
const entries = z.array(z.strictObject({step: count, losses: z.record(z.string(), z.number())}));
const schema = z.strictObject({
  format: z.literal(format),
  version: z.literal(formatVersion),
  fingerprint: z.string(),
  origin: z.strictObject({options: z.record(z.string(), z.string()), missing: missingRatesSchema}).optional(),
  model: z.unknown(),
  train: z.unknown(),
  encoderSteps: count,
  seconds: z.strictObject({encoder: z.number().min(0), total: z.number().min(0)}),
  history: z.strictObject({encoder: entries, adversarial: entries}),
  state: z.strictObject({
    step: count,
    totalSteps: count,
    averageUpdates: count,
    optimizers: z.strictObject({generator: optimizerStep, discriminator: optimizerStep}),
    source: z.strictObject({
      examples: z.strictObject({epochFrom: randomState.nullable(), position: count}),
      subsets: randomState,
      styles: randomState,
      shifts: randomState,
      words: randomState.optional(),
    }),
  }),
});

function parseJson(file: string): z.infer<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileOrFail(file, 'checkpoint').toString('utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badInput(file, 'a JSON file', (error as Error).message);
  }
  const version = (json as {version?: unknown} | null)?.version;
  if (version === 1) throw badInput(file, `of version ${formatVersion}, which says what data it is of`, version);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const {path: at, message} = parsed.error.issues[0]!;
  throw badInput(at.length > 0 ? `${file}: ${at.join('.')}` : file, 'of a checkpoint', message);
}

/** `VARIABLE#SLOT` names a slot's numbers. */
function slotsToTensors({slots}: OptimizerState): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(slots).flatMap(([variable, values]) =>
      Object.entries(values).map(([slot, data]) => [`${variable}#${slot}`, {shape: [data.length], data}] as const),
    ),
  );
}

function tensorsToSlots(tensors: Readonly<Record<string, StoredTensor>>): OptimizerState['slots'] {
  const slots: Record<string, Record<string, Float32Array>> = {};
  for (const [name, {data}] of Object.entries(tensors)) {
    const at = name.lastIndexOf('#');
    const variable = name.slice(0, at);
    slots[variable] = {...slots[variable], [name.slice(at + 1)]: data};
  }
  return slots;
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file}: ${error.message}`, error.exitCode);
    throw error;
  }
}
