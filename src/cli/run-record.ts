/** What is written beside a trained model, so that a report can say how it was made and a second run can repeat it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {z} from 'zod';
import type {BackendInfo} from '../backend/select';
import {badInput} from '../core/checks';
import {readFileOrFail, writeFileWhole} from '../core/files';
import type {Dataset} from '../datasets/dataset';
import {saveModel} from '../model/serialization';
import type {FlagshipResult} from '../training/flagship';
import type {History} from '../training/progress';
import {packageVersion} from './version';

const losses = z.array(z.object({step: z.number(), losses: z.record(z.string(), z.number())}));

const schema = z.object({
  package: z.literal('multimodal-gan'),
  version: z.string(),
  /** Engine, version and threads. */
  backend: z.string(),
  dataset: z.string(),
  /** Where the data came from. */
  source: z.string(),
  seed: z.number(),
  /** Of G and D, and of E. */
  steps: z.number(),
  encoderSteps: z.number(),
  trainSeconds: z.number(),
  seconds: z.record(z.string(), z.number()),
  msPerStep: z.number(),
  parameters: z.number(),
  /** True when the training was stopped before its end. */
  interrupted: z.boolean(),
  trainConfig: z.record(z.string(), z.unknown()),
});

export type RunRecord = z.infer<typeof schema>;

const files = {record: 'training.json', history: 'history.json'};

export function recordRun(result: FlagshipResult, dataset: Dataset, backend: BackendInfo): RunRecord {
  return {
    package: 'multimodal-gan',
    version: packageVersion(),
    backend: describeBackend(backend),
    dataset: dataset.name,
    source: dataset.source,
    seed: result.trainConfig.seed,
    steps: result.steps,
    encoderSteps: result.encoderSteps,
    trainSeconds: result.seconds.total,
    seconds: result.seconds,
    msPerStep: result.msPerStep,
    parameters: result.model.numParameters,
    interrupted: result.interrupted,
    trainConfig: {...result.trainConfig},
  };
}

/** 'native (TensorFlow 2.21.0, 2 threads)' */
export function describeBackend({line}: BackendInfo): string {
  // What follows a semicolon is why no better one was taken.
  return line.replace(/^backend: /, '').replace(/;.*$/, '');
}

/** The model's folder with its record and the losses of every step. */
export function saveTrained(folder: string, result: FlagshipResult, record: RunRecord): void {
  saveModel(result.model, folder);
  writeFileWhole(path.join(folder, files.history), `${JSON.stringify(result.history)}\n`);
  writeFileWhole(path.join(folder, files.record), `${JSON.stringify(record, null, 2)}\n`);
}

/** Null for a model that came without a record. @throws UserError for a record that is damaged. */
export function readRun(folder: string): {record: RunRecord; history: History} | null {
  const file = path.join(folder, files.record);
  if (!fs.existsSync(file)) return null;
  const record = parse(schema, file);
  const history = parse(z.object({encoder: losses, adversarial: losses}), path.join(folder, files.history));
  return {record, history};
}

function parse<T>(shape: z.ZodType<T>, file: string): T {
  const text = readFileOrFail(file, 'the record').toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badInput(file, 'JSON', text.slice(0, 40));
  }
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badInput(file, 'as training wrote it', `${issue!.path.join('.')}: ${issue!.message}`);
}
