/** Shapes of batched matrix products, which the companion module and XNNPACK go through alike. */

/** For each position of the broadcast shape `outer`, in order, the position in a tensor whose outer axes are `own`. */
export function positions(outer: readonly number[], own: readonly number[]): number[] {
  let all = [0];
  outer.forEach((size, axis) => {
    const ownSize = own[axis - (outer.length - own.length)] ?? 1;
    all = all.flatMap(base => Array.from({length: size}, (_, i) => base * ownSize + (ownSize === 1 ? 0 : i)));
  });
  return all;
}

/** Rows and columns of the matrices in a tensor, exchanged with `swap`. */
export function lastTwo(shape: readonly number[], swap: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return swap ? [columns, rows] : [rows, columns];
}
