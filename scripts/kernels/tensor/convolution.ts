/**
 * The three products of a convolutional layer without a copy of every window: a window's rows lie in the picture already, so
 * a tile reads (or adds to) them where they are, in a picture with its zeros around it.
 *
 *   y[n, i, j, o]  = Σ x[n, i·s + r − top, j·s + q − left, c] · w[r, q, c, o]
 *   dw[r, q, c, o] = Σ x[n, i·s + r − top, j·s + q − left, c] · dy[n, i, j, o]
 *   dx[n, y, x, c] = Σ dy[n, i, j, o] · w[r, q, c, o]   over all i·s + r − top = y, j·s + q − left = x
 *
 * (q, c) of one row of the filter is one index `t`, because both the picture and the filter hold these numbers side by side.
 */
import {packColumns, packRows} from './pack';
import {nowhere, storeRow, target, targetsBytes, tileOfColumns, tileOfDots, tileOfRows} from './tile';

/** Sizes, as 32-bit integers one after the other. The framed picture is what the windows cover: H' × W'. */
// @ts-expect-error: decorator
function size(sizes: usize, index: i32): i32 {
  return load<i32>(sizes + ((<usize>index) << 2));
}
const HEIGHT = 0;
const WIDTH = 1;
const CHANNELS = 2;
const FILTERS = 3;
const OUT_HEIGHT = 4;
const OUT_WIDTH = 5;
const FILTER_HEIGHT = 6;
const FILTER_WIDTH = 7;
const DOWN = 8;
const ACROSS = 9;
const TOP = 10;
const LEFT = 11;
const FRAMED_HEIGHT = 12;
const FRAMED_WIDTH = 13;

function bytesOf(count: i32): usize {
  return (<usize>count) << 2;
}

function pictureBytes(sizes: usize): usize {
  return bytesOf(size(sizes, HEIGHT) * size(sizes, WIDTH) * size(sizes, CHANNELS));
}

function framedBytes(sizes: usize): usize {
  return bytesOf(size(sizes, FRAMED_HEIGHT) * size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
}

function columnsBefore(sizes: usize): i32 {
  return min<i32>(size(sizes, LEFT), size(sizes, FRAMED_WIDTH));
}

function columnsInside(sizes: usize): i32 {
  return min<i32>(size(sizes, WIDTH), size(sizes, FRAMED_WIDTH) - columnsBefore(sizes));
}

function numPlaces(sizes: usize): i32 {
  return size(sizes, OUT_HEIGHT) * size(sizes, OUT_WIDTH);
}

/** Filter w [K, O] as panels of 8 of its O columns; for `convolve`. */
export function packFilter(w: usize, sizes: usize, packed: usize): void {
  const k = size(sizes, FILTER_HEIGHT) * size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS);
  const filters = size(sizes, FILTERS);
  // A single column is read as it is.
  if (filters === 1) memory.copy(packed, w, bytesOf(k));
  else
    for (let o = 0; o < filters; o += 8) {
      packed = packColumns(w + bytesOf(o), bytesOf(filters), k, min<i32>(8, filters - o), packed);
    }
}

/** Filter w [R, Q·C, O], for each r as panels of 8 of its Q·C rows. */
export function packFilterRows(w: usize, sizes: usize, packed: usize): void {
  const across = size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS);
  const filters = size(sizes, FILTERS);
  if (filters === 1) {
    memory.copy(packed, w, bytesOf(size(sizes, FILTER_HEIGHT) * across));
    return;
  }
  for (let r = 0; r < size(sizes, FILTER_HEIGHT); r++) {
    for (let t = 0; t < across; t += 8) {
      const from = w + bytesOf(r * across + t) * <usize>filters;
      packed = packRows(from, bytesOf(filters), filters, min<i32>(8, across - t), packed);
    }
  }
}

