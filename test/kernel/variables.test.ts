/** What a cell declares, as later cells find it. Each table is one notebook: a cell and its result as text, null for none. */
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Kernel, resultText} from './client';

type Notebook = readonly (readonly [code: string, result: string | null | {readonly fails: RegExp}])[];

const notebooks: Readonly<Record<string, Notebook>> = {
  'names of earlier cells in shorthand properties': [
    ['const present = 1;\nlet n = 2;', null],
    ['({present})', '{ present: 1 }'],
    ['const box = {present, n, read() { return present; }};\n[box.n, box.read()]', '[ 2, 1 ]'],
    ['({n} = {n: 9});\nn', '9'],
    ['({n = 4} = {} as {n?: number});\nn', '4'],
    ["import {join as j} from 'node:path';", null],
    ["({j}).j('a', 'b')", "'a/b'"],
  ],
  'one variable, whoever assigns it': [
    ['let n = 0;\nfunction get() { return n; }\nconst bump = () => ++n;', null],
    ['n = 5;\n[n, get()]', '[ 5, 5 ]'],
    ['bump();\n[n, get()]', '[ 6, 6 ]'],
    ['for (n of [7, 8]);\n[n, get()]', '[ 8, 8 ]'],
    ['[n] = [1];\nn **= 2;\nn++;\n[n, get()]', '[ 2, 2 ]'],
    ['let a = 1, [b, {c}] = [2, {c: 3}];\nvar d = 4;', null],
    ['a += 1; b += 1; c += 1; d += 1;\n[a, b, c, d]', '[ 2, 3, 4, 5 ]'],
    ['let value = 1;\nlet later: string | undefined;', null],
    ["value += 1;\nlater = 'set';\n[value, later]", "[ 2, 'set' ]"],
  ],
  'declaring again': [
    ["let n = 1;\nfunction get() { return n; }\nfunction show() { return 'old'; }\nconst shown = () => show();", null],
    ["let n = 'new';\nfunction show() { return n; }", null],
    ['[n, get(), shown()]', "[ 'new', 1, 'old' ]"],
    ["n = 'newer';\n[n, get()]", "[ 'newer', 1 ]"],
    ['const twice = () => show() + show();', null],
    ["function show() { return '!'; }\ntwice()", "'!!'"],
    ['class Box { side = 1; }', null],
    ['class Box { side = 2; }\nnew Box().side', '2'],
  ],
  'what a cell that fails has come to stays': [
    [
      "const early = 1;\nlet changed = 1;\nif (early) throw new Error('on purpose');\nconst missed = 2;",
      {fails: /on purpose/},
    ],
    ['changed += early;\n[early, changed]', '[ 1, 2 ]'],
    ['missed', {fails: /TS2304: Cannot find name 'missed'/}],
    ["const early = await Promise.reject(new Error('late'));", {fails: /late/}],
    ['early', '1'],
    ["const early = 'other';\nclass After { x = early }\nthrow new Error('again');", {fails: /again/}],
    ['new After().x', "'other'"],
    ["import {basename} from 'node:path';\nthrow new Error('after an import');", {fails: /after an import/}],
    ["basename('/a/b')", "'b'"],
    ['const wrong: string = 5;', {fails: /TS2322/}],
    ['early', "'other'"],
  ],
  'destructuring, with defaults and rests': [
    ['const base = 10;', null],
    ['const {a = base, ...rest} = {b: 2} as {a?: number; b: number};\n[a, rest]', '[ 10, { b: 2 } ]'],
    ['const pick = ({x = base}: {x?: number} = {}) => x;\n[pick(), pick({x: 1}), rest.b]', '[ 10, 1, 2 ]'],
    // A property with the name of an earlier variable, and of an earlier interface's member.
    ['interface Deep { base: {inner: number} }\nconst deep: Deep = {base: {inner: 3}};', null],
    [
      'const {base: {inner}} = deep;\nlet kept = 0;\n({base: {inner: kept}} = deep);\n[inner, kept, deep.base.inner]',
      '[ 3, 3, 3 ]',
    ],
  ],
  'exports, of every kind': [
    [
      'export const a = 1;\nexport function twice(x: number) { return 2 * x; }\nexport interface Shape { side: number }',
      null,
    ],
    ['const shape: Shape = {side: twice(a)};\nshape', '{ side: 2 }'],
    ['export default class Square { side = 3; }', null],
    ['new Square().side', '3'],
    ['const b = 2;\nexport {b, b as c};', null],
    ['b', '2'],
    ['export default 5;', null],
    ['export enum Colour { Red, Blue = 5 }\nexport namespace Space { export const depth = 3; }', null],
    ['[Colour.Blue, Colour[0], Space.depth]', "[ 5, 'Red', 3 ]"],
  ],
  'types, generics, overloads, classes, decorators': [
    [
      'function over(x: number): number;\nfunction over(x: string): string;\nfunction over(x: unknown) { return x; }\nfunction same<T>(x: T): T { return x; }',
      null,
    ],
    ["[same<string>('q'), over(1), over('s')]", "[ 'q', 1, 's' ]"],
    ['over(true)', {fails: /TS2769/}],
    ['abstract class Base { constructor(readonly v: number) {} abstract area(): number; static made = 0; }', null],
    [
      'class Square extends Base { area() { return this.v ** 2; } static make(v: number) { Base.made++; return new Square(v); } }\n[Square.make(3).area(), Base.made]',
      '[ 9, 1 ]',
    ],
    [
      'function sealed(target: Function) { Object.seal(target); }\n@sealed class Sealed { static x = Base.made; }\n[Object.isSealed(Sealed), Sealed.x]',
      '[ true, 1 ]',
    ],
    ['const enum Fast { A = 3 }\ntype Pair<T> = [T, T];', null],
    ['const pair: Pair<Fast> = [Fast.A, Fast.A];\npair', '[ 3, 3 ]'],
    ['const sat = {k: 1} satisfies Record<string, number>;\nsat.k', '1'],
    ['const markup = <div/>;', {fails: /TS2304/}],
  ],
  'await outside functions': [
    ['let sum = 0;\nfor (const k of [1, 2]) sum += await Promise.resolve(k);\nsum', '3'],
    ['while (sum < 6) { sum += await Promise.resolve(1); }\nsum', '6'],
    ['async function* numbers() { yield sum; yield 1; }\nfor await (const k of numbers()) sum += k;\nsum', '13'],
    ['const {x} = await Promise.resolve({x: sum});\nx', '13'],
  ],
  results: [
    ['null', 'null'],
    ['undefined', null],
    ['void 0', null],
    ["new Map([[1, {a: new Set(['x'])}]])", "Map(1) { 1 => { a: Set(1) { 'x' } } }"],
    ['10n ** 20n', '100000000000000000000n'],
    ['new BigInt64Array([1n, -2n])', 'BigInt64Array(2) [ 1n, -2n ]'],
    ['[Promise.resolve(7)]', '[ Promise { 7 } ]'],
    ['Promise.resolve(null)', 'null'],
    ["Promise.reject(new RangeError('refused'))", {fails: /refused/}],
    ['const tsLastExpr = 3;\ntsLastExpr + 1', '4'],
  ],
};

