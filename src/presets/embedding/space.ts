/** The space in which the preset `embedding` plays: pictures and captions as vectors, and back by nearest neighbours. */
import {RandomStream} from '../../core/random';
import {nearestNeighbourLabels} from '../../evaluation/nearest-neighbour-accuracy';
import {Parameters} from '../../networks/parameters';
import {asMatrix} from '../measures';
import type {PictureTexts} from '../picture-texts';
import {learnPictureNetwork} from './picture-network';
import {embeddingSizes} from './players';
import {captionVector, learnWordTable} from './word-table';

/** Rows of the sketch's word table, whatever the vocabulary. */
export const sketchedWords = 10_000;

export interface EmbeddingSpace {
  /** Each example's picture and caption side by side, [2·D]; each half with mean 0 and mean square 1. */
  readonly rows: readonly Float32Array[];
  /** The tables themselves, which are no examples: [2·D] each, a row of the picture network's last layer and a word's. */
  readonly weightRows: readonly Float32Array[];
  /** The weights of both, to be saved. */
  readonly words: Parameters;
  readonly pictures: Parameters;
  /** Places in the data of the nearest picture and the nearest caption of each generated row. */
  decode(generated: readonly Float32Array[]): {readonly picture: Int32Array; readonly caption: Int32Array};
}

/** @param learnt false leaves both tables as they start, the words' with 10,000 rows. */
export function embeddingSpace(data: PictureTexts, seed: number, learnt: boolean): EmbeddingSpace {
  const dim = embeddingSizes.embeddingDim;
  const network = learnPictureNetwork(data.pixels, {dim, seed, ...(learnt ? {} : {steps: 0})});
  const words = learnt ? learnWordTable(data.captions, data.text, {dim, seed}) : sketchedTable(dim, seed);
  const table = words.trainable['words']!.arraySync() as number[][];
  const pictures = centred(network.embed(data.pixels));
  const captions = centred(data.captions.map(caption => captionVector(caption, data.text, table)));
  const kernel = network.parameters.trainable['pictures/code/kernel']!.arraySync() as number[][];
  return {
    rows: pictures.map((picture, i) => sideBySide(picture, captions[i]!)),
    weightRows: table.map((word, i) => sideBySide(kernel[i % kernel.length]!, word)),
    words,
    pictures: network.parameters,
    decode: generated => ({
      picture: nearest(
        pictures,
        generated.map(row => row.subarray(0, dim)),
      ),
      caption: nearest(
        captions,
        generated.map(row => row.subarray(dim)),
      ),
    }),
  };
}

/** With the deviation at which the sketch's library starts an embedding layer, that of even values within ±.05. */
function sketchedTable(dim: number, seed: number): Parameters {
  const parameters = new Parameters(new RandomStream(seed, 'embedding/word-table'));
  parameters.normal('words', [sketchedWords, dim], 0.1 / Math.sqrt(12));
  return parameters;
}

function centred(rows: readonly ArrayLike<number>[]): Float32Array[] {
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  for (const row of rows) for (let d = 0; d < width; d++) mean[d]! += row[d]! / rows.length;
  let square = 0;
  for (const row of rows) for (let d = 0; d < width; d++) square += (row[d]! - mean[d]!) ** 2 / (rows.length * width);
  const scale = 1 / Math.sqrt(square || 1);
  return rows.map(row => Float32Array.from(row, (value, d) => (value - mean[d]!) * scale));
}

function sideBySide(first: ArrayLike<number>, second: ArrayLike<number>): Float32Array {
  const row = new Float32Array(first.length + second.length);
  row.set(first);
  row.set(second, first.length);
  return row;
}

/** The place of the nearest known row, for each row. */
function nearest(known: readonly Float32Array[], asked: readonly Float32Array[]): Int32Array {
  const places = Int32Array.from(known, (_, i) => i);
  return nearestNeighbourLabels(asMatrix(known), asMatrix(asked), places);
}
