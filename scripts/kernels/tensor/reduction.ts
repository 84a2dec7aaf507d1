/** Sums over axes that lie side by side: x [outer, middle, inner] to y [outer, inner]. */

/** Terms that are summed in a register before they join the others: a sum of n terms rounds about n / 256 + 256 times. */
const block: i32 = 256;

/** y[o, i] = scale · Σ x[o, m, i] over m. */
export function sumMiddle(x: usize, y: usize, outer: i32, middle: i32, inner: i32, scale: f32): void {
  const pictureBytes = (<usize>middle * <usize>inner) << 2;
  const rowBytes = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    if (inner === 1) store<f32>(y, scale * sumOfNumbers(x, middle));
    else {
      memory.fill(y, 0, rowBytes);
      for (let m = 0; m < middle; m += block)
        addRows(x + <usize>m * rowBytes, min<i32>(block, middle - m), rowBytes, y);
      if (scale !== 1) scaleRow(y, rowBytes, scale);
    }
    x += pictureBytes;
    y += rowBytes;
  }
}

function sumOfNumbers(x: usize, count: i32): f32 {
  let sum: f32 = 0;
  for (; count > 0; count -= block) {
    const end = x + ((<usize>min<i32>(block, count)) << 2);
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (; x + 64 <= end; x += 64) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
    }
    a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    let part =
      f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
    for (; x < end; x += 4) part += load<f32>(x);
    sum += part;
  }
  return sum;
}

/** Adds the sum of `rows` rows to y, up to 16 columns at a time. */
function addRows(x: usize, rows: i32, rowBytes: usize, y: usize): void {
  let column: usize = 0;
  for (; column + 64 <= rowBytes; column += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let from = x + column;
    for (let m = 0; m < rows; m++) {
      a = f32x4.add(a, v128.load(from));
      b = f32x4.add(b, v128.load(from, 16));
      c = f32x4.add(c, v128.load(from, 32));
      d = f32x4.add(d, v128.load(from, 48));
      from += rowBytes;
    }
    const to = y + column;
    v128.store(to, f32x4.add(v128.load(to), a));
    v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), c), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), d), 48);
  }
  for (; column + 16 <= rowBytes; column += 16) {
    let a = f32x4.splat(0);
    let from = x + column;
    for (let m = 0; m < rows; m++) {
      a = f32x4.add(a, v128.load(from));
      from += rowBytes;
    }
    v128.store(y + column, f32x4.add(v128.load(y + column), a));
  }
  for (; column < rowBytes; column += 4) {
    let a: f32 = 0;
    let from = x + column;
    for (let m = 0; m < rows; m++) {
      a += load<f32>(from);
      from += rowBytes;
    }
    store<f32>(y + column, load<f32>(y + column) + a);
  }
}

function scaleRow(y: usize, bytes: usize, scale: f32): void {
  for (const end = y + bytes; y < end; y += 4) store<f32>(y, load<f32>(y) * scale);
}
