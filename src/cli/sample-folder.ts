/** A folder of samples that any program may have written: what `generate --format npy` writes is one. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {badInput, exitCodes, UserError, unknownChoice} from '../core/checks';
import {readFileOrFail} from '../core/files';
import {type Modalities, type ModalitySpec, partShape, type TextModality} from '../core/types';
import type {SampledParts, SampleLabels, SampleSet} from '../evaluation/sample-set';
import {buildCodec} from '../features/codec';
import {readNpy} from './npy';

/** For --help and the README. */
export const sampleFolderText = `A folder of samples (--samples) holds, for each modality that there is, one file of N examples; row i of all files is one example:
  image.npy           [N, height, width, channels] in [-1, 1], -1 black; or uint8, 0 to 255
  speech.npy          [N, mel bands, frames, 1] log-mel spectrograms in [-1, 1], -1 silence
  caption.npy         [N, tokens, vocabulary] probabilities; or caption.tokens.npy [N, tokens] integers;
                      or caption.txt, a sentence a line
  labels.npy          optional: [N] integers, the class that each example was asked to be of
  given-image/        optional, as given-image+caption/ …: the rows of the split in order, completed from these modalities;
                      the files of the others, and labels.npy of the rows, which is compared with the split's
Names are those of the modalities of the data; the last axis may be left out where it is 1. generate --format npy writes such files.`;

/** @throws UserError that names the folder or file, and what was expected of it. */
export function readSampleFolder(folder: string, modalities: Modalities): SampleSet {
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) {
    throw badInput(folder, 'a folder of samples', fs.existsSync(folder) ? 'a file' : 'nothing there');
  }
  const generated = readParts(folder, modalities);
  const completions = fs
    .readdirSync(folder, {withFileTypes: true})
    .filter(entry => entry.isDirectory() && entry.name.startsWith('given-'))
    .map(({name}) => {
      const given = name.slice('given-'.length).split('+');
      for (const modality of given) {
        if (!modalities[modality]) throw unknownModality(path.join(folder, name), modality, modalities);
      }
      const parts = Object.entries(readParts(path.join(folder, name), modalities)).filter(([m]) => !given.includes(m));
      if (parts.length === 0) {
        const others = Object.keys(modalities).filter(m => !given.includes(m));
        throw badInput(path.join(folder, name), `a folder with ${others.map(m => `${m}.npy`).join(' or ')}`, 'none');
      }
      return {given, parts: Object.fromEntries(parts), labels: readLabels(path.join(folder, name))};
    });
  return {
    name: folder,
    generated: Object.keys(generated).length > 0 ? generated : null,
    labels: Object.keys(generated).length > 0 ? readLabels(folder) : null,
    completions,
  };
}

function readParts(folder: string, modalities: Modalities): Record<string, SampledParts> {
  const files = fs.readdirSync(folder);
  for (const file of files.filter(name => name.endsWith('.npy') && name !== 'labels.npy')) {
    const name = file.replace(/(\.tokens)?\.npy$/, '');
    if (!modalities[name]) throw unknownModality(path.join(folder, file), name, modalities);
  }
  const parts: Record<string, SampledParts> = {};
  for (const [name, spec] of Object.entries(modalities)) {
    const at = (ending: string): string => path.join(folder, `${name}${ending}`);
    if (files.includes(`${name}.npy`)) parts[name] = fromArray(at('.npy'), spec);
    else if (spec.kind !== 'text') continue;
    else if (files.includes(`${name}.tokens.npy`)) parts[name] = fromTokens(at('.tokens.npy'), spec);
    else if (files.includes(`${name}.txt`)) parts[name] = fromSentences(at('.txt'), spec);
  }
  return parts;
}

function fromArray(file: string, spec: ModalitySpec): SampledParts {
  const {dtype, shape, values} = readNpy(file);
  const wanted = partShape(spec);
  const missesLast = wanted[wanted.length - 1] === 1 && shape.length === wanted.length;
  const whole = missesLast ? [...shape, 1] : shape;
  const isBytes = dtype.endsWith('u1') && spec.kind === 'image';
  return {from: file, data: isBytes ? values.map(byte => byte / 127.5 - 1) : values, shape: whole};
}

function fromTokens(file: string, spec: TextModality): SampledParts {
  const {shape, values} = readNpy(file);
  const words = spec.vocabulary.length;
  if (shape.length !== 2 || shape[1] !== spec.maxTokens) {
    throw badInput(file, `of shape [N, ${spec.maxTokens}]`, `[${shape.join(', ')}]`);
  }
  const data = new Float32Array(values.length * words);
  values.forEach((token, i) => {
    if (!Number.isInteger(token) || token < 0 || token >= words) {
      throw badInput(file, `tokens from 0 to ${words - 1}`, `${token} in sample ${Math.floor(i / spec.maxTokens)}`);
    }
    data[i * words + token] = 1;
  });
  return {from: file, data, shape: [shape[0]!, spec.maxTokens, words]};
}

function fromSentences(file: string, spec: TextModality): SampledParts {
  const lines = readFileOrFail(file, 'sentences')
    .toString('utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const codec = buildCodec(spec);
  const size = spec.maxTokens * spec.vocabulary.length;
  const data = new Float32Array(lines.length * size);
  lines.forEach((line, i) => {
    data.set(codec.encode(line), i * size);
  });
  return {from: file, data, shape: [lines.length, spec.maxTokens, spec.vocabulary.length]};
}

function readLabels(folder: string): SampleLabels | null {
  const file = path.join(folder, 'labels.npy');
  if (!fs.existsSync(file)) return null;
  const {shape, values} = readNpy(file);
  if (shape.length !== 1) throw badInput(file, 'of shape [N]', `[${shape.join(', ')}]`);
  const bad = values.findIndex(label => !Number.isInteger(label));
  if (bad >= 0) throw badInput(file, 'integers', `${values[bad]} at ${bad}`);
  return {from: file, values: Int32Array.from(values)};
}

function unknownModality(where: string, name: string, modalities: Modalities): UserError {
  return new UserError(
    `${where}: ${unknownChoice('modality', name, Object.keys(modalities)).message}`,
    exitCodes.input,
  );
}
