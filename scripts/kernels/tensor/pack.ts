/** Panels of 8 columns, [k][8], from matrices of either order; zeros stand where columns end. */

/** Columns 0 … columns - 1 (at most 8) of B [k, …] whose rows are `row` bytes apart. @returns the end of the panel. */
export function packColumns(b: usize, row: usize, k: i32, columns: i32, panel: usize): usize {
  if (columns === 8) {
    for (; k > 0; k--) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b += row;
      panel += 32;
    }
    return panel;
  }
  const bytes = (<usize>columns) << 2;
  for (; k > 0; k--) {
    v128.store(panel, f32x4.splat(0));
    v128.store(panel, f32x4.splat(0), 16);
    for (let i: usize = 0; i < bytes; i += 4) store<f32>(panel + i, load<f32>(b + i));
    b += row;
    panel += 32;
  }
  return panel;
}

/** The same of a transposed B [columns, …], whose rows are `row` bytes apart and hold the k numbers of a column each. */
export function packRows(b: usize, row: usize, k: i32, columns: i32, panel: usize): usize {
  const end = panel + ((<usize>k) << 5);
  if (columns === 8) {
    for (; k >= 4; k -= 4) {
      transposeFour(b, row, panel);
      transposeFour(b + row * 4, row, panel + 16);
      b += 16;
      panel += 128;
    }
  }
  for (; k > 0; k--) {
    for (let j = 0; j < 8; j++) {
      store<f32>(panel + ((<usize>j) << 2), j < columns ? load<f32>(b + <usize>j * row) : 0);
    }
    b += 4;
    panel += 32;
  }
  return end;
}

/** Four numbers of four rows, transposed, to places 32 bytes apart. */
function transposeFour(from: usize, row: usize, to: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + row * 2);
  const r3 = v128.load(from + row * 3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 96);
}
