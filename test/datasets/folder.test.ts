import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Readable} from 'node:stream';
import {after, test} from 'node:test';
import sharp from 'sharp';

import {exitCodes, UserError} from '../../src/core/checks';
import {RandomStream} from '../../src/core/random';
import type {AudioModality, ImageModality, Picture, Sound, TextModality} from '../../src/core/types';
import {openFolder} from '../../src/datasets/folder/folder';
import {parseManifest} from '../../src/datasets/folder/manifest';
import {readPicture} from '../../src/datasets/folder/read-picture';
import {readSound} from '../../src/datasets/folder/read-sound';
import {drawnSplit} from '../../src/datasets/folder/rows';
import {parseSettings} from '../../src/datasets/folder/settings';
import {formatWav} from '../../src/datasets/wav';
import {newFolder, writeGoodFolder, writePicture, writeTone} from './folder-fixture';

const folders: string[] = [];
const keep = (folder: string): string => {
  folders.push(folder);
  return folder;
};
after(() => {
  for (const folder of folders) fs.rmSync(folder, {recursive: true, force: true});
});

const manifest = (folder: string, ...lines: string[]) =>
  fs.writeFileSync(path.join(folder, 'manifest.csv'), `${lines.join('\n')}\n`);

const inputError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(
    error instanceof UserError && error.exitCode === exitCodes.input && pattern.test(error.message),
    String(error),
  );
  return true;
};

test('a folder with a manifest is a dataset: kinds, shapes, classes and splits are found', async () => {
  const folder = keep(await writeGoodFolder());
  const data = await openFolder(folder);
  const {photo, voice, words} = data.modalities as {photo: ImageModality; voice: AudioModality; words: TextModality};
  assert.deepEqual(photo, {kind: 'image', height: 10, width: 12, channels: 1});
  assert.deepEqual([voice.kind, voice.sampleRateHz, voice.clipSamples], ['audio', 8000, 2000]);
  assert.deepEqual(words.vocabulary.slice(0, 7), ['<pad>', '<unk>', 'number', 'one', 'the', 'high', 'low']);
  assert.equal(words.maxTokens, 5);
  assert.deepEqual(data.classNames, ['high', 'low']);
  assert.deepEqual([data.rows('train').length, data.rows('validation').length, data.rows('test').length], [8, 2, 2]);
  const first = data.rows('train')[1]!;
  assert.deepEqual([first.id, first.label, first.attributes], ['e1', 0, {speaker: 1}]);
  assert.deepEqual([...(first.parts['photo'] as Picture).pixels.slice(0, 3)], [5, 15, 25]);
  assert.equal((first.parts['voice'] as Sound).samples.length, 2000);
  // The same objects in another order: what is kept by a part stays good.
  const shuffled = data.pair('train', new RandomStream(1, 'test'));
  assert.ok(shuffled.some((example, i) => example !== data.rows('train')[i]) && shuffled.includes(first));
});

test('what is not verified stays in its file, and is read when it is looked at', async () => {
  const folder = keep(await writeGoodFolder());
  const [held, streamed] = [await openFolder(folder), await openFolder(folder, {verify: false})];
  assert.ok(!held.isStreamed && streamed.isStreamed);
  for (const name of ['photo', 'voice'] as const) {
    const [a, b] = [held, streamed].map(data => data.rows('train')[3]!.parts[name]! as Picture & Sound);
    assert.deepEqual(name === 'photo' ? a!.pixels : a!.samples, name === 'photo' ? b!.pixels : b!.samples);
  }
  fs.rmSync(path.join(folder, 'p3.png'));
  assert.throws(
    () => (streamed.rows('train')[3]!.parts['photo'] as Picture).pixels,
    inputError(/p3\.png \(line 5\).*nothing at that path/),
  );
});

