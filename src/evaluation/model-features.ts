/** A TensorFlow.js model from the disk as a feature extractor. */
import fs from 'node:fs';
import path from 'node:path';
import {badInput, exitCodes, expected, UserError} from '../core/checks';
import {readFileOrFail} from '../core/files';
import {tf} from '../core/tensorflow';
import {assertHonestName, type FeatureExtractor, fingerprintOf} from './feature-extractors';

export interface ModelFeaturesOptions {
  /** In the name of the scores. Defaults to 'features of ' and the model's folder; 'Inception-v3' only for that network, 2,048 wide. */
  readonly name?: string;
  /** Layer (of a layers model) or node (of a graph model) whose output is taken. Defaults to the model's own output. */
  readonly output?: string;
  /** What the model takes for -1 and for 1, the units of pictures and spectrograms here: [0, 1] or [0, 255], say. Defaults to [-1, 1]. */
  readonly range?: readonly [low: number, high: number];
  /**
   * Turns parts in the modality's units into the model's input. By default `range` is applied, and pictures are resized, grey ones
   * given three channels, and parts laid out in a row, where the model asks for that.
   */
  readonly prepare?: (parts: tf.Tensor) => tf.Tensor;
  /** Rows at once. Defaults to 64. */
  readonly batchSize?: number;
}

interface ModelFile {
  readonly format?: string;
  readonly modelTopology?: {readonly node?: unknown; readonly model_config?: unknown; readonly class_name?: unknown};
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly tf.io.WeightsManifestEntry[];
  }[];
}

/**
 * Loads a layers or a graph model, as TensorFlow.js saves and converts them.
 *
 * Outputs of four axes [N, H, W, C] are averaged over H and W, as is usual for networks of convolutions.
 *
 * @param file its model.json, or the folder that holds it; the weights lie beside it.
 * @throws UserError when the file is no such model, weights are missing, there is no such output, or (by `extract`) parts have not
 * the shape that the model takes.
 */
export async function modelFeatures(file: string, options: ModelFeaturesOptions = {}): Promise<FeatureExtractor> {
  const manifest = fs.existsSync(file) && fs.statSync(file).isDirectory() ? path.join(file, 'model.json') : file;
  const {artifacts, fingerprint, isGraph} = readModel(manifest);
  const {output, range = [-1, 1], batchSize = 64} = options;
  const [low, high] = range;
  if (!(low < high)) throw expected('range', 'a lower and a higher number', range);
  const name = options.name ?? `features of ${path.basename(path.dirname(path.resolve(manifest)))}`;
  assertHonestName(name, null);
  const network = isGraph
    ? await graphNetwork(manifest, artifacts, output)
    : await layersNetwork(manifest, artifacts, output);
  const prepare =
    options.prepare ??
    ((parts: tf.Tensor) => {
      const scaled = low === -1 && high === 1 ? parts : parts.add(1).mul((high - low) / 2).add(low); // biome-ignore format: one formula
      return fitToInput(scaled, network.inputShape);
    });
  return {
    name,
    fingerprint: fingerprintOf(fingerprint, output ?? null, range, options.prepare?.toString() ?? null),
    batchSize,
    extract: parts =>
      tf.tidy(() => {
        const ready = prepare(parts).cast(network.inputDtype);
        assertTaken(manifest, parts.shape, ready.shape, network.inputShape);
        return toRows(
          running(manifest, () => network.apply(ready)),
          parts.shape[0]!,
        );
      }),
    dispose: network.dispose,
  };
}

interface Network {
  /** Null where the model does not say; so are single sizes. */
  readonly inputShape: readonly (number | null)[] | null;
  readonly inputDtype: tf.DataType;
  apply(input: tf.Tensor): tf.Tensor;
  dispose(): void;
}

async function graphNetwork(
  file: string,
  artifacts: tf.io.ModelArtifacts,
  output: string | undefined,
): Promise<Network> {
  const model = await loading(file, () => tf.loadGraphModel(tf.io.fromMemory(artifacts)));
  if (output !== undefined && !nodeNames(artifacts).includes(output.split(':')[0]!)) {
    model.dispose();
    throw new UserError(`Expected output of ${file} to be one of its nodes, got "${output}".`, exitCodes.input);
  }
  return {
    ...inputOf(file, model.inputs),
    apply: input => single(file, output === undefined ? model.predict(input) : model.execute(input, output)),
    dispose: () => model.dispose(),
  };
}

async function layersNetwork(
  file: string,
  artifacts: tf.io.ModelArtifacts,
  output: string | undefined,
): Promise<Network> {
  const model = await loading(file, () => tf.loadLayersModel(tf.io.fromMemory(artifacts)));
  const layer = output === undefined ? undefined : model.layers.find(({name}) => name === output);
  if (output !== undefined && !layer) {
    model.dispose();
    const names = model.layers.map(({name}) => name).join(', ');
    throw new UserError(
      `Expected output of ${file} to be one of its layers, ${names}, got "${output}".`,
      exitCodes.input,
    );
  }
  const cut = layer ? tf.model({inputs: model.inputs, outputs: layer.output as tf.SymbolicTensor}) : model;
  return {
    ...inputOf(file, model.inputs),
    apply: input => single(file, cut.predict(input) as tf.Tensor | tf.Tensor[]),
    dispose: () => model.dispose(),
  };
}

