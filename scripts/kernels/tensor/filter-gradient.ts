/** The gradient of a convolution to its filter; the formula stands in convolution.ts. */
import {
  bytesOf,
  CHANNELS,
  FILTER_WIDTH,
  FILTERS,
  FRAMED_WIDTH,
  framedBytes,
  framePicture,
  listWindows,
  numPlaces,
  pictureBytes,
  size,
} from './frames';
import {packColumns} from './pack';
import {nowhere, storeRow, target, targetsBytes, tileOfColumns} from './tile';

/** What the pictures of one chunk share while dw is summed: their windows, and dy as panels. */
export function chunkBytes(sizes: usize, count: i32): usize {
  const rows = count * numPlaces(sizes);
  const panels = (size(sizes, FILTERS) + 7) >> 3;
  return bytesOf(rows) + 16 + <usize>count * framedBytes(sizes) + 64 + ((<usize>panels * <usize>rows) << 5);
}

/** Frames picture `n` of a chunk of `count` that begins with picture `first`, and packs its dy. */
export function prepareChunk(
  x: usize,
  dy: usize,
  sizes: usize,
  first: i32,
  count: i32,
  n: i32,
  framed: i32,
  chunk: usize,
): void {
  const filters = size(sizes, FILTERS);
  const places = numPlaces(sizes);
  const rows = count * places;
  const frames = (chunk + bytesOf(rows) + 15) & ~15;
  const picture = x + <usize>(first + n) * pictureBytes(sizes);
  const frame = framed ? picture : frames + <usize>n * framedBytes(sizes);
  if (!framed) framePicture(picture, sizes, frame);
  listWindows(frame, sizes, 1, chunk + bytesOf(n * places));
  const from = dy + bytesOf((first + n) * places) * <usize>filters;
  let panel = ((frames + <usize>count * framedBytes(sizes) + 63) & ~15) + ((<usize>n * <usize>places) << 5);
  for (let o = 0; o < filters; o += 8) {
    packColumns(from + bytesOf(o), bytesOf(filters), places, min<i32>(8, filters - o), panel);
    panel += (<usize>rows) << 5;
  }
}

/** Bytes of scratch that `sumFilter` needs. */
export function sumScratch(sizes: usize, count: i32): usize {
  return targetsBytes + ((<usize>(count * numPlaces(sizes))) << 4);
}

/** Rows (r, from) … (r, to - 1) of dw [R, Q·C, O], summed over a chunk; `add` to what earlier chunks gave. */
export function sumFilter(
  dw: usize,
  sizes: usize,
  count: i32,
  chunk: usize,
  r: i32,
  from: i32,
  to: i32,
  add: i32,
  scratch: usize,
): void {
  const filters = size(sizes, FILTERS);
  const rows = count * numPlaces(sizes);
  const across = size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS);
  const rowBytes = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const frames = (chunk + bytesOf(rows) + 15) & ~15;
  const panels = (frames + <usize>count * framedBytes(sizes) + 63) & ~15;
  const packed = scratch + targetsBytes;
  const windows = chunk + bytesOf(rows);
  if (filters === 1) {
    for (let t = from; t < to; t += 16) {
      sumOne(
        dw + bytesOf(r * across + t),
        chunk,
        windows,
        <usize>r * rowBytes + bytesOf(t),
        panels,
        min<i32>(16, to - t),
        add,
      );
    }
    return;
  }
  for (let t = from; t < to; t += 4) {
    const offset = <usize>r * rowBytes + bytesOf(t);
    let place = packed;
    for (let at = chunk; at < windows; at += 4) {
      v128.store(place, v128.load(load<usize>(at) + offset));
      place += 16;
    }
    let panel = panels;
    for (let o = 0; o < filters; o += 8) {
      for (let i = 0; i < 4; i++) {
        const wanted = dw + bytesOf(r * across + t + i) * <usize>filters + bytesOf(o);
        target(scratch, i, t + i < to ? wanted : nowhere(scratch));
      }
      tileOfColumns(packed, 16, rows, 1, 0, panel, 32, scratch, min<i32>(8, filters - o), add);
      panel += (<usize>rows) << 5;
    }
  }
}

/** For one filter: up to 16 numbers of dw. Its dy is the first column of a panel. */
function sumOne(dw: usize, list: usize, end: usize, offset: usize, dy: usize, count: i32, add: i32): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  for (; list < end; list += 4, dy += 32) {
    const at = load<usize>(list) + offset;
    const number = v128.load32_splat(dy);
    c0 = f32x4.add(c0, f32x4.mul(number, v128.load(at)));
    c1 = f32x4.add(c1, f32x4.mul(number, v128.load(at, 16)));
    c2 = f32x4.add(c2, f32x4.mul(number, v128.load(at, 32)));
    c3 = f32x4.add(c3, f32x4.mul(number, v128.load(at, 48)));
  }
  storeRow(dw, c0, c1, min<i32>(8, count), add);
  if (count > 8) storeRow(dw + 32, c2, c3, count - 8, add);
}
