import assert from 'node:assert/strict';
import {test} from 'node:test';
import {quantile} from '../../src/core/quantile';

test('quantile interpolates', () => {
  assert.equal(quantile([1, 2, 4], 0.75), 3);
  assert.equal(quantile([5], 0.3), 5);
  assert.equal(quantile([1, 2, 4], 1), 4);
  assert.equal(quantile(Float64Array.of(-3, 7), 0), -3);
});

test('no values and shares outside of 0 to 1 are refused', () => {
  assert.throws(() => quantile([], 0.5), {message: 'Expected a quantile of at least 1 value, got 0.'});
  assert.throws(() => quantile([1], 1.5), /Expected share to be .*, got 1\.5\./);
});
