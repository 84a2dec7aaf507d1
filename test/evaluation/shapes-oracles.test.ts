import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {loadShapes} from '../../src/datasets/shapes';
import {accuracyOf} from '../../src/evaluation/oracle-training';
import {disposeOracles, oraclesOf, whyOracleDoesNotFit} from '../../src/evaluation/oracles';
import {FeatureCache} from '../../src/features/batch';

test('the shipped oracles of shapes fit its modalities and are as accurate as their files say; other data have none', async () => {
  await selectBackend();
  const data = loadShapes();
  const rows = data.rows('test').slice(0, 360);
  const cache = new FeatureCache(data.modalities);
  const oracles = oraclesOf(data);
  assert.deepEqual(Object.keys(oracles), ['caption', 'image', 'tone']);
  for (const [name, oracle] of Object.entries(oracles)) {
    assert.equal(whyOracleDoesNotFit(oracle, data.modalities[name]!, data.classNames), null);
    const parts = rows.map(row => cache.encode(name, row.parts[name]!));
    const accuracy = accuracyOf(oracle, {parts, labels: rows.map(row => row.label!)});
    const said = oracle.test!.accuracy;
    // Four standard deviations of 360 draws, and of tones and sentences that are fewer than the pictures.
    assert.ok(
      said > 0.95 && Math.abs(accuracy - said) < 0.01 + 4 * Math.sqrt((said * (1 - said)) / 360),
      `${name}: ${accuracy} for ${said}`,
    );
  }
  disposeOracles(oracles);
  assert.deepEqual(oraclesOf({name: 'folder digits'}), {});
  assert.deepEqual(Object.keys(oraclesOf({name: 'digits (own images)'})), ['caption', 'image', 'speech']);
});