test('every bad row is named with its line and left out, the others stay', async () => {
  const folder = keep(newFolder());
  const outside = keep(newFolder());
  await writePicture(path.join(folder, 'good.png'));
  await writePicture(path.join(outside, 'secret.png'));
  writeTone(path.join(folder, 'good.wav'));
  fs.writeFileSync(path.join(folder, 'broken.png'), fs.readFileSync(path.join(folder, 'good.png')).subarray(0, 60));
  fs.writeFileSync(path.join(folder, 'text.png'), 'no picture at all');
  fs.symlinkSync(path.join(outside, 'secret.png'), path.join(folder, 'link.png'));
  fs.symlinkSync('loop.png', path.join(folder, 'loop.png'));
  fs.mkdirSync(path.join(folder, 'folder.png'));
  const nan = formatFloatWav([0, Number.NaN, 0.5]);
  fs.writeFileSync(path.join(folder, 'nan.wav'), nan);
  const lying = formatWav({sampleRateHz: 8000, samples: new Float32Array(100)});
  lying.writeUInt32LE(4_000_000_000, 40);
  fs.writeFileSync(path.join(folder, 'lying.wav'), lying);
  // 2 GB that take no room on the disk.
  for (const name of ['huge.wav', 'huge.png']) fs.ftruncateSync(fs.openSync(path.join(folder, name), 'w'), 2 ** 31);
  await writeBomb(path.join(folder, 'bomb.png'));
  manifest(
    folder,
    'id,photo,voice,words',
    'a,good.png,good.wav,a good row', // 2
    'b,missing.png,good.wav,some words', // 3
    'c,broken.png,good.wav,some words',
    'd,text.png,good.wav,some words',
    'e,../secret.png,good.wav,some words', // 6
    `f,${path.join(outside, 'secret.png')},good.wav,some words`,
    'g,link.png,good.wav,some words',
    'h,good.png,good.wav', // 9
    'a,good.png,good.wav,the same id',
    'i,good.png,good.wav,"  …  "', // 11
    'j,good.png,nan.wav,some words',
    'k,good.png,lying.wav,some words',
    'l,bomb.png,good.wav,some words', // 14
    'm,good.png,huge.wav,some words',
    'n,huge.png,good.wav,some words',
    'o,loop.png,good.wav,some words', // 17
    'p,folder.png,good.wav,some words',
    'q,,,', // 19
    '"r","good.png","good.wav","two',
    'lines"', // 21
    's,good.png,good.wav,one,too many',
    ',good.png,good.wav,no id', // 23
    't,text.png,nan.wav,two problems',
    'u,good.png,,only two', // 25
    // A cell that is no path of a picture makes a bad row, not a column of texts.
    'v,a tree in the snow,good.wav,some words',
  );
  const before = process.memoryUsage().rss;
  const data = await openFolder(folder, {isLenient: true});
  assert.ok(process.memoryUsage().rss - before < 3e8, 'memory stays bounded');
  const problems = new Map(data.findings.badRows.map(({line, problem}) => [line, problem]));
  const expected: readonly (readonly [number, RegExp])[] = [
    [3, /missing\.png.*nothing at that path/],
    [4, /broken\.png \(line 4\).*PNG, JPEG or WebP/],
    [5, /text\.png \(line 5\).*unsupported image format/],
    [6, /path to be inside the folder, got "\.\.\/secret\.png"/],
    [7, /path to be relative to the folder/],
    [8, /path to be inside the folder, got link\.png, a link that leaves it/],
    [9, /4 cells, got 3/],
    [10, /ids that differ, got "a" as in line 2/],
    [11, /words to have a word/],
    [12, /nan\.wav \(line 12\).*NaN at sample 1/],
    [13, /lying\.wav.*4000000000 bytes in its data chunk, got 200 bytes/],
    [14, /bomb\.png.*pixel/],
    [15, /huge\.wav \(line 15\).*at most 64 MB, got 2,147\.5 MB/],
    [16, /huge\.png \(line 16\).*at most 64 MB/],
    [17, /loop\.png.*a link to itself/],
    [18, /folder\.png.*a file, got a folder/],
    [19, /at least one modality/],
    [22, /4 cells, got 5/],
    [23, /an id/],
    [24, /text\.png.*nan\.wav/],
    [26, /a tree in the snow.*nothing at that path/],
  ];
  for (const [line, pattern] of expected) assert.match(problems.get(line) ?? `line ${line} is not named`, pattern);
  assert.deepEqual(
    [...problems.keys()],
    expected.map(([line]) => line),
  );
  const rows = (['train', 'validation', 'test'] as const).flatMap(split => data.rows(split));
  assert.deepEqual(rows.map(({id}) => id).sort(), ['a', 'r', 'u']);
  assert.equal(rows.find(({id}) => id === 'r')!.parts['words'], 'two\nlines');
  assert.deepEqual(Object.keys(rows.find(({id}) => id === 'u')!.parts), ['photo', 'words']);
  await assert.rejects(openFolder(folder), inputError(/at most 10 % of bad rows.*21 of 24, the first in line 3/));
});

