import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {chooseComponents, logLikelihood} from '../../src/model/prior-size';

/** Codes of two values around points of a grid, in random order. */
function grid(side: number, count: number, deviation: number): Float32Array {
  const stream = new RandomStream(2, 'grid');
  const codes = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    codes[2 * i] = stream.integer(side) + deviation * stream.normal();
    codes[2 * i + 1] = stream.integer(side) + deviation * stream.normal();
  }
  return codes;
}

const choose = (codes: Float32Array) => chooseComponents(codes, 2, new RandomStream(1, 'prior/components'));

test('more Gaussians where there are more groups, 20 where fewer do', () => {
  assert.equal(choose(grid(1, 2000, 0.1)), 20);
  const many = choose(grid(10, 3000, 0.02));
  assert.ok(many === 80 || many === 160, `${many} for 100 groups`);
  assert.equal(choose(grid(10, 3000, 0.02)), many);
});

test('few codes: 20, and never more than there are', () => {
  assert.equal(choose(grid(10, 100, 0.02)), 20);
  assert.equal(choose(grid(10, 7, 0.02)), 7);
  assert.ok(choose(grid(30, 500, 0.001)) <= 50);
});

test('log-likelihood by hand: half of N(0, 1) and half of N(3, 2²) at 1', () => {
  const mixture = {
    components: 2,
    dim: 1,
    weights: Float32Array.of(0.5, 0.5),
    means: Float32Array.of(0, 3),
    deviations: Float32Array.of(1, 2),
  };
  // (0.241971 + 0.120985) / 2
  assert.ok(Math.abs(logLikelihood(mixture, Float32Array.of(1)) - Math.log(0.181478)) < 1e-5);
});
