import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {fitGaussianMixture, priorFromTensors, priorToTensors, sampleMixture} from '../../src/model/prior';

test('finds three known Gaussians: weights, means and deviations', () => {
  const stream = new RandomStream(1, 'mixture');
  const truth = [
    {weight: 0.5, mean: [3, 0], deviation: [0.5, 0.1]},
    {weight: 0.3, mean: [-2, 1], deviation: [0.2, 0.4]},
    {weight: 0.2, mean: [0, -4], deviation: [0.3, 0.3]},
  ];
  const codes = new Float32Array(6000);
  for (let i = 0; i < 3000; i++) {
    const {mean, deviation} = truth[stream.weighted(truth.map(t => t.weight))]!;
    for (let d = 0; d < 2; d++) codes[2 * i + d] = mean[d]! + deviation[d]! * stream.normal();
  }
  const fitted = fitGaussianMixture(codes, 2, 3, stream);
  for (const {weight, mean, deviation} of truth) {
    const k = [0, 1, 2].find(
      j => Math.hypot(fitted.means[2 * j]! - mean[0]!, fitted.means[2 * j + 1]! - mean[1]!) < 0.1,
    );
    assert.ok(k !== undefined, `no component near ${mean}`);
    assert.ok(Math.abs(fitted.weights[k]! - weight) < 0.03);
    for (let d = 0; d < 2; d++) assert.ok(Math.abs(fitted.deviations[2 * k + d]! - deviation[d]!) < 0.03);
  }
  const prior = {content: fitted, styleDeviations: {image: 1.25, speech: 1}};
  assert.deepEqual(priorFromTensors('file', priorToTensors(prior), ['image', 'speech']), prior);
  assert.ok(!('words/hard' in priorToTensors(prior)));
  const drawing = {...prior, hardWords: true};
  assert.deepEqual(priorFromTensors('file', priorToTensors(drawing), ['image', 'speech']), drawing);
  assert.throws(
    () => priorFromTensors('file', priorToTensors(prior), ['image', 'smell']),
    /Expected file to be a prior with the style deviation of smell, got "none"\./,
  );
});

test('samples have unit length and follow the weights; too few codes are refused', () => {
  const mixture = {
    components: 2,
    dim: 2,
    weights: Float32Array.of(0.25, 0.75),
    means: Float32Array.of(1, 0, 0, -2),
    deviations: new Float32Array(4).fill(0.01),
  };
  const samples = sampleMixture(mixture, 4000, new RandomStream(2, 's'));
  let first = 0;
  for (let i = 0; i < 4000; i++) {
    assert.ok(Math.abs(Math.hypot(samples[2 * i]!, samples[2 * i + 1]!) - 1) < 1e-5);
    if (samples[2 * i]! > 0.9) first++;
  }
  assert.ok(Math.abs(first - 1000) < 120, `${first}`);
  assert.throws(
    () => fitGaussianMixture(new Float32Array(4), 2, 3, new RandomStream(1, '')),
    /Expected the number of codes to be at least 3.*got 2\./,
  );
});