test('a quote that neither opens nor closes a cell stands for itself, and the rows after it go on', async () => {
  const text =
    'id,words\n1,a 5" disc\n2,"a ""quoted"" word"\n3,"over\ntwo lines"\n4,"a"b\n5,last,more\n6,  " blanks, and a comma"  \n';
  const {columns, rows} = await parseManifest(Readable.from([Buffer.from(text)]));
  const found: unknown[] = [];
  for await (const row of rows) found.push('problem' in row ? [row.line, row.problem] : [row.line, row.cells[1]]);
  assert.deepEqual(columns, ['id', 'words']);
  assert.deepEqual(found, [
    [2, 'a 5" disc'],
    [3, 'a "quoted" word'],
    [4, 'over\ntwo lines'],
    [6, '"a"b'],
    [7, 'Expected 2 cells, got 3.'],
    [8, 'blanks, and a comma'],
  ]);
});

test('folders that are no datasets are refused in one line', async () => {
  const folder = keep(newFolder());
  await assert.rejects(openFolder(path.join(folder, 'none')), inputError(/nothing at that path/));
  await assert.rejects(openFolder(folder), inputError(/a folder with manifest\.csv, got none/));
  const cases: readonly (readonly [string | Buffer, RegExp])[] = [
    ['', /first line names its columns, got an empty file/],
    ['id,words\n', /a table with rows/],
    ['id,a,a\n1,2,3\n', /different names, got "a" twice/],
    ['id,,b\n1,2,3\n', /have a name, got none for column 2/],
    ['id,words\n1,"never closed\n2,x\n', /quote that is never closed/],
    ['id,words\n1,x\n2,"never closed\n3,y\n', /quote that is never closed in line \d/],
    [Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xfe, 0x0a]), /text in UTF-8, got other bytes in line 2/],
    [Buffer.from('id\na\nb\xe9\nc\n', 'latin1'), /text in UTF-8, got other bytes in line 3/],
    [Buffer.from('i\xe9', 'latin1'), /text in UTF-8, got other bytes in line 1/],
    [`id,words\n1,"${'x'.repeat(1_100_000)}"\n`, /more than 1,000,000 characters/],
    ['id,split,label\n1,train,x\n', /a column of pictures, sounds or texts beside id, split, label/],
  ];
  for (const [content, pattern] of cases) {
    fs.writeFileSync(path.join(folder, 'manifest.csv'), content);
    await assert.rejects(openFolder(folder), inputError(pattern));
  }
});

