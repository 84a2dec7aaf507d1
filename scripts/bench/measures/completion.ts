/** What a trained model costs to use: one completion from a folder, and examples a second. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {backendInfo} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {loadDigits} from '../../../src/datasets/digits';
import {FeatureCache} from '../../../src/features/batch';
import {loadModel, saveModel} from '../../../src/model/serialization';
import {trainFlagship} from '../../../src/training/flagship';
import {at, interquartileRange, median} from '../statistics';

export interface CompletionRow {
  readonly engine: string;
  /** The modality that is given; the others are made. */
  readonly given: string;
  readonly medianMs: number;
  /** 95 of 100 are at most this. */
  readonly p95Ms: number;
  /** From the folder to a model. */
  readonly loadMs: number;
  readonly calls: number;
}

export interface GenerationRow {
  readonly engine: string;
  /** Examples a call. */
  readonly count: number;
  readonly examplesPerSecond: number;
  readonly spread: number;
}

/** Alone in its process. The weights are those of a few steps: what they are does not matter to the time. */
export async function measureCompletion(
  calls: number,
): Promise<{completion: CompletionRow[]; generation: GenerationRow[]}> {
  const data = loadDigits();
  const features = new FeatureCache(data.modalities);
  const parent = mkdtempSync(join(tmpdir(), 'bench-model-'));
  const folder = join(parent, 'model');
  try {
    const train = {steps: 2, encoderSteps: 2, statisticsBatches: 2};
    const trained = await trainFlagship(data, features, {train});
    saveModel(trained.model, folder);
    trained.model.dispose();
    const started = performance.now();
    const model = loadModel(folder);
    const loadMs = performance.now() - started;
    const engine = backendInfo().name;
    const examples = model.generate(1, {seed: 1});
    const completion = Object.entries(examples).map(([given, part]): CompletionRow => {
      const times = timesOf(calls, seed => Object.values(model.complete({parts: {[given]: part}}, {seed})));
      return {engine, given, medianMs: median(times), p95Ms: at(times, 0.95), loadMs, calls};
    });
    tf.dispose(examples);
    const generation = [1, 16, 256].map((count): GenerationRow => {
      const speeds = timesOf(count === 256 ? 10 : 30, seed => Object.values(model.generate(count, {seed}))).map(
        milliseconds => (1000 * count) / milliseconds,
      );
      return {engine, count, examplesPerSecond: median(speeds), spread: interquartileRange(speeds)};
    });
    model.dispose();
    return {completion, generation};
  } finally {
    rmSync(parent, {recursive: true, force: true});
  }
}

/** Milliseconds of each call, the result read on the host; some calls before are not counted. */
function timesOf(calls: number, call: (seed: number) => tf.Tensor[]): number[] {
  const warmup = Math.max(3, calls / 10);
  const times: number[] = [];
  for (let i = 0; i < calls + warmup; i++) {
    const started = performance.now();
    const tensors = call(i);
    for (const tensor of tensors) tensor.dataSync();
    if (i >= warmup) times.push(performance.now() - started);
    tf.dispose(tensors);
  }
  return times;
}
