/** Examples as files: pictures as PNG, sounds as WAV, captions as text, tensors as npy. */
import * as path from 'node:path';
import sharp from 'sharp';
import {UserError} from '../core/checks';
import {writeFileWhole} from '../core/files';
import type {tf} from '../core/tensorflow';
import type {Modalities, Part, Picture} from '../core/types';
import {formatWav} from '../datasets/wav';
import {decodeParts} from '../features/batch';
import {writeNpy} from './npy';

export const sampleFormats = ['png', 'wav', 'txt', 'npy'] as const;
export type SampleFormat = (typeof sampleFormats)[number];

/** The kind of modality that each format is for; npy takes every kind. */
const kindOf = {png: 'image', wav: 'audio', txt: 'text'} as const;

/**
 * Writes N examples into a folder: `image-0001.png`, `speech-0001.wav`, `caption.txt` with a line an example;
 * as npy, `image.npy` float32 in the units of the modality's tensor, and for text `caption.tokens.npy` int32 besides.
 *
 * @throws UserError when a format fits none of the modalities.
 */
export async function writeSamples(
  folder: string,
  parts: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
  formats: readonly SampleFormat[],
): Promise<void> {
  assertFormatsFit(formats, modalities);
  for (const [name, spec] of Object.entries(modalities)) {
    const part = parts[name]!;
    const wanted = formats.filter(format => format === 'npy' || kindOf[format] === spec.kind);
    if (wanted.length === 0) continue;
    if (wanted.includes('npy')) writeTensor(folder, name, part, spec.kind === 'text');
    if (wanted.some(format => format !== 'npy') || spec.kind === 'text') {
      const records = decodeParts({[name]: part}, {[name]: spec}).map(record => record[name]!);
      await writeParts(folder, name, records);
    }
  }
}

/** To be asked before anything is computed. */
export function assertFormatsFit(formats: readonly SampleFormat[], modalities: Modalities): void {
  const kinds = Object.values(modalities).map(spec => spec.kind);
  for (const format of formats) {
    if (format !== 'npy' && !kinds.includes(kindOf[format])) {
      throw new UserError(
        `Expected a modality of kind ${kindOf[format]} for the format ${format}, got ${kinds.join(', ')}.`,
      );
    }
  }
}

/** @param part H×W×C pixels of a picture. */
export async function pictureToPng({width, height, channels, pixels}: Picture): Promise<Buffer> {
  return sharp(pixels, {raw: {width, height, channels: channels as 1 | 3}})
    .png()
    .toBuffer();
}

async function writeParts(folder: string, name: string, parts: readonly Part[]): Promise<void> {
  const digits = Math.max(4, String(parts.length).length);
  const lines: string[] = [];
  for (const [i, part] of parts.entries()) {
    const file = path.join(folder, `${name}-${String(i + 1).padStart(digits, '0')}`);
    if (typeof part === 'string') lines.push(part);
    else if ('pixels' in part) writeFileWhole(`${file}.png`, await pictureToPng(part));
    else writeFileWhole(`${file}.wav`, formatWav(part));
  }
  if (lines.length > 0) writeFileWhole(path.join(folder, `${name}.txt`), `${lines.join('\n')}\n`);
}

function writeTensor(folder: string, name: string, part: tf.Tensor, isText: boolean): void {
  writeNpy(path.join(folder, `${name}.npy`), Float32Array.from(part.dataSync()), part.shape);
  if (!isText) return;
  const tokens = part.argMax(-1);
  writeNpy(path.join(folder, `${name}.tokens.npy`), Int32Array.from(tokens.dataSync()), tokens.shape);
  tokens.dispose();
}