/** Picture x with zeros around it, or without the rows and columns that no window covers. */
export function framePicture(x: usize, sizes: usize, framed: usize): void {
  const rowBytes = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const before = bytesOf(columnsBefore(sizes) * size(sizes, CHANNELS));
  const inside = bytesOf(columnsInside(sizes) * size(sizes, CHANNELS));
  const pitch = bytesOf(size(sizes, WIDTH) * size(sizes, CHANNELS));
  for (let y = 0; y < size(sizes, FRAMED_HEIGHT); y++) {
    const row = y - size(sizes, TOP);
    if (row < 0 || row >= size(sizes, HEIGHT)) memory.fill(framed, 0, rowBytes);
    else {
      memory.fill(framed, 0, before);
      memory.copy(framed + before, x + <usize>row * pitch, inside);
      memory.fill(framed + before + inside, 0, rowBytes - before - inside);
    }
    framed += rowBytes;
  }
}

/** The picture inside its frame; what lies beyond the frame is zero. */
function unframePicture(framed: usize, sizes: usize, x: usize): void {
  const rowBytes = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const before = bytesOf(columnsBefore(sizes) * size(sizes, CHANNELS));
  const inside = bytesOf(columnsInside(sizes) * size(sizes, CHANNELS));
  const pitch = bytesOf(size(sizes, WIDTH) * size(sizes, CHANNELS));
  for (let y = 0; y < size(sizes, HEIGHT); y++) {
    const row = y + size(sizes, TOP);
    if (row >= size(sizes, FRAMED_HEIGHT)) memory.fill(x, 0, pitch);
    else {
      memory.copy(x, framed + <usize>row * rowBytes + before, inside);
      memory.fill(x + inside, 0, pitch - inside);
    }
    x += pitch;
  }
}

/** Addresses of the windows of `count` framed pictures, one after the other, where their output places are. */
function listWindows(framed: usize, sizes: usize, count: i32, list: usize): usize {
  const down = bytesOf(size(sizes, DOWN) * size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const across = bytesOf(size(sizes, ACROSS) * size(sizes, CHANNELS));
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size(sizes, OUT_HEIGHT); i++) {
      let place = framed + <usize>i * down;
      for (let j = 0; j < size(sizes, OUT_WIDTH); j++) {
        store<usize>(list, place);
        list += 4;
        place += across;
      }
    }
    framed += framedBytes(sizes);
  }
  return list;
}

/** Bytes of scratch that `convolve` and `convolveBack` need for `count` pictures. */
export function picturesScratch(sizes: usize, count: i32): usize {
  return targetsBytes + <usize>count * (bytesOf(numPlaces(sizes)) + framedBytes(sizes)) + 64;
}

/** y of the pictures `first` … `first + count - 1`. @param packed by `packFilter`. @param framed whether x needs no frame. */
export function convolve(
  x: usize,
  packed: usize,
  y: usize,
  sizes: usize,
  first: i32,
  count: i32,
  framed: i32,
  scratch: usize,
): void {
  const filters = size(sizes, FILTERS);
  const rows = count * numPlaces(sizes);
  const list = scratch + targetsBytes;
  let pictures = x + <usize>first * pictureBytes(sizes);
  if (!framed) {
    const frames = (list + bytesOf(rows) + 15) & ~15;
    for (let n = 0; n < count; n++) {
      framePicture(pictures + <usize>n * pictureBytes(sizes), sizes, frames + <usize>n * framedBytes(sizes));
    }
    pictures = frames;
  }
  const end = listWindows(pictures, sizes, count, list);
  const across = bytesOf(size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS));
  const jump = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS)) - across;
  const panelBytes = (<usize>size(sizes, FILTER_HEIGHT) * across) << 3;
  for (let o = 0; o < filters; o += 8) {
    let place = y + bytesOf(first * numPlaces(sizes)) * <usize>filters + bytesOf(o);
    for (let at = list; at < end; at += 16) {
      for (let r: usize = 0; r < 4; r++) {
        target(scratch, <i32>r, at + r * 4 < end ? place : nowhere(scratch));
        place += bytesOf(filters);
      }
      const a0 = load<usize>(at);
      const a1 = at + 4 < end ? load<usize>(at, 4) : a0;
      const a2 = at + 8 < end ? load<usize>(at, 8) : a0;
      const a3 = at + 12 < end ? load<usize>(at, 12) : a0;
      const segments = size(sizes, FILTER_HEIGHT);
      if (filters === 1) tileOfDots(a0, a1, a2, a3, across, segments, jump, packed, scratch, 0);
      else tileOfRows(a0, a1, a2, a3, across, segments, jump, packed, 32, scratch, min<i32>(8, filters - o), 0);
    }
    packed += panelBytes;
  }
}

