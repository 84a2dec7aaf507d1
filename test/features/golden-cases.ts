/** Features beside those of librosa, torch and scikit-learn, from test/golden/features.json. `npm run -s features:table` prints them. */
import fs from 'node:fs';
import path from 'node:path';
import {TfIdf} from '../../src/features/bag-of-words';
import {LogMel} from '../../src/features/log-mel';
import {hzToMel, type MelOptions, melFilters, melToHz} from '../../src/features/mel';
import {Mfcc} from '../../src/features/mfcc';
import {Stft} from '../../src/features/stft';

interface Golden {
  readonly versions: Readonly<Record<string, string>>;
  readonly sound: {readonly rate: number; readonly samples: number};
  readonly stft: readonly {
    case: string;
    framing: 'centre';
    padding: 'silence' | 'reflect';
    window: number;
    hop: number;
    frames: number;
    re: number[];
    im: number[];
  }[];
  readonly scales: {hertz: number[]; slaney: number[]; htk: number[]};
  readonly mel: readonly ({case: string; scale: 'slaney' | 'htk'; norm: 'area' | 'peak'} & Record<
    'filterSums' | 'filterPeaks' | 'filter7' | 'power' | 'decibels' | 'toLoudest' | 'mfcc' | 'lifted' | 'backFromMfcc',
    number[]
  >)[];
  readonly sentences: string[];
  readonly queries: string[];
  readonly tfidf: readonly {case: string; smooth: boolean; words: string[]; idf: number[]; vectors: number[][]}[];
  readonly griffinLim: readonly {iterations: number; momentum: number; mean: number; least: number; most: number}[];
}

export const golden: Golden = JSON.parse(fs.readFileSync(path.join(__dirname, '../golden/features.json'), 'utf8'));

/** The sound of the golden file, by its formula. */
export const sound = Float64Array.from({length: golden.sound.samples}, (_, n) => {
  const t = n / golden.sound.rate;
  const chirp = Math.sin(2 * Math.PI * (300 * t + 900 * t * t)) * (n / golden.sound.samples);
  return 0.5 * Math.sin(2 * Math.PI * 440 * t) + 0.3 * chirp + 0.02 * Math.sin(n * n * 12.9898);
});

export interface FeatureCase {
  readonly feature: string;
  readonly case: string;
  readonly reference: string;
  /** Largest difference, in `unit`. */
  readonly difference: number;
  readonly allowed: number;
  readonly unit: 'of the largest value' | 'dB' | 'absolute';
  readonly count: number;
}

/** NaN where the numbers of values differ, which is never allowed. */
function largest(got: ArrayLike<number>, wanted: readonly number[]): number {
  if (got.length !== wanted.length) return Number.NaN;
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value)), 0);
}

function relative(got: ArrayLike<number>, wanted: readonly number[]): number {
  return largest(got, wanted) / wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

export function featureCases(): FeatureCase[] {
  const cases: FeatureCase[] = [];
  const add = (
    feature: string,
    name: string,
    reference: string,
    [got, wanted]: readonly [ArrayLike<number>, readonly number[]],
    unit: FeatureCase['unit'],
    allowed: number,
  ) => {
    const difference = unit === 'of the largest value' ? relative(got, wanted) : largest(got, wanted);
    cases.push({feature, case: name, reference, difference, allowed, unit, count: wanted.length});
  };
  for (const {case: name, framing, padding, window, hop, re, im} of golden.stft) {
    const stft = new Stft({
      numSamples: sound.length,
      windowLengthSamples: window,
      hopLengthSamples: hop,
      framing,
      padding,
    });
    const got = stft.forward(sound);
    const [reference] = name.split(',');
    add('STFT, real part', name, reference!, [got.re, re], 'of the largest value', 1e-5);
    add('STFT, imaginary part', name, reference!, [got.im, im], 'of the largest value', 1e-5);
  }
  const {hertz, ...scales} = golden.scales;
  for (const scale of ['slaney', 'htk'] as const) {
    const mels = hertz.map(hz => hzToMel(hz, scale));
    add('hzToMel', scale, 'librosa', [mels, scales[scale]], 'of the largest value', 1e-9);
    add('melToHz, back', scale, 'exact', [mels.map(mel => melToHz(mel, scale)), hertz], 'of the largest value', 1e-12);
  }
  for (const c of golden.mel) {
    const {case: name, scale, norm} = c;
    const mel: Omit<MelOptions, 'fftLength'> = {
      sampleRateHz: golden.sound.rate,
      numMelBands: 20,
      minFrequencyHz: 40,
      maxFrequencyHz: 4000,
      scale,
      norm,
    };
    const filters = melFilters({...mel, fftLength: 256});
    const sums = filters.map(({weights}) => weights.reduce((sum, weight) => sum + weight, 0));
    add('mel filters, sums', name, 'librosa', [sums, c.filterSums], 'of the largest value', 1e-8);
    const peaks = filters.map(({weights}) => Math.max(...weights));
    add('mel filters, peaks', name, 'librosa', [peaks, c.filterPeaks], 'of the largest value', 1e-8);
    const seventh = new Float64Array(129);
    seventh.set(filters[7]!.weights, filters[7]!.firstBin);
    add('mel filter 7', name, 'librosa', [seventh, c.filter7], 'of the largest value', 1e-8);
    const framed = {...mel, numSamples: sound.length, windowLengthSamples: 256, hopLengthSamples: 64, framing: 'centre'} as const; // biome-ignore format: settings
    const logMel = new LogMel(framed);
    // Its filters are of single precision there.
    add('mel power', name, 'librosa', [logMel.power(sound), c.power], 'of the largest value', 1e-7);
    add('log-mel', name, 'librosa', [logMel.forward(sound), c.decibels], 'dB', 1e-3);
    const toLoudest = new LogMel({...framed, reference: 'loudest', rangeDb: 60}).forward(sound);
    add('log-mel to the loudest', name, 'librosa', [toLoudest, c.toLoudest], 'dB', 1e-3);
    const mfcc = new Mfcc({numMelBands: 20, numCoefficients: 13});
    add('MFCC', name, 'librosa', [mfcc.forward(c.decibels), c.mfcc], 'of the largest value', 1e-8);
    add('MFCC of the sound', name, 'librosa', [mfcc.forward(logMel.forward(sound)), c.mfcc], 'dB', 1e-3);
    const lifted = new Mfcc({numMelBands: 20, numCoefficients: 13, lifter: 22});
    add('MFCC, lifter 22', name, 'librosa', [lifted.forward(c.decibels), c.lifted], 'of the largest value', 1e-8);
    const back = mfcc.inverse(c.mfcc).map(decibels => 10 ** (decibels / 10));
    add('mel power from MFCC', name, 'librosa', [back, c.backFromMfcc], 'of the largest value', 1e-6);
  }
  for (const {case: name, smooth, words, vectors} of golden.tfidf) {
    const tfidf = new TfIdf(golden.sentences, {smooth});
    if (tfidf.words.join() !== words.join()) throw new Error(`Other words: ${tfidf.words} for ${words}`);
    const got = golden.queries.flatMap(query => [...tfidf.vector(query)]);
    add('TF-IDF', name, 'scikit-learn', [got, vectors.flat()], 'absolute', 1e-6);
  }
  return cases;
}