test('dataset.json goes above what is guessed, and a wrong key in it is named', async () => {
  const folder = keep(await writeGoodFolder());
  const settings = {
    columns: {
      photo: {kind: 'image', height: 16, width: 16, channels: 3},
      voice: 'ignore',
      words: {kind: 'text', tokens: 'characters', maxTokens: 8, maxWords: 12},
      speaker: 'attribute',
    },
  };
  fs.writeFileSync(path.join(folder, 'dataset.json'), JSON.stringify(settings));
  const data = await openFolder(folder);
  assert.deepEqual(Object.keys(data.modalities), ['photo', 'words']);
  assert.deepEqual(data.modalities['photo'], settings.columns.photo);
  const words = data.modalities['words'] as TextModality;
  assert.ok(words.tokens === 'characters' && words.vocabulary.length === 12 && words.maxTokens === 8);
  assert.equal((data.rows('test')[0]!.parts['photo'] as Picture).pixels.length, 16 * 16 * 3);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['{', /dataset\.json to be JSON in UTF-8/],
    ['[]', /the content in dataset\.json/],
    ['{"colums": {}}', /Unknown key "colums"/],
    ['{"columns": {"photo": {"kind": "image", "heigth": 3}}}', /Unknown key "columns\.photo\.heigth"/],
    ['{"columns": {"photo": {"kind": "image", "height": -3}}}', /columns\.photo\.height in dataset\.json/],
    ['{"columns": {"photo": "picture"}}', /columns\.photo/],
    ['{"maxBadShare": 2}', /maxBadShare in dataset\.json/],
  ];
  for (const [text, pattern] of wrong) assert.throws(() => parseSettings(Buffer.from(text)), inputError(pattern));
  fs.writeFileSync(path.join(folder, 'dataset.json'), '{"columns": {"foto": "ignore"}}');
  await assert.rejects(openFolder(folder), inputError(/Unknown column "foto"; choose id, split, label, photo/));
});

test('pictures: scaled to cover the frame and cut at both sides, upright, black where transparent, grey or colour', async () => {
  // Left third red, middle green, right blue: 36×12 to 12×12 keeps the middle.
  const stripes = Buffer.alloc(36 * 12 * 3);
  for (let i = 0; i < 36 * 12; i++) stripes[3 * i + Math.floor((i % 36) / 12)] = 255;
  const spec: ImageModality = {kind: 'image', height: 12, width: 12, channels: 3};
  for (const format of ['png', 'webp', 'jpeg'] as const) {
    const bytes = await sharp(stripes, {raw: {width: 36, height: 12, channels: 3}})
      .toFormat(format, format === 'png' ? {} : {quality: 100})
      .toBuffer();
    const {pixels} = await readPicture(bytes, spec, format);
    const middle = [...pixels.slice(3 * 78, 3 * 78 + 3)];
    assert.ok(middle[0]! < 12 && middle[1]! > 240 && middle[2]! < 12, `${format}: ${middle}`);
    const grey = await readPicture(bytes, {...spec, channels: 1}, format);
    // Luminance of pure green: 0.7152 in linear light, about 220 of 255; 182 by libvips' weights of sRGB values at the least.
    assert.ok(grey.pixels.length === 144 && grey.pixels[78]! > 140 && grey.pixels[78]! < 225, `${grey.pixels[78]}`);
  }
  const turned = await sharp(stripes, {raw: {width: 36, height: 12, channels: 3}})
    .jpeg({quality: 100})
    .withMetadata({orientation: 6})
    .toBuffer();
  const upright = await readPicture(turned, {...spec, height: 36, width: 12}, 'turned');
  assert.ok(upright.pixels[3 * 18]! > 200 && upright.pixels[3 * (35 * 12 + 6) + 2]! > 200);
  const clear = await sharp({create: {width: 12, height: 12, channels: 4, background: {r: 255, g: 0, b: 0, alpha: 0}}})
    .png()
    .toBuffer();
  assert.ok((await readPicture(clear, spec, 'clear')).pixels.every(value => value === 0));
  await assert.rejects(
    readPicture(
      await sharp(stripes, {raw: {width: 36, height: 12, channels: 3}})
        .gif()
        .toBuffer(),
      spec,
      'a.gif',
    ),
    /gif/,
  );
});

test('small plain PNG files have the same pixels by the quick way as by sharp', async () => {
  const stream = new RandomStream(1, 'png');
  for (const channels of [1, 3] as const) {
    for (const filter of [false, true]) {
      const raw = Buffer.from(Array.from({length: 28 * 20 * channels}, (_, i) => (stream.integer(40) + i) % 256));
      const bytes = await sharp(raw, {raw: {width: 28, height: 20, channels}})
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .png({adaptiveFiltering: filter, compressionLevel: 9})
        .toBuffer();
      assert.equal(bytes[25], channels === 1 ? 0 : 2);
      const quick = await readPicture(bytes, {kind: 'image', height: 20, width: 28, channels}, 'quick');
      assert.deepEqual(Buffer.from(quick.pixels), raw);
      // A comment with a profile's name sends it through sharp.
      const other = await sharp(bytes).withIccProfile('srgb').png().toBuffer();
      const slow = await readPicture(other, {kind: 'image', height: 20, width: 28, channels}, 'slow');
      const off = slow.pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - raw[i]!)), 0);
      assert.ok(off <= 1, `${off}`);
    }
  }
});

