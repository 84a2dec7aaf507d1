/** Pictures with their zeros around them, and where the windows of a convolution lie in them. */

/** Sizes, as 32-bit integers one after the other. The framed picture is what the windows cover: H' × W'. */
export function size(sizes: usize, index: i32): i32 {
  return load<i32>(sizes + ((<usize>index) << 2));
}
export const HEIGHT = 0;
export const WIDTH = 1;
export const CHANNELS = 2;
export const FILTERS = 3;
export const OUT_HEIGHT = 4;
export const OUT_WIDTH = 5;
export const FILTER_HEIGHT = 6;
export const FILTER_WIDTH = 7;
export const DOWN = 8;
export const ACROSS = 9;
export const TOP = 10;
export const LEFT = 11;
export const FRAMED_HEIGHT = 12;
export const FRAMED_WIDTH = 13;

export function bytesOf(count: i32): usize {
  return (<usize>count) << 2;
}

export function pictureBytes(sizes: usize): usize {
  return bytesOf(size(sizes, HEIGHT) * size(sizes, WIDTH) * size(sizes, CHANNELS));
}

export function framedBytes(sizes: usize): usize {
  return bytesOf(size(sizes, FRAMED_HEIGHT) * size(sizes, FRAMED_WIDTH) * size(sizes, CHANNELS));
}

function columnsBefore(sizes: usize): i32 {
  return min<i32>(size(sizes, LEFT), size(sizes, FRAMED_WIDTH));
}

function columnsInside(sizes: usize): i32 {
  return min<i32>(size(sizes, WIDTH), size(sizes, FRAMED_WIDTH) - columnsBefore(sizes));
}

export function numPlaces(sizes: usize): i32 {
  return size(sizes, OUT_HEIGHT) * size(sizes, OUT_WIDTH);
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
export function unframePicture(framed: usize, sizes: usize, x: usize): void {
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
export function listWindows(framed: usize, sizes: usize, count: i32, list: usize): usize {
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
