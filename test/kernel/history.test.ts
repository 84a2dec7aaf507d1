import assert from 'node:assert/strict';
import {test} from 'node:test';
import {globToRegExp, History} from '../../src/kernel/history';

function filled(): History {
  const history = new History();
  for (const [line, code] of ['a = 1', 'b = 2', 'a = 1', 'print(a)'].entries()) history.add(line + 1, code);
  history.setOutput(4, '1');
  return history;
}

const codes = (request: Record<string, unknown>) =>
  (filled().answer(request)['history'] as unknown[][]).map(row => row[2]);

test('tail gives the last cells, oldest first', () => {
  assert.deepEqual(codes({hist_access_type: 'tail', n: 2}), ['a = 1', 'print(a)']);
  assert.deepEqual(codes({hist_access_type: 'tail', n: 0}), []);
});

test('range is from start to before stop, of this session only', () => {
  assert.deepEqual(codes({hist_access_type: 'range', session: 0, start: 2, stop: 4}), ['b = 2', 'a = 1']);
  assert.deepEqual(codes({hist_access_type: 'range', session: 7, start: 1, stop: 9}), []);
});

test('search takes shell patterns; unique keeps the latest of equals', () => {
  assert.deepEqual(codes({hist_access_type: 'search', pattern: 'a*'}), ['a = 1', 'a = 1']);
  const unique = filled().answer({hist_access_type: 'search', pattern: '* = ?', unique: true})['history'];
  assert.deepEqual(unique, [
    [1, 2, 'b = 2'],
    [1, 3, 'a = 1'],
  ]);
});

test('with output each entry holds both', () => {
  const rows = filled().answer({hist_access_type: 'tail', n: 2, output: true})['history'];
  assert.deepEqual(rows, [
    [1, 3, ['a = 1', null]],
    [1, 4, ['print(a)', '1']],
  ]);
});

test('a pattern matches the whole text, and only its own signs are special', () => {
  assert.ok(globToRegExp('f(*)+[ab]?').test('f(x\ny)+bz'));
  assert.ok(!globToRegExp('f(*)').test('ff()'));
  assert.ok(globToRegExp('[!a]').test('b'));
  assert.ok(!globToRegExp('[!a]').test('a'));
  assert.ok(globToRegExp('6 [*] 7').test('6 * 7'));
  assert.ok(!globToRegExp('a.c').test('abc'));
});
