/** A model as a folder: `config.json` says how it is built, one safetensors file a player and one for the prior hold the values. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {badInput, UserError} from '../core/checks';
import {type ModelConfig, parseModelConfig} from '../core/config';
import {cannotWrite, readFileOrFail, writeFileWhole} from '../core/files';
import {assertReplaceable, type FolderMark, makeSibling, putInPlace} from '../core/folders';
import {type NamedVariables, tf} from '../core/tensorflow';
import {MultimodalGan} from './multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from './players';
import {priorFromTensors, priorToTensors} from './prior';
import {readSafetensors, type StoredTensor, writeSafetensors} from './weights';

const format = 'multimodal-gan model';
const formatVersion = 1;
/** How the folder of a model is recognised. */
export const modelMark: FolderMark = {file: 'config.json', key: 'format', value: format};
const files = {
  config: 'config.json',
  encoder: 'encoder.safetensors',
  generator: 'generator.safetensors',
  discriminator: 'discriminator.safetensors',
  prior: 'prior.safetensors',
};

/**
 * Writes the model; loading it back gives bit-equal weights and answers. The folder appears whole or not at all: a sibling
 * is written first and renamed, and an older model of that name is replaced only then.
 *
 * @throws UserError (exit code output) when `folder` holds something else than a model, or cannot be written.
 */
export function saveModel(model: MultimodalGan, folder: string): void {
  assertReplaceable(folder, modelMark, "the model's folder");
  let temporary: string | undefined;
  try {
    temporary = makeSibling(folder);
    writeFileWhole(
      path.join(temporary, files.config),
      `${JSON.stringify({format, version: formatVersion, model: model.config}, null, 2)}\n`,
    );
    for (const player of ['encoder', 'generator', 'discriminator'] as const) {
      writeSafetensors(path.join(temporary, files[player]), model[player].parameters.all(), {format, player});
    }
    writeSafetensors(path.join(temporary, files.prior), priorToTensors(model.prior), {format, player: 'prior'});
    putInPlace(temporary, folder, modelMark, "the model's folder");
  } catch (error) {
    if (temporary) fs.rmSync(temporary, {recursive: true, force: true});
    throw cannotWrite(folder, error);
  }
}

/** @throws UserError that names the file when one is missing, damaged or of another model. */
export function loadModel(folder: string): MultimodalGan {
  const config = readConfig(path.join(folder, files.config));
  // The seed does not matter: every value is overwritten.
  const players = {
    encoder: new CrossModalEncoder(config, 0),
    generator: new Generator(config, 0),
    discriminator: new Discriminator(config, 0),
  };
  try {
    for (const player of ['encoder', 'generator', 'discriminator'] as const) {
      const file = path.join(folder, files[player]);
      fillVariables(file, players[player].parameters.all(), readSafetensors(file).tensors);
    }
    const priorFile = path.join(folder, files.prior);
    const prior = priorFromTensors(priorFile, readSafetensors(priorFile).tensors, Object.keys(config.modalities));
    if (prior.content.dim !== config.contentDim)
      throw badInput(priorFile, `a prior over ${config.contentDim} dimensions`, prior.content.dim);
    return new MultimodalGan(config, players.encoder, players.generator, players.discriminator, prior);
  } catch (error) {
    for (const player of Object.values(players)) player.parameters.dispose();
    throw error;
  }
}

function readConfig(file: string): ModelConfig {
  let json: {format?: unknown; version?: unknown; model?: unknown};
  try {
    json = JSON.parse(readFileOrFail(file, 'model').toString('utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badInput(file, 'a JSON file', (error as Error).message);
  }
  if (json?.format !== format) throw badInput(file, `of format "${format}"`, json?.format);
  if (json.version !== formatVersion) throw badInput(file, `of version ${formatVersion}`, json.version);
  return parseModelConfig(json.model, file);
}

/** Gives variables the values of a file. @throws UserError that names the file when one is missing, too many or of another shape. */
export function fillVariables(
  file: string,
  variables: NamedVariables,
  stored: Readonly<Record<string, StoredTensor>>,
): void {
  const extra = Object.keys(stored).find(name => !(name in variables));
  if (extra) throw badInput(file, 'made for this config', `an extra tensor "${extra}"`);
  for (const [name, variable] of Object.entries(variables)) {
    const tensor = stored[name];
    if (!tensor) throw badInput(file, `made for this config, with the tensor "${name}"`, 'none');
    if (tensor.shape.join() !== variable.shape.join())
      throw badInput(`${file}: ${name}`, `of shape [${variable.shape.join(', ')}]`, `[${tensor.shape.join(', ')}]`);
    tf.tidy(() => variable.assign(tf.tensor(tensor.data, tensor.shape)));
  }
}
