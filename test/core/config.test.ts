import assert from 'node:assert/strict';
import {test} from 'node:test';
import {modelConfig, parseModelConfig} from '../../src/core/config';
import {fusionChoices} from '../../src/core/fusion-names';
import type {Modalities} from '../../src/core/types';

const modalities: Modalities = {front: {kind: 'image', height: 8, width: 8, channels: 1}};

test('every fusion is a setting of E and of D; models that were saved before D had one are read as without', () => {
  for (const name of fusionChoices) {
    const config = modelConfig(modalities, {fusion: name, discriminatorFusion: name});
    assert.deepEqual(parseModelConfig(JSON.parse(JSON.stringify(config)), 'config.json'), config);
  }
  const {discriminatorFusion, ...older} = modelConfig(modalities);
  assert.equal(discriminatorFusion, null);
  assert.equal(parseModelConfig(older, 'config.json').discriminatorFusion, null);
  assert.throws(
    () => modelConfig(modalities, {fusion: 'sum' as never}),
    /^UserError: Wrong fusion in model config: .* got "sum"\.$/,
  );
  assert.throws(() => modelConfig(modalities, {discriminatorFusion: 'sum' as never}), /Wrong discriminatorFusion/);
});
