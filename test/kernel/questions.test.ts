/** The compiler is loaded once here; it resolves imports from the working folder. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {loadCompiler} from '../../src/kernel/compiler';
import {complete, inspectAt, isComplete, toCodePoints, toUtf16} from '../../src/kernel/introspection';

const compiler = loadCompiler(process.cwd());
// It watches the files that cells import.
after(() => compiler.executor.close());

test('cursor positions count characters, not halves of them', () => {
  assert.equal(toUtf16('a😀b', 2), 3);
  assert.equal(toCodePoints('a😀b', 3), 2);
  assert.equal(toUtf16('ab', 99), 2);
  assert.equal(toUtf16('ab', 'nonsense'), 2);
});

test('completion replaces what was typed, also after a wide character, and says what each name is', () => {
  const code = "const face = '😀'; face.toUpperC";
  const {matches, cursor_start, cursor_end, metadata} = complete(compiler, {code, cursor_pos: [...code].length});
  assert.deepEqual(matches, ['toUpperCase']);
  assert.deepEqual([cursor_start, cursor_end], [[...code].length - 8, [...code].length]);
  const [type] = (metadata as {_jupyter_types_experimental: unknown[]})._jupyter_types_experimental;
  assert.deepEqual(type, {text: 'toUpperCase', type: 'method', start: cursor_start, end: cursor_end});
});

test('inspection works inside, behind and in the arguments of a name; detail adds the tags', () => {
  const code = 'Math.max(1, 2)';
  for (const cursor_pos of [6, 8, 9, 12]) {
    const {found, data} = inspectAt(compiler, {code, cursor_pos, detail_level: 0});
    assert.equal(found, true, `at ${cursor_pos}`);
    assert.match(
      String((data as Record<string, string>)['text/plain']),
      /^\(method\) Math\.max\(\.\.\.values: number\[\]\): number\n\nReturns the larger/,
      `at ${cursor_pos}`,
    );
  }
  const detailed = inspectAt(compiler, {code, cursor_pos: 6, detail_level: 1})['data'] as Record<string, string>;
  assert.match(detailed['text/plain']!, /@param values/);
  assert.match(detailed['text/markdown']!, /^```typescript\n/);
  assert.deepEqual(inspectAt(compiler, {code: '   ', cursor_pos: 1}), {
    status: 'ok',
    found: false,
    data: {},
    metadata: {},
  });
});

test('what a module passes on from another is named as what it is, and shown whole', async () => {
  await compiler.run("import * as tf from '@tensorflow/tfjs';\nimport {join} from 'node:path';", {count: 1, serial: 1});
  const kinds = (code: string) => {
    const {metadata} = complete(compiler, {code, cursor_pos: code.length});
    const types = (metadata as {_jupyter_types_experimental: {text: string; type: string}[]})
      ._jupyter_types_experimental;
    return Object.fromEntries(types.map(({text, type}) => [text, type]));
  };
  assert.deepEqual(
    [kinds('tf.mat')['matMul'], kinds('tf.mat')['math'], kinds('tf.Ten')['Tensor']],
    ['function', 'module', 'class'],
  );
  assert.equal(kinds('joi')['join'], 'function');
  const shown = (code: string) => {
    const {data} = inspectAt(compiler, {code, cursor_pos: code.length, detail_level: 0});
    return (data as Record<string, string>)['text/plain']!;
  };
  assert.match(shown('tf.matMul('), /^\(function\) matMul<.*\): tf\.Tensor<tf\.Rank>\n\nComputes the dot product/);
  assert.match(shown('join('), /^\(function\) join\(\.\.\.paths: string\[\]\): string\n/);
  assert.equal(shown('tf'), '(module) tf');
});

test('a console knows whether to wait, and how far to indent', () => {
  const status = (code: string) => isComplete(compiler, {code});
  assert.deepEqual(status('for (;;) {'), {status: 'incomplete', indent: '  '});
  assert.deepEqual(status('if (a) {\n  f(b =>'), {status: 'incomplete', indent: '    '});
  assert.deepEqual(status('for (;;) {\n\n'), {status: 'invalid'});
  assert.deepEqual(status('const = 3'), {status: 'invalid'});
  assert.deepEqual(status('await x'), {status: 'complete'});
  assert.deepEqual(status('<T>(x: T) => x'), {status: 'complete'});
});

test('what cells are told of the kernel compiles and is what it has', async () => {
  const uses =
    "kernel.display({'text/plain': 'x'}, {displayId: 'd', update: true, metadata: {}}); kernel.clearOutput({wait: true}); kernel.signal.aborted; kernel.executionCount.toFixed(); kernel.version.length; void kernel.input('p', {password: true}); void input('q');";
  const outcome = await compiler.run(`function never() { ${uses} }`, {count: 1, serial: 1});
  assert.equal(outcome.kind, 'nothing', JSON.stringify(outcome));
});