/** dx of the pictures `first` … `first + count - 1`. @param packed by `packFilterRows`. @param framed whether dx needs no frame. */
export function convolveBack(
  dy: usize,
  packed: usize,
  dx: usize,
  sizes: usize,
  first: i32,
  count: i32,
  framed: i32,
  scratch: usize,
): void {
  const filters = size(sizes, FILTERS);
  const rows = count * numPlaces(sizes);
  const list = scratch + targetsBytes;
  const pictures = dx + <usize>first * pictureBytes(sizes);
  const frames = framed ? pictures : (list + bytesOf(rows) + 15) & ~15;
  memory.fill(frames, 0, <usize>count * framedBytes(sizes));
  const end = listWindows(frames, sizes, count, list);
  const across = size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS);
  const rowBytes = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const rowA = bytesOf(filters);
  if (filters === 1) spreadOne(dy + bytesOf(first * numPlaces(sizes)), packed, sizes, list, end);
  else
    for (let r = 0; r < size(sizes, FILTER_HEIGHT); r++) {
      for (let t = 0; t < across; t += 8) {
        const offset = <usize>r * rowBytes + bytesOf(t);
        const columns = min<i32>(8, across - t);
        let a0 = dy + bytesOf(first * numPlaces(sizes)) * <usize>filters;
        for (let at = list; at < end; at += 16) {
          for (let i: usize = 0; i < 4; i++) {
            target(scratch, <i32>i, at + i * 4 < end ? load<usize>(at + i * 4) + offset : nowhere(scratch));
          }
          const a1 = at + 4 < end ? a0 + rowA : a0;
          const a2 = at + 8 < end ? a1 + rowA : a0;
          const a3 = at + 12 < end ? a2 + rowA : a0;
          tileOfRows(a0, a1, a2, a3, rowA, 1, 0, packed, 32, scratch, columns, 1);
          a0 += rowA * 4;
        }
        packed += (<usize>filters) << 5;
      }
    }
  if (!framed) {
    for (let n = 0; n < count; n++) {
      unframePicture(frames + <usize>n * framedBytes(sizes), sizes, pictures + <usize>n * pictureBytes(sizes));
    }
  }
}

/** For one filter: adds dy times the filter at each window. */
function spreadOne(dy: usize, w: usize, sizes: usize, list: usize, end: usize): void {
  const across = bytesOf(size(sizes, FILTER_WIDTH) * size(sizes, CHANNELS));
  const rowBytes = bytesOf(size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
  const height = size(sizes, FILTER_HEIGHT);
  for (; list < end; list += 4, dy += 4) {
    const number = load<f32>(dy);
    const four = f32x4.splat(number);
    let window = load<usize>(list);
    let from = w;
    for (let r = 0; r < height; r++) {
      let at = window;
      const stop = window + across;
      for (; at + 16 <= stop; at += 16, from += 16) {
        v128.store(at, f32x4.add(v128.load(at), f32x4.mul(four, v128.load(from))));
      }
      for (; at < stop; at += 4, from += 4) store<f32>(at, load<f32>(at) + number * load<f32>(from));
      window += rowBytes;
    }
  }
}

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
