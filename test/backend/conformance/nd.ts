/** Arrays with axes in plain JavaScript, double precision: what every backend is compared with. Written from the definitions. */

export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The array whose number at a place is `value(place)`. */
export function build(shape: readonly number[], value: (place: readonly number[]) => number): Nd {
  const data = new Float64Array(sizeOf(shape));
  const place = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++place[axis]! < shape[axis]!) break;
      place[axis] = 0;
    }
  }
  return {shape: [...shape], data};
}

/** The number at a place; an axis of 1 is repeated, axes that are missing at the front too. */
export function at({shape, data}: Nd, place: readonly number[]): number {
  const skip = place.length - shape.length;
  let index = 0;
  shape.forEach((size, axis) => {
    index = index * size + (size === 1 ? 0 : place[axis + skip]!);
  });
  return data[index]!;
}

export function map({shape, data}: Nd, f: (value: number) => number): Nd {
  return {shape, data: data.map(f)};
}

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({length: rank}, (_, axis) =>
    Math.max(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1),
  );
}

export function zip(a: Nd, b: Nd, f: (x: number, y: number) => number): Nd {
  return build(broadcast(a.shape, b.shape), place => f(at(a, place), at(b, place)));
}

/** `f` of all numbers along the axes; the axes are gone, or 1 with `keep`. */
export function reduce(x: Nd, axes: readonly number[], keep: boolean, f: (values: number[]) => number): Nd {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups = Array.from({length: sizeOf(kept)}, () => [] as number[]);
  const target = build(kept, () => 0);
  build(x.shape, place => {
    let index = 0;
    kept.forEach((size, axis) => {
      index = index * size + (size === 1 ? 0 : place[axis]!);
    });
    groups[index]!.push(at(x, place));
    return 0;
  });
  groups.forEach((values, i) => {
    target.data[i] = f(values);
  });
  return keep ? target : {shape: x.shape.filter((_, axis) => !axes.includes(axis)), data: target.data};
}

/** Numbers that are `f` of all numbers along one axis, in their order. */
export function alongAxis(x: Nd, axis: number, f: (values: number[]) => number[]): Nd {
  const rows = new Map<string, number[]>();
  const line = (place: readonly number[], i: number) => place.map((p, k) => (k === axis ? i : p));
  return build(x.shape, place => {
    const key = line(place, 0).join();
    let row = rows.get(key);
    if (!row) {
      row = f(Array.from({length: x.shape[axis]!}, (_, i) => at(x, line(place, i))));
      rows.set(key, row);
    }
    return row[place[axis]!]!;
  });
}

export function transpose(x: Nd, order: readonly number[]): Nd {
  return build(
    order.map(axis => x.shape[axis]!),
    place => {
      const from = [...place];
      order.forEach((axis, i) => {
        from[axis] = place[i]!;
      });
      return at(x, from);
    },
  );
}

/** [..., M, K] by [..., K, N]. */
export function matMul(a: Nd, b: Nd, transposeA = false, transposeB = false): Nd {
  const [left, right] = [transposeA ? flip(a) : a, transposeB ? flip(b) : b];
  const [m, k] = left.shape.slice(-2) as [number, number];
  const n = right.shape.at(-1)!;
  const outer = broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2));
  return build([...outer, m, n], place => {
    const [i, j] = place.slice(-2) as [number, number];
    const before = place.slice(0, -2);
    let sum = 0;
    for (let p = 0; p < k; p++) sum += at(left, [...before, i, p]) * at(right, [...before, p, j]);
    return sum;
  });
}

function flip(x: Nd): Nd {
  const rank = x.shape.length;
  return transpose(x, [...Array.from({length: rank - 2}, (_, i) => i), rank - 1, rank - 2]);
}

export function concat(parts: readonly Nd[], axis: number): Nd {
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return build(shape, place => {
    let i = place[axis]!;
    for (const part of parts) {
      if (i < part.shape[axis]!) {
        return at(
          part,
          place.map((p, k) => (k === axis ? i : p)),
        );
      }
      i -= part.shape[axis]!;
    }
    return Number.NaN;
  });
}

