/**
 * Turns a formula into a WebAssembly function that works on four numbers at a time, and on the last ones one by one, in the
 * engine's own memory. The module is a few hundred bytes, so it is written here byte by byte, at the first use, instead of
 * being built and shipped.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).
 */
import type {Expression, Formula} from './formula';

/** @param pointers byte addresses in the order of the formula's arrays. @param out address for the new `w`. */
export type CompiledFormula = (
  size: number,
  pointers: readonly number[],
  out: number,
  scalars: readonly number[],
) => void;

export function compileFormula(formula: Formula, memory: WebAssembly.Memory): CompiledFormula {
  const module = new WebAssembly.Module(moduleBytes(formula, memory.buffer instanceof SharedArrayBuffer));
  const {run} = new WebAssembly.Instance(module, {env: {memory}}).exports as {run: (...numbers: number[]) => void};
  return (size, pointers, out, scalars) => run(size >> 2, size & 3, ...pointers, out, ...scalars);
}

const type = {i32: 0x7f, f32: 0x7d, v128: 0x7b, func: 0x60, block: 0x40};
const op = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  i32Const: 0x41,
  i32Eqz: 0x45,
  i32Add: 0x6a,
  i32Sub: 0x6b,
};
/** After the prefix 0xfd; above 127 in two bytes (LEB128). */
const simd = {
  load: [0xfd, 0x00],
  store: [0xfd, 0x0b],
  loadOne: [0xfd, 0x5c],
  storeOne: [0xfd, 0x5a],
  splat: [0xfd, 0x13],
  sqrt: [0xfd, 0xe3, 0x01],
  add: [0xfd, 0xe4, 0x01],
  sub: [0xfd, 0xe5, 0x01],
  mul: [0xfd, 0xe6, 0x01],
  div: [0xfd, 0xe7, 0x01],
};
/** Addresses are multiples of 4 at least, and the offset is in the address. */
const unaligned = [2, 0];

/** The memory is imported as it is: of any size, or shared and of at most 2¹⁶ pages. */
function moduleBytes(formula: Formula, shared: boolean): Uint8Array<ArrayBuffer> {
  const {arrays, scalars} = formula;
  const parameters = [type.i32, type.i32, ...arrays.map(() => type.i32), type.i32, ...scalars.map(() => type.f32)];
  const limits = shared ? [0x03, 0x00, ...number(65536)] : [0x00, 0x00];
  const imports = [...text('env'), ...text('memory'), 0x02, ...limits];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, type.func, ...sized(parameters), 0]),
    ...section(2, [1, ...imports]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0x00, 0]),
    ...section(10, [1, ...sized(body(formula))]),
  ]);
}

function body(formula: Formula): number[] {
  // Parameters: the counts of fours and of the ones after them, one address for each array, the address of the new w, the
  // scalars. Then a local for each name.
  const {arrays, scalars} = formula;
  const out = 2 + arrays.length;
  const firstLocal = out + 1 + scalars.length;
  const names = [...arrays, ...scalars];
  return [
    ...[1, ...number(names.length), type.v128],
    ...scalars.flatMap((_, i) => [
      ...[op.localGet, ...number(out + 1 + i), ...simd.splat],
      ...[op.localSet, ...number(firstLocal + arrays.length + i)],
    ]),
    ...loop(formula, {count: 0, load: [...simd.load, ...unaligned], store: [...simd.store, ...unaligned], bytes: 16}),
    ...loop(formula, {
      count: 1,
      load: [...simd.loadOne, ...unaligned],
      store: [...simd.storeOne, ...unaligned, 0],
      bytes: 4,
    }),
    op.end,
  ];
}

interface Piece {
  /** The parameter that counts the rounds. */
  readonly count: number;
  readonly load: readonly number[];
  readonly store: readonly number[];
  /** That a round moves on. */
  readonly bytes: number;
}

function loop({arrays, scalars, lines}: Formula, {count, load, store, bytes}: Piece): number[] {
  const addressOf = (name: string) => 2 + arrays.indexOf(name);
  const out = 2 + arrays.length;
  const firstLocal = out + 1 + scalars.length;
  const names = [...arrays, ...scalars];
  const local = (name: string) => number(firstLocal + names.indexOf(name));
  const evaluate = (expression: Expression): number[] => {
    if (typeof expression === 'string') return [op.localGet, ...local(expression)];
    const [operation, ...operands] = expression;
    return [...operands.flatMap(evaluate), ...simd[operation]];
  };
  const advance = (address: number) => [
    ...[op.localGet, ...number(address), op.i32Const, bytes, op.i32Add, op.localSet, ...number(address)],
  ];
  const targets = [...new Set(lines.map(([target]) => target))];
  return [
    ...[op.block, type.block, op.loop, type.block],
    ...[op.localGet, count, op.i32Eqz, op.brIf, 1],
    ...arrays.flatMap(name => [op.localGet, ...number(addressOf(name)), ...load, op.localSet, ...local(name)]),
    ...lines.flatMap(([target, value]) => [...evaluate(value), op.localSet, ...local(target)]),
    ...targets.flatMap(name => [
      ...[op.localGet, ...number(name === 'w' ? out : addressOf(name)), op.localGet, ...local(name), ...store],
    ]),
    ...[...arrays.map(addressOf), out].flatMap(advance),
    ...[op.localGet, count, op.i32Const, 1, op.i32Sub, op.localSet, count],
    ...[op.br, 0, op.end, op.end],
  ];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...number(content.length), ...content];
}

/** Bytes, or types, after their count. */
function sized(bytes: readonly number[]): number[] {
  return [...number(bytes.length), ...bytes];
}

function text(name: string): number[] {
  return sized([...Buffer.from(name)]);
}

/** Unsigned LEB128. */
function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}
