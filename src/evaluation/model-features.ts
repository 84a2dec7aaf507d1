/** A TensorFlow.js model from the disk as a feature extractor. */
import fs from 'node:fs';
import path from 'node:path';
import {badInput, exitCodes, UserError} from '../core/checks';
import {readFileOrFail} from '../core/files';
import {tf} from '../core/tensorflow';
import {assertHonestName, type FeatureExtractor, fingerprintOf} from './feature-extractors';

export interface ModelFeaturesOptions {
  /** In the name of the scores. Defaults to 'features of ' and the model's folder; 'Inception-v3' only for that network, 2,048 wide. */
  readonly name?: string;
  /** Layer (of a layers model) or node (of a graph model) whose output is taken. Defaults to the model's own output. */
  readonly output?: string;
  /** Turns parts in the modality's units into the model's input. By default pictures are resized, and grey ones given three channels, where the model asks for that. */
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
 * @throws UserError when the file is no such model, weights are missing, or there is no such output.
 */
export async function modelFeatures(file: string, options: ModelFeaturesOptions = {}): Promise<FeatureExtractor> {
  const manifest = fs.existsSync(file) && fs.statSync(file).isDirectory() ? path.join(file, 'model.json') : file;
  const {artifacts, fingerprint, isGraph} = readModel(manifest);
  const {output, prepare, batchSize = 64} = options;
  const name = options.name ?? `features of ${path.basename(path.dirname(path.resolve(manifest)))}`;
  assertHonestName(name, null);
  const network = isGraph
    ? await graphNetwork(manifest, artifacts, output)
    : await layersNetwork(manifest, artifacts, output);
  return {
    name,
    fingerprint: fingerprintOf(fingerprint, output ?? null, prepare?.toString() ?? null),
    batchSize,
    extract: parts =>
      tf.tidy(() => {
        const ready = prepare ? prepare(parts) : fitToInput(parts, network.inputShape);
        return toRows(network.apply(ready), parts.shape[0]!);
      }),
    dispose: network.dispose,
  };
}

interface Network {
  readonly inputShape: readonly (number | null)[] | null;
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
    inputShape: model.inputs[0]?.shape ?? null,
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
    inputShape: model.inputs[0]?.shape ?? null,
    apply: input => single(file, cut.predict(input) as tf.Tensor | tf.Tensor[]),
    dispose: () => model.dispose(),
  };
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
    throw badInput(file, 'a TensorFlow.js model that can be loaded', (error as Error).message);
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

/** Pictures in the size and with the channels that the model asks for; anything else as it is. */
function fitToInput(parts: tf.Tensor, shape: readonly (number | null)[] | null): tf.Tensor {
  if (parts.rank !== 4 || shape?.length !== 4) return parts;
  const [, height, width, channels] = shape.map(size => (size !== null && size > 0 ? size : null));
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