export function slice(x: Nd, begin: readonly number[], size: readonly number[]): Nd {
  return build(size, place =>
    at(
      x,
      place.map((p, axis) => p + begin[axis]!),
    ),
  );
}

/** Zeros before and behind each axis. */
export function pad(x: Nd, paddings: readonly (readonly [number, number])[], value = 0): Nd {
  const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
  return build(shape, place => {
    const from = place.map((p, axis) => p - paddings[axis]![0]);
    return from.every((p, axis) => p >= 0 && p < x.shape[axis]!) ? at(x, from) : value;
  });
}

export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly pad: 'same' | 'valid';
}

/** Places of the output along one axis, and zeros before the input, as TensorFlow's documentation of padding gives them. */
export function places(length: number, {size, stride, pad: kind}: Window): {count: number; before: number} {
  if (kind === 'valid') return {count: Math.floor((length - size) / stride) + 1, before: 0};
  const count = Math.ceil(length / stride);
  return {count, before: Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2)};
}

/** Convolution over all axes of x [N, …, C] but the first and last, by a filter [ …, C, O]. */
export function convolve(x: Nd, filter: Nd, windows: readonly Window[]): Nd {
  const along = windows.map((window, i) => places(x.shape[i + 1]!, window));
  const [channels, filters] = filter.shape.slice(-2) as [number, number];
  const inside = filter.shape.slice(0, -2);
  return build([x.shape[0]!, ...along.map(({count}) => count), filters], place => {
    let sum = 0;
    build(inside, tap => {
      const from = tap.map((t, i) => place[i + 1]! * windows[i]!.stride + t - along[i]!.before);
      if (from.some((p, i) => p < 0 || p >= x.shape[i + 1]!)) return 0;
      for (let c = 0; c < channels; c++) {
        sum += at(x, [place[0]!, ...from, c]) * at(filter, [...tap, c, place.at(-1)!]);
      }
      return 0;
    });
    return sum;
  });
}

/** What `conv2dTranspose` computes: each number of x [N, H, W, C] times the filter [R, Q, O, C], added where its window lies. */
export function convolveBack(x: Nd, filter: Nd, out: readonly number[], windows: readonly Window[]): Nd {
  const y = build(out, () => 0);
  const before = windows.map((window, i) => places(out[i + 1]!, window).before);
  const index = (place: readonly number[]) => place.reduce((sum, p, axis) => sum * out[axis]! + p, 0);
  build([...x.shape.slice(0, -1), ...filter.shape.slice(0, 2)], place => {
    const [n, i, j, r, q] = place as [number, number, number, number, number];
    const to = [i * windows[0]!.stride + r - before[0]!, j * windows[1]!.stride + q - before[1]!];
    if (to.some((p, axis) => p < 0 || p >= out[axis + 1]!)) return 0;
    for (let o = 0; o < out[3]!; o++) {
      for (let c = 0; c < x.shape[3]!; c++) {
        y.data[index([n, ...to, o])]! += at(x, [n, i, j, c]) * at(filter, [r, q, o, c]);
      }
    }
    return 0;
  });
  return y;
}

/** `f` of the numbers in each window of x [N, H, W, C] that lie inside it, and of their places [row, column, channel] there. */
export function pool(
  x: Nd,
  windows: readonly [Window, Window],
  f: (values: number[], taps: readonly (readonly number[])[]) => number,
): Nd {
  const along = windows.map((window, i) => places(x.shape[i + 1]!, window));
  return build([x.shape[0]!, along[0]!.count, along[1]!.count, x.shape[3]!], place => {
    const values: number[] = [];
    const taps: number[][] = [];
    for (let r = 0; r < windows[0].size; r++) {
      for (let q = 0; q < windows[1].size; q++) {
        const i = place[1]! * windows[0].stride + r - along[0]!.before;
        const j = place[2]! * windows[1].stride + q - along[1]!.before;
        if (i < 0 || j < 0 || i >= x.shape[1]! || j >= x.shape[2]!) continue;
        values.push(at(x, [place[0]!, i, j, place[3]!]));
        taps.push([r, q, place[3]!]);
      }
    }
    return f(values, taps);
  });
}
