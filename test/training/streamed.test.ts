import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {openFolder} from '../../src/datasets/folder/folder';
import {partEncoderFor} from '../../src/features/part-encoder';
import {ExampleStream} from '../../src/training/example-stream';
import {trainFlagship} from '../../src/training/flagship';
import {newFolder, writePicture, writeTone} from '../datasets/folder-fixture';
import {tinyData, tinyModel, tinyTrain} from '../support/tiny-data';

test('files that are read ahead train the same model as parts in memory, incomplete examples included', async () => {
  await selectBackend();
  const folder = newFolder();
  const lines = ['id,split,photo,voice,words'];
  for (let i = 0; i < 24; i++) {
    await writePicture(path.join(folder, `p${i}.png`), {width: 8, height: 8, shade: 5 * i});
    writeTone(path.join(folder, `v${i}.wav`), {hz: 200 + 50 * i});
    lines.push(
      `e${i},train,${i % 5 === 1 ? '' : `p${i}.png`},${i % 5 === 2 ? '' : `v${i}.wav`},the ${i % 2 ? 'high' : 'low'} one`,
    );
  }
  fs.writeFileSync(path.join(folder, 'manifest.csv'), lines.join('\n'));
  const histories = [];
  for (const verify of [true, false]) {
    const data = await openFolder(folder, {verify});
    assert.equal(data.isStreamed, !verify);
    const features = partEncoderFor(data);
    assert.equal(features.prepare !== undefined, !verify);
    const {history, model} = await trainFlagship(data, features, {model: tinyModel, train: tinyTrain});
    histories.push({history, centre: model.generate(2, {seed: 1})['photo']!.dataSync()});
    await features.close();
    model.dispose();
  }
  assert.equal(histories[0]!.history.adversarial.length, tinyTrain.steps);
  assert.deepEqual(histories[1], histories[0]);
  fs.rmSync(folder, {recursive: true});
});

test('a stream can be looked at ahead, over the end of an epoch, and nothing changes', () => {
  const draw = (peeks: boolean) => {
    const stream = new ExampleStream(tinyData, new RandomStream(4, 'test'));
    const out: string[][] = [];
    for (let i = 0; i < 8; i++) {
      const ahead = peeks ? stream.peek(10).map(({id}) => id) : null;
      out.push(stream.next(10).map(({id}) => id));
      if (ahead) assert.deepEqual(ahead, out.at(-1));
    }
    return {out, state: stream.saveState()};
  };
  const plain = draw(false);
  assert.deepEqual(draw(true), plain);
  // Looked ahead into the next epoch, saved, and gone on from there by another stream: the same examples.
  const stream = new ExampleStream(tinyData, new RandomStream(4, 'test'));
  stream.next(20);
  stream.peek(20);
  const other = new ExampleStream(tinyData, new RandomStream(9, 'other'));
  other.restore(stream.saveState());
  assert.deepEqual(
    other.next(30).map(({id}) => id),
    stream.next(30).map(({id}) => id),
  );
});