let kernel: Kernel;
before(async () => {
  kernel = await Kernel.start();
});
after(() => kernel.stop());

for (const [name, cells] of Object.entries(notebooks)) {
  test(name, async () => {
    for (const [code, wanted] of cells) {
      const {content, outputs} = await kernel.execute(code);
      const told = `${code}\n${JSON.stringify(content)}`;
      if (typeof wanted === 'object' && wanted !== null) assert.match(String(content['evalue']), wanted.fails, told);
      else assert.deepEqual([content['status'], resultText(outputs)], ['ok', wanted], told);
    }
  });
}

test('a variable that is declared again lets go of its old value', async () => {
  const held = 'process.memoryUsage().arrayBuffers / 1e6';
  const fill = 'const big = new Float64Array(5e6).fill(1);';
  await kernel.execute("import {setFlagsFromString} from 'node:v8';\nsetFlagsFromString('--expose-gc');");
  for (let turn = 0; turn < 5; turn++) await kernel.execute(fill);
  // V8 gives the memory of arrays back on a thread of its own, some time after the collection.
  const {outputs} = await kernel.execute(`const collect: () => void = (await import('node:vm')).runInNewContext('gc');
for (let turn = 0; turn < 40 && ${held} >= 100; turn++) {
  collect();
  await new Promise(resolve => setTimeout(resolve, 25));
}
${held}`);
  // One array of 40 MB is in use; five were made.
  assert.ok(Number(resultText(outputs)) < 100, `${resultText(outputs)} MB`);
});
