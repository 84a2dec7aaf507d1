/** The shapes trio: a picture of a coloured shape, a sentence that names it, and a tone that tells the same. Card: datasets/shapes/README.md. */
import {assertPositiveInteger} from '../core/checks';
import {RandomStream} from '../core/random';
import type {
  AudioModality,
  Example,
  ImageModality,
  Modalities,
  Picture,
  Sound,
  SplitName,
  TextModality,
} from '../core/types';
import type {Dataset} from './dataset';
import {Deck} from './pairing';
import {captionVocabulary, drawCaption, maxCaptionTokens} from './shapes/captions';
import {type Combination, classOf, combinations, isHeldOut, shapeClasses} from './shapes/combinations';
import {type Drawing, drawDrawing, pictureSide, renderShape} from './shapes/pictures';
import {drawVoicing, renderTone, toneRateHz, toneSamples, type Voicing} from './shapes/tones';

export interface ShapesOptions {
  /** Same seed, same data to the last bit; 1 unless told. */
  readonly seed?: number;
  /** Pictures of each split; 7,200, 1,440 and 2,160 unless told: 50, 10 and 15 of each combination that is seen. */
  readonly counts?: Partial<Readonly<Record<SplitName, number>>>;
}

/** A Dataset, and the combinations that its splits never show. */
export interface ShapesDataset extends Dataset {
  /**
   * Examples of the 48 combinations that are in no split (`isHeldOut`), each equally often: for zero-shot tests.
   *
   * @param count 960 unless told: 20 of each. The same examples at each call.
   */
  unseenRows(count?: number): readonly Example[];
}

export const shapesImage: ImageModality = {kind: 'image', height: pictureSide, width: pictureSide, channels: 3};

export const shapesCaption: TextModality = {
  kind: 'text',
  vocabulary: captionVocabulary(),
  maxTokens: maxCaptionTokens,
};

/** 0.512 s in stereo as 32 mel bands by 32 frames by 2 ears. Loudness is told by the reference: about the loudest cell of a large shape's tone. */
export const shapesTone: AudioModality = {
  kind: 'audio',
  sampleRateHz: toneRateHz,
  clipSamples: toneSamples,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 32,
  minFrequencyHz: 60,
  maxFrequencyHz: 4000,
  floorDb: -60,
  channels: 2,
  referenceDb: 14,
};

/**
 * Made when a split is first asked for; 5,000 examples take less than a second.
 *
 * Label: one of 24 classes, a shape in a colour. Attributes of each example: `shape`, `colour`, `size`, `place`, the picture's `x`, `y`,
 * `radius` and `angle` in pixels and degrees, and the tone's `pitchHz`, `levelDb` and `leftDb`.
 */
export function loadShapes({seed = 1, counts = {}}: ShapesOptions = {}): ShapesDataset {
  const sizes = {...defaultCounts, ...counts};
  for (const [split, count] of Object.entries(sizes)) assertPositiveInteger(`the count of ${split}`, count);
  return new Shapes(seed, sizes);
}

const defaultCounts: Readonly<Record<SplitName, number>> = {train: 7200, validation: 1440, test: 2160};
/** Tones of each combination, for a split; pictures share them, so that 7,200 pictures need no 7,200 clips in memory. */
const numTones: Readonly<Record<Part, number>> = {train: 8, validation: 4, test: 4, unseen: 4};
type Part = SplitName | 'unseen';

interface Drawn {
  readonly id: string;
  readonly combination: Combination;
  readonly drawing: Drawing;
  readonly picture: Picture;
}
interface Tone {
  readonly id: string;
  readonly voicing: Voicing;
  readonly sound: Sound;
}
interface Pool {
  readonly pictures: readonly Drawn[];
  readonly tones: ReadonlyMap<Combination, readonly Tone[]>;
}

class Shapes implements ShapesDataset {
  readonly name = 'shapes';
  readonly modalities: Modalities = {image: shapesImage, caption: shapesCaption, tone: shapesTone};
  readonly classNames = shapeClasses;
  readonly source: string;
  private readonly pools = new Map<string, Pool>();
  private readonly fixedRows = new Map<string, readonly Example[]>();

  constructor(
    private readonly seed: number,
    private readonly counts: Readonly<Record<SplitName, number>>,
  ) {
    this.source = `coloured shapes, tones and captions made from seed ${seed}`;
  }

  pair(split: SplitName, stream: RandomStream, {shuffle = true}: {shuffle?: boolean} = {}): Example[] {
    const examples = pairPool(this.pool(split, this.counts[split]), stream);
    return shuffle ? stream.shuffle(examples) : examples;
  }

  rows(split: SplitName): readonly Example[] {
    return this.rowsOf(split, this.counts[split]);
  }

  unseenRows(count = 960): readonly Example[] {
    assertPositiveInteger('count', count);
    return this.rowsOf('unseen', count);
  }

  private rowsOf(part: Part, count: number): readonly Example[] {
    const key = `${part} ${count}`;
    const rows =
      this.fixedRows.get(key) ?? pairPool(this.pool(part, count), new RandomStream(this.seed, `shapes/rows/${part}`));
    this.fixedRows.set(key, rows);
    return rows;
  }

  private pool(part: Part, count: number): Pool {
    const key = `${part} ${count}`;
    const pool = this.pools.get(key) ?? makePool(this.seed, part, count);
    this.pools.set(key, pool);
    return pool;
  }
}

/** Every combination equally often, in a drawn order. Each thing has a stream of its own, so that other counts change none of them. */
function makePool(seed: number, part: Part, count: number): Pool {
  const shown = combinations.filter(combination => isHeldOut(combination) === (part === 'unseen'));
  const order = new Deck(shown, new RandomStream(seed, `shapes/${part}/order`));
  const pictures = Array.from({length: count}, (_, i): Drawn => {
    const combination = order.next();
    const drawing = drawDrawing(combination, new RandomStream(seed, `shapes/${part}/picture ${i}`));
    return {id: `${part}-${i}`, combination, drawing, picture: renderShape(combination.shape, drawing)};
  });
  const tones = shown.map(combination => {
    const {shape, colour, size, place} = combination;
    const name = `${size}-${colour}-${shape}-${place.replace(' ', '-')}`;
    return [
      combination,
      Array.from({length: numTones[part]}, (_, i): Tone => {
        const voicing = drawVoicing(combination, new RandomStream(seed, `shapes/${part}/tone ${name} ${i}`));
        return {id: `${name}-${i}`, voicing, sound: renderTone(shape, voicing)};
      }),
    ] as const;
  });
  return {pictures, tones: new Map(tones)};
}

/** One example a picture, with a sentence drawn anew and a tone of its own combination. */
function pairPool({pictures, tones}: Pool, stream: RandomStream): Example[] {
  const decks = new Map([...tones].map(([combination, clips]) => [combination, new Deck(clips, stream)]));
  return pictures.map(({id, combination, drawing, picture}): Example => {
    const tone = decks.get(combination)!.next();
    const {x, y, radius, angle} = drawing;
    const {pitchHz, levelDb, leftDb} = tone.voicing;
    return {
      id: `${id}+${tone.id}`,
      label: classOf(combination),
      parts: {image: picture, caption: drawCaption(combination, stream), tone: tone.sound},
      attributes: {...combination, x, y, radius, angle, pitchHz, levelDb, leftDb},
    };
  });
}