function inputOf(
  file: string,
  inputs: readonly {readonly shape?: readonly (number | null)[]; readonly dtype?: string}[],
): Pick<Network, 'inputShape' | 'inputDtype'> {
  if (inputs.length !== 1) throw badInput(file, 'a model with 1 input', `${inputs.length} inputs`);
  const {shape, dtype} = inputs[0]!;
  const known = shape?.map(size => (size !== null && size >= 0 ? size : null));
  return {inputShape: known ?? null, inputDtype: dtype === 'int32' ? 'int32' : 'float32'};
}

/** @param given shape of the parts; @param ready the same, prepared for the model; @param taken by the model. */
function assertTaken(
  file: string,
  given: readonly number[],
  ready: readonly number[],
  taken: Network['inputShape'],
): void {
  if (!taken) return;
  const fits = taken.length === ready.length && taken.every((size, axis) => size === null || size === ready[axis]);
  if (fits) return;
  const [wanted, got] = [taken, given].map(
    shape => `[${['N', ...shape.slice(1).map(size => size ?? 'any')].join(', ')}]`,
  );
  throw badInput(file, `a model for parts of shape ${got}`, `one for ${wanted}`);
}

/** What the network itself objects to, in one line. */
function running<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badInput(file, 'a model that can read the parts', oneLine(error));
  }
}

function oneLine(error: unknown): string {
  return (error as Error).message.replace(/\s+/g, ' ').trim();
}

function readModel(file: string): {artifacts: tf.io.ModelArtifacts; fingerprint: string; isGraph: boolean} {
  const text = readFileOrFail(file, 'a TensorFlow.js model').toString('utf8');
  let model: ModelFile;
  try {
    model = JSON.parse(text) as ModelFile;
  } catch {
    throw badInput(file, 'a TensorFlow.js model.json', 'a file that is not JSON');
  }
  if (
    typeof model.modelTopology !== 'object' ||
    model.modelTopology === null ||
    !Array.isArray(model.weightsManifest)
  ) {
    throw badInput(file, 'a TensorFlow.js model.json', 'a file without modelTopology and weightsManifest');
  }
  const folder = path.resolve(path.dirname(file));
  const files = model.weightsManifest
    .flatMap(group => group.paths)
    .map(name => {
      const at = path.resolve(folder, name);
      // A model from elsewhere must not choose which files of this machine are read.
      if (!at.startsWith(folder + path.sep)) throw badInput(file, 'a model whose weights lie beside it', name);
      return readFileOrFail(at, 'weights of a TensorFlow.js model');
    });
  const weights = Buffer.concat(files);
  return {
    artifacts: {
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap(group => [...group.weights]),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
    },
    fingerprint: fingerprintOf(Buffer.from(text), weights),
    isGraph: model.format === 'graph-model' || (model.format === undefined && Array.isArray(model.modelTopology.node)),
  };
}

async function loading<M>(file: string, load: () => Promise<M> | M): Promise<M> {
  try {
    return await load();
  } catch (error) {
    throw badInput(file, 'a TensorFlow.js model that can be loaded', oneLine(error));
  }
}

function nodeNames({modelTopology}: tf.io.ModelArtifacts): string[] {
  const {node = []} = modelTopology as {node?: readonly {name: string}[]};
  return node.map(({name}) => name);
}

function single(file: string, output: tf.Tensor | tf.Tensor[] | tf.NamedTensorMap): tf.Tensor {
  const all = output instanceof tf.Tensor ? [output] : Object.values(output);
  if (all.length === 1) return all[0]!;
  throw new UserError(`Expected ${file} to have 1 output, got ${all.length}: name one as output.`, exitCodes.input);
}

/** Pictures in the size and with the channels that the model asks for, or in a row as long as it asks for; anything else as it is. */
function fitToInput(parts: tf.Tensor, shape: Network['inputShape']): tf.Tensor {
  const [count] = parts.shape;
  if (shape?.length === 2 && parts.rank > 2 && shape[1] === parts.size / count!) return parts.reshape([count!, -1]);
  if (parts.rank !== 4 || shape?.length !== 4) return parts;
  const [, height, width, channels] = shape;
  let pictures = parts as tf.Tensor4D;
  if ((height && height !== pictures.shape[1]) || (width && width !== pictures.shape[2])) {
    pictures = tf.image.resizeBilinear(pictures, [height ?? pictures.shape[1], width ?? pictures.shape[2]]);
  }
  return channels === 3 && pictures.shape[3] === 1 ? pictures.tile([1, 1, 1, 3]) : pictures;
}

function toRows(output: tf.Tensor, count: number): tf.Tensor2D {
  const pooled = output.rank === 4 ? output.mean([1, 2]) : output;
  return pooled.reshape([count, -1]) as tf.Tensor2D;
}
