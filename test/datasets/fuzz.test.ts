import assert from 'node:assert/strict';
import {test} from 'node:test';
import {fuzzReaders} from './fuzz';

test('readers of files end in a result or in a typed error, whatever the bytes', async () => {
  const counts = await fuzzReaders(400, 7);
  assert.deepEqual(
    counts.map(({reader}) => reader),
    ['WAV', 'IDX', 'CSV', 'dataset.json', 'model config', 'train config'],
  );
  // Neither a reader that takes everything nor one that refuses everything is being tested.
  for (const {reader, accepted, refused} of counts)
    assert.ok(accepted > 0 && refused > 40, `${reader}: ${accepted}, ${refused}`);
});