test('sounds: resampled, mixed or kept in stereo, cut or followed by silence', () => {
  const spec: AudioModality = {
    kind: 'audio',
    sampleRateHz: 8000,
    clipSamples: 4000,
    windowLengthSamples: 256,
    hopLengthSamples: 128,
    numMelBands: 16,
    minFrequencyHz: 60,
    maxFrequencyHz: 4000,
    floorDb: -60,
  };
  const wav = (rate: number, seconds: number, left = 1, right = 1) =>
    formatWav({
      sampleRateHz: rate,
      channels: 2,
      samples: Float32Array.from(
        {length: 2 * Math.round(rate * seconds)},
        (_, i) => 0.5 * (i % 2 ? right : left) * Math.sin((2 * Math.PI * 1000 * (i >> 1)) / rate),
      ),
    });
  const clip = readSound(wav(44100, 0.3), spec, 'a.wav');
  assert.ok(clip.sampleRateHz === 8000 && clip.samples.length === 4000 && clip.channels === undefined);
  for (let n = 400; n < 2000; n++) assert.ok(Math.abs(clip.samples[n]! - 0.5 * Math.sin((Math.PI * n) / 4)) < 1e-3);
  assert.ok(clip.samples.slice(2500).every(sample => sample === 0));
  // Opposite ears cancel in the mean, and stay in stereo.
  assert.ok(readSound(wav(8000, 1, 1, -1), spec, 'b.wav').samples.every(sample => Math.abs(sample) < 1e-4));
  const stereo = readSound(wav(8000, 1, 1, -0.5), {...spec, channels: 2}, 'b.wav');
  assert.ok(stereo.channels === 2 && stereo.samples.length === 8000);
  assert.ok(Math.abs(stereo.samples[4]! + 2 * stereo.samples[5]!) < 1e-3 && Math.abs(stereo.samples[4]! - 0.5) < 1e-3);
  const rate = wav(8000, 0.1);
  rate.writeUInt32LE(7, 24);
  rate.writeUInt32LE(7 * 4, 28);
  assert.throws(() => readSound(rate, spec, 'c.wav'), inputError(/c\.wav.*1000 to 384000 Hz, got 7 Hz/));
});

test('without a split column the id decides, the same way in every folder', () => {
  const counts = {train: 0, validation: 0, test: 0};
  for (let i = 0; i < 5000; i++) counts[drawnSplit(`example ${i}`)]++;
  // 80, 10 and 10 %, within four standard deviations.
  assert.ok(Math.abs(counts.train - 4000) < 113 && Math.abs(counts.validation - 500) < 85, JSON.stringify(counts));
  assert.equal(drawnSplit('example 7'), drawnSplit('example 7'));
});

function formatFloatWav(values: readonly number[]): Buffer {
  const bytes = formatWav({sampleRateHz: 8000, samples: new Float32Array(2 * values.length)});
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt32LE(32_000, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 44 + 4 * i);
  return bytes;
}

/** 60,000 × 60,000 pixels of one colour: some megabytes that would unpack to 3.6 GB; only the header is written. */
async function writeBomb(file: string): Promise<void> {
  const small = await sharp({create: {width: 8, height: 8, channels: 3, background: '#fff'}})
    .png()
    .toBuffer();
  small.writeUInt32BE(60_000, 16);
  small.writeUInt32BE(60_000, 20);
  const {crc32} = await import('node:zlib');
  const sum = (crc32 as ((data: Buffer) => number) | undefined)?.(small.subarray(12, 29));
  if (sum !== undefined) small.writeUInt32BE(sum, 29);
  fs.writeFileSync(file, small);
}
