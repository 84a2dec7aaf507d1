import assert from 'node:assert/strict';
import {test} from 'node:test';
import {nativeThreads, piecesOfHeavyOps} from '../../src/backend/native-threads';

test('two ops at a time, each on half the cores, unless the environment says otherwise', () => {
  const cases: [Record<string, string>, number, [number, number, number]][] = [
    [{}, 1, [1, 1, 1]],
    [{}, 2, [1, 2, 2]],
    [{}, 3, [1, 2, 2]],
    [{}, 8, [4, 2, 8]],
    [{TF_NUM_INTRAOP_THREADS: '', TF_NUM_INTEROP_THREADS: '0'}, 4, [2, 2, 4]],
    [{TF_NUM_INTRAOP_THREADS: '1'}, 2, [1, 1, 1]],
    [{TF_NUM_INTRAOP_THREADS: '6'}, 8, [6, 1, 6]],
    [{TF_NUM_INTEROP_THREADS: '4'}, 8, [2, 4, 8]],
    [{TF_NUM_INTRAOP_THREADS: '2', TF_NUM_INTEROP_THREADS: '3'}, 8, [2, 3, 6]],
  ];
  for (const [environment, cores, [inOp, ops, total]] of cases) {
    assert.deepEqual(nativeThreads(environment, cores), {inOp, ops, total}, JSON.stringify([environment, cores]));
  }
  for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) {
    const expected = new RegExp(`Expected ${name} to be a positive integer, got "1\\.5"`);
    assert.throws(() => nativeThreads({[name]: '1.5'}, 2), expected);
  }
});

test('heavy ops are cut where cores are left beside the threads of an op', () => {
  const cases: [number, number, number, number][] = [
    [1, 2, 2, 2],
    [2, 2, 2, 1],
    [1, 1, 2, 1],
    [4, 2, 8, 2],
    [1, 8, 8, 4],
    [3, 1, 2, 1],
  ];
  for (const [inOp, ops, cores, pieces] of cases) {
    assert.equal(piecesOfHeavyOps({inOp, ops, total: inOp * ops}, cores), pieces, `${inOp} ${ops} ${cores}`);
  }
});
