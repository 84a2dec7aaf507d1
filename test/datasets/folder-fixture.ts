/** Folders of real files for tests: pictures by sharp, sounds as WAV. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import {formatWav} from '../../src/datasets/wav';

export function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'mmgan-folder-'));
}

/** A picture with a ramp from the left, `shade` added; PNG, JPEG or WebP by its name. */
export async function writePicture(
  file: string,
  {width = 12, height = 10, channels = 1 as 1 | 3, shade = 0} = {},
): Promise<void> {
  const pixels = Buffer.alloc(width * height * channels);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.floor(i / channels) % width) * 10 + shade;
  await sharp(pixels, {raw: {width, height, channels}})
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .toFile(file);
}

export function writeTone(file: string, {hz = 440, rate = 8000, seconds = 0.25, channels = 1} = {}): void {
  const samples = Float32Array.from(
    {length: Math.round(seconds * rate) * channels},
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * Math.floor(i / channels)) / rate),
  );
  fs.writeFileSync(file, formatWav({sampleRateHz: rate, samples, channels}));
}

/** 12 rows, 8 train, 2 validation, 2 test, of classes `low` and `high`, with a picture, a sound, a sentence and an attribute. */
export async function writeGoodFolder(): Promise<string> {
  const folder = newFolder();
  const lines = ['id,split,label,photo,voice,words,speaker'];
  for (let i = 0; i < 12; i++) {
    const split = i < 8 ? 'train' : i < 10 ? 'validation' : 'test';
    await writePicture(path.join(folder, `p${i}.png`), {shade: 5 * i});
    writeTone(path.join(folder, `v${i}.wav`), {hz: 200 + 50 * i});
    lines.push(
      `e${i},${split},${i % 2 ? 'high' : 'low'},p${i}.png,v${i}.wav,"the ${i % 2 ? 'high' : 'low'} one, number ${i}",${i % 3}`,
    );
  }
  fs.writeFileSync(path.join(folder, 'manifest.csv'), `${lines.join('\n')}\n`);
  return folder;
}
