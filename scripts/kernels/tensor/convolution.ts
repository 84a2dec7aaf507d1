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
import {
  bytesOf,
  CHANNELS,
  FILTER_HEIGHT,
  FILTER_WIDTH,
  FILTERS,
  FRAMED_WIDTH,
  framedBytes,
  framePicture,
  listWindows,
  numPlaces,
  pictureBytes,
  size,
  unframePicture,
} from './frames';
import {packColumns, packRows} from './pack';
import {nowhere, target, targetsBytes, tileOfDots, tileOfRows} from './tile';

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
