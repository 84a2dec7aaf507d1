/** Pictures and spectrograms as tiles: small blocks of pixels that a grid can lay side by side. */
import {expected} from '../core/checks';
import type {Picture} from '../core/types';
import {encodePng, pngDataUri} from './png';

/** H×W pixels, three bytes each, rows from the top. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A picture with 1 or 3 channels as it is. */
export function pictureTile(picture: Picture): Tile {
  const {width, height, channels, pixels} = picture;
  if (channels !== 1 && channels !== 3) throw expected('picture.channels', '1 or 3', channels);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = channels === 3 ? pixels[i]! : pixels[Math.floor(i / 3)]!;
  return {width, height, rgb};
}

/**
 * A log-mel spectrogram as a tile: time to the right, low bands at the bottom, silence black, loud pale yellow. Of a stereo clip
 * the left channel stands to the left of the right one.
 *
 * @param values M×F×C values in [-1, 1], band by band from the lowest.
 */
export function spectrogramTile(values: ArrayLike<number>, numBands: number, numFrames: number, numChannels = 1): Tile {
  const width = numFrames * numChannels;
  if (values.length !== numBands * width)
    throw expected(
      'values',
      `${[numBands, numFrames, ...(numChannels > 1 ? [numChannels] : [])].join('×')} numbers`,
      values.length,
    );
  const rgb = new Uint8Array(values.length * 3);
  for (let band = 0; band < numBands; band++) {
    for (let frame = 0; frame < numFrames; frame++) {
      for (let channel = 0; channel < numChannels; channel++) {
        const at = ((numBands - 1 - band) * width + channel * numFrames + frame) * 3;
        rgb.set(magma((values[(band * numFrames + frame) * numChannels + channel]! + 1) / 2), at);
      }
    }
  }
  return {width, height: numBands, rgb};
}

export interface TileSheetOptions {
  /** Tiles in a row. */
  readonly columns: number;
  /** Each pixel becomes scale×scale pixels, unblurred. Defaults to 3. */
  readonly scale?: number;
  /** White pixels between tiles, after scaling. Defaults to 4. */
  readonly gap?: number;
}

/** Tiles row by row on one white sheet; `undefined` leaves a place empty. All tiles must be of one size. */
export function tileSheet(tiles: readonly (Tile | undefined)[], options: TileSheetOptions): Tile {
  const {columns, scale = 3, gap = 4} = options;
  const first = tiles.find(tile => tile !== undefined);
  if (!first) throw expected('tiles', 'a list with at least one tile', []);
  const [cellWidth, cellHeight] = [first.width * scale, first.height * scale];
  const rows = Math.ceil(tiles.length / columns);
  const width = columns * (cellWidth + gap) - gap;
  const height = rows * (cellHeight + gap) - gap;
  const rgb = new Uint8Array(width * height * 3).fill(255);
  tiles.forEach((tile, index) => {
    if (!tile) return;
    if (tile.width !== first.width || tile.height !== first.height) {
      throw expected(`tile ${index}`, `${first.width}×${first.height} pixels`, `${tile.width}×${tile.height}`);
    }
    const left = (index % columns) * (cellWidth + gap);
    const top = Math.floor(index / columns) * (cellHeight + gap);
    for (let y = 0; y < cellHeight; y++) {
      for (let x = 0; x < cellWidth; x++) {
        const from = (Math.floor(y / scale) * tile.width + Math.floor(x / scale)) * 3;
        rgb.set(tile.rgb.subarray(from, from + 3), ((top + y) * width + left + x) * 3);
      }
    }
  });
  return {width, height, rgb};
}

/** Many pictures or spectrograms in one PNG file, without axes or text. */
export function imageGridPng(tiles: readonly (Tile | undefined)[], options: TileSheetOptions): Buffer {
  return tilePng(tileSheet(tiles, options));
}

/** One tile as a PNG file, each pixel `scale` times as large. */
export function tilePng(tile: Tile, scale = 1): Buffer {
  const sheet = scale === 1 ? tile : tileSheet([tile], {columns: 1, scale, gap: 0});
  return encodePng(sheet.width, sheet.height, sheet.rgb);
}

/** One tile as a data URI, for an image element. */
export function tileDataUri(tile: Tile, scale = 1): string {
  return pngDataUri(tilePng(tile, scale));
}

/** The colour scale "magma" of matplotlib (van der Walt & Smith 2015), nine of its 256 colours, linear between them. */
export const magmaStops: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
];

/** Colour of a level in [0, 1]; values outside are cut. magma(0) is [0, 0, 4]. */
export function magma(level: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, level)) * (magmaStops.length - 1);
  const below = Math.min(Math.floor(place), magmaStops.length - 2);
  const share = place - below;
  const [a, b] = [magmaStops[below]!, magmaStops[below + 1]!];
  return [0, 1, 2].map(c => Math.round(a[c]! + share * (b[c]! - a[c]!))) as [number, number, number];
}
