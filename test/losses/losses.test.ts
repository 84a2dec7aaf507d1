/** Every loss: its worked value, its gradients, extremes, masks, order, leaks and host reads, on every backend present. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import * as publicApi from '../../src/index';
import {checkLoss} from '../../src/losses/check-loss';
import {backends} from '../backend/support';
import {lossCases} from './cases';
import {valueOfExample} from './worked';

for (const backend of backends) {
  test(`${backend}: losses have their worked values`, async () => {
    await selectBackend({prefer: backend});
    for (const {name, worked, ...rest} of lossCases) {
      const got = valueOfExample(rest);
      assert.ok(Math.abs(got - worked) <= 2e-6 * (1 + Math.abs(worked)), `${name}: ${got}, by hand ${worked}`);
    }
  });

  test(`${backend}: losses pass checkLoss`, async () => {
    await selectBackend({prefer: backend});
    const before = tf.memory().numTensors;
    for (const {name, loss, check} of lossCases) {
      const {results} = checkLoss(loss, {name, ...check});
      const formula = results.find(result => result.check.includes('formula'));
      assert.ok(formula?.passed && formula.error! < 1e-3, name);
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

test('the formulas in plain numbers give the worked values too', () => {
  for (const {name, check, example, worked} of lossCases) {
    const got = check.formula(...example.map(values => Array.from(values)));
    assert.ok(Math.abs(got - worked) <= 1e-6 * (1 + Math.abs(worked)), `${name}: ${got}, by hand ${worked}`);
  }
});

test('only losses that cannot be masked, or are checked with masks under another name, go without', () => {
  const unmasked = lossCases.filter(({check}) => !check.role && !check.masked).map(({name}) => name);
  assert.deepEqual(unmasked, [
    'leastSquaresDiscriminatorLoss, real target .9',
    'projectionLogits, in nonSaturatingGeneratorLoss',
    'multimodalFeatureMatchingLoss',
  ]);
});

test('every loss that the package exports has a row here, and every row stands in the printed table', () => {
  const exported = Object.keys(publicApi).filter(name => /(Loss|Penalty)$/.test(name) && !/^(check|assert)/.test(name));
  assert.ok(exported.length >= 34, `${exported.length}`);
  for (const name of exported)
    assert.ok(
      lossCases.some(each => each.name.startsWith(name)),
      name,
    );
  const table = readFileSync(join(__dirname, '../../docs/losses.md'), 'utf8');
  for (const {name, how, worked} of lossCases) {
    const line = table.split('\n').find(each => each.startsWith(`| ${name} |`));
    assert.ok(
      line?.includes(how) && line.includes(` ${worked} `),
      `${name}: run npm run -s losses:table > docs/losses.md`,
    );
  }
});
