import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as ts from '@tslab/typescript-for-tslab';
import {declarationsAfterFailure} from '../../src/kernel/declarations';
import {awaitsInLoop, withoutExports} from '../../src/kernel/source';

test('exports give way to blanks, everything else keeps its place', () => {
  const cases: [string, string][] = [
    ['export const a = 1;', '       const a = 1;'],
    ['export default class A {}', '               class A {}'],
    ['export default function () {}', 'export default function () {}'],
    ['export default 5', 'export default 5'],
    ['const a = 1;\nexport {\n  a,\n};\na', 'const a = 1;\n        \n    \n  \na'],
    ["export * from 'x';", "export * from 'x';"],
    ["export {a} from 'x';", "export {a} from 'x';"],
    ["'export const a'", "'export const a'"],
    ['export async function f() {}', '       async function f() {}'],
  ];
  for (const [code, wanted] of cases) assert.equal(withoutExports(ts, code), wanted);
});

test('only loops outside functions make a cell wait', () => {
  assert.equal(awaitsInLoop(ts, 'for await (const x of xs) {}'), true);
  assert.equal(awaitsInLoop(ts, 'if (a) { for await (const x of xs); }'), true);
  assert.equal(awaitsInLoop(ts, 'async function f() { for await (const x of xs); }'), false);
  assert.equal(awaitsInLoop(ts, "'for await'"), false);
});

test('after a failure, what was not come to is declared as before, or not at all', () => {
  const earlier = "declare const a: number;\ndeclare let b: string, c: string;\nimport {j, k} from 'path';\n";
  const later =
    "declare const a: string;\ndeclare const fresh: 5;\ndeclare let c: string;\ninterface T {}\nimport d, {j as b} from 'fs';\n";
  const after = declarationsAfterFailure(ts, earlier, later, ['a', 'fresh', 'b']);
  assert.equal(
    after.replace(/"/g, "'"),
    "declare let c: string;\ninterface T {\n}\nimport d from 'fs';\ndeclare const a: number;\ndeclare let b: string;\n",
  );
  assert.equal(declarationsAfterFailure(ts, earlier, later, []), later);
});
