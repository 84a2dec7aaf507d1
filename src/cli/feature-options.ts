/** `--features`: which network reads a modality, in the place of the shipped classifiers. */
import {badInput, exitCodes, expected, UserError, unknownChoice} from '../core/checks';
import {tf} from '../core/tensorflow';
import {type Modalities, type ModalitySpec, partShape} from '../core/types';
import {extractFeatures, type FeatureExtractor, rawFeatures} from '../evaluation/feature-extractors';
import {modelFeatures} from '../evaluation/model-features';

/** One modality's features as they are asked for: a model.json or its folder, or 'raw'. */
export interface FeatureRequest {
  readonly model: string;
  readonly output?: string;
  readonly name?: string;
  readonly range?: readonly [number, number];
}

export type FeatureRequests = Readonly<Record<string, FeatureRequest>>;

const form = 'MODALITY=PATH or MODALITY=raw, then ,output=LAYER ,name=NAME ,range=LOW..HIGH where wanted';

/** featureOption('image=nets/a,output=pool', {}) is {image: {model: 'nets/a', output: 'pool'}}; for an option that may be repeated. */
export function featureOption(text: string, before: FeatureRequests | undefined): FeatureRequests {
  const at = text.indexOf('=');
  const [model, ...settings] = text.slice(at + 1).split(/,(?=(?:output|name|range)=)/);
  if (at < 1 || !model) throw expected('--features', form, text);
  const record = Object.fromEntries(settings.map(setting => setting.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const {range, ...names} = record;
  return {...before, [text.slice(0, at)]: {model, ...names, ...(range === undefined ? {} : {range: rangeOf(range)})}};
}

function rangeOf(text: string): [number, number] {
  const [low, high, ...more] = text.split('..').map(end => (end.trim() === '' ? Number.NaN : Number(end)));
  if (more.length > 0 || !(low! < high!)) throw expected('range of --features', 'LOW..HIGH, as 0..1', text);
  return [low!, high!];
}

/** The `features` of a config file: {"image": "nets/a"} or {"image": {"model": "nets/a", "output": "pool", "range": [0, 1]}}. */
export function featuresOfConfig(file: string, section: Readonly<Record<string, unknown>> = {}): FeatureRequests {
  return Object.fromEntries(
    Object.entries(section).map(([name, value]): [string, FeatureRequest] => {
      if (typeof value === 'string' && value !== '') return [name, {model: value}];
      const key = `"features.${name}" in ${file}`;
      if (typeof value !== 'object' || value === null) throw badInput(key, 'a path, "raw" or an object', value);
      const known = ['model', 'output', 'name', 'range'];
      const record = value as Record<string, unknown>;
      const other = Object.keys(record).find(each => !known.includes(each));
      if (other !== undefined)
        throw new UserError(`${key}: ${unknownChoice('key', other, known).message}`, exitCodes.input);
      for (const text of ['model', 'output', 'name']) {
        if (text === 'model' || record[text] !== undefined) {
          if (typeof record[text] !== 'string' || record[text] === '')
            throw badInput(`"${text}" of ${key}`, 'a text', record[text]);
        }
      }
      const {range} = record;
      const isRange =
        Array.isArray(range) &&
        range.length === 2 &&
        range.every(end => typeof end === 'number') &&
        range[0] < range[1];
      if (range !== undefined && !isRange) throw badInput(`"range" of ${key}`, 'a lower and a higher number', range);
      return [name, record as unknown as FeatureRequest];
    }),
  );
}

/**
 * Loads what is asked for and tries it on two parts, so that what does not fit is said before anything is generated.
 *
 * @throws UserError for an unknown modality, a file that is no model, or one that does not take such parts.
 */
export async function loadExtractors(
  requests: FeatureRequests,
  modalities: Modalities,
): Promise<Record<string, FeatureExtractor>> {
  const extractors: Record<string, FeatureExtractor> = {};
  try {
    for (const [name, {model, ...options}] of Object.entries(requests)) {
      const spec = modalities[name];
      if (!spec) throw unknownChoice('modality of --features', name, Object.keys(modalities));
      extractors[name] =
        model === 'raw' ? rawFeatures(options.name ?? rawName(spec)) : await modelFeatures(model, options);
      tryOut(extractors[name], name, spec);
    }
  } catch (error) {
    disposeExtractors(extractors);
    throw error;
  }
  return extractors;
}

export function disposeExtractors(extractors: Readonly<Record<string, FeatureExtractor>>): void {
  for (const extractor of Object.values(extractors)) extractor.dispose();
}

function rawName({kind}: ModalitySpec): string {
  return {image: 'pixels', audio: 'log-mel values', text: 'word probabilities'}[kind];
}

function tryOut(extractor: FeatureExtractor, modality: string, spec: ModalitySpec): void {
  tf.tidy(() => {
    try {
      extractFeatures(extractor, tf.zeros([2, ...partShape(spec)]));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`--features ${modality}: ${error.message}`, error.exitCode);
    }
  });
}
