import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {after, before, test} from 'node:test';
import type {Example, Picture, Sound} from '../../src/core/types';
import {type FolderDataset, openFolder} from '../../src/datasets/folder/folder';
import {ExampleLoader} from '../../src/datasets/folder/loader';
import {writeGoodFolder} from './folder-fixture';

let folder: string;
let data: FolderDataset;
before(async () => {
  folder = await writeGoodFolder();
  data = await openFolder(folder, {verify: false});
});
after(() => fs.rmSync(folder, {recursive: true, force: true}));

const ids = (batch: readonly Example[] | null) => batch!.map(({id}) => id);

test('every example once an epoch, in an order that the seed alone decides', async () => {
  const orders: string[][] = [];
  for (const [threads, prefetch, seed] of [
    [1, 1, 5],
    [3, 7, 5],
    [2, 8, 6],
  ] as const) {
    const loader = new ExampleLoader(data, {batchSize: 3, threads, prefetch, seed});
    const batches: string[][] = [];
    for (let i = 0; i < 6; i++) batches.push(ids(await loader.next()));
    await loader.close();
    // 8 examples: batches of 3, 3 and 2.
    assert.deepEqual(
      batches.map(batch => batch.length),
      [3, 3, 2, 3, 3, 2],
    );
    const [first, second] = [batches.slice(0, 3).flat(), batches.slice(3).flat()];
    assert.deepEqual([...first].sort(), ids(data.rows('train')).sort());
    assert.notDeepEqual(first, second);
    orders.push([...first, ...second]);
  }
  assert.deepEqual(orders[1], orders[0]);
  assert.notDeepEqual(orders[2], orders[0]);
});

test('parts are in memory, the same as those that are read one by one', async () => {
  const loader = new ExampleLoader(data, {seed: null, batchSize: 8});
  const batch = (await loader.next())!;
  await loader.close();
  data.rows('train').forEach((row, i) => {
    const [a, b] = [row.parts, batch[i]!.parts] as {photo: Picture; voice: Sound; words: string}[];
    assert.deepEqual([b!.photo.pixels, b!.voice.samples, b!.words], [a!.photo.pixels, a!.voice.samples, a!.words]);
    assert.ok(b!.photo.height === 10 && b!.voice.sampleRateHz === 8000);
  });
});

test('a saved position goes on with the same batches, over the end of an epoch', async () => {
  const loader = new ExampleLoader(data, {batchSize: 3, seed: 5, prefetch: 5});
  for (let i = 0; i < 2; i++) await loader.next();
  const state = JSON.parse(JSON.stringify(loader.saveState()));
  const wanted: string[][] = [];
  for (let i = 0; i < 5; i++) wanted.push(ids(await loader.next()));
  await loader.close();
  const resumed = new ExampleLoader(data, {batchSize: 3, prefetch: 2, from: state});
  const got: string[][] = [];
  for (let i = 0; i < 5; i++) got.push(ids(await resumed.next()));
  await resumed.close();
  assert.deepEqual(got, wanted);
});

test('a saved position goes on with its own split, order and batch size, whatever the defaults are', async () => {
  const loader = new ExampleLoader(data, {split: 'test', batchSize: 1, seed: null});
  const state = JSON.parse(JSON.stringify(loader.saveState()));
  await loader.close();
  const resumed = new ExampleLoader(data, {from: state});
  const inOrder = ids(data.rows('test'));
  for (const id of [...inOrder, ...inOrder]) assert.deepEqual(ids(await resumed.next()), [id]);
  await resumed.close();
});

test('options that contradict the saved position, and other examples, are refused', async () => {
  const loader = new ExampleLoader(data, {batchSize: 3, seed: null});
  const from = loader.saveState();
  await loader.close();
  const cases = [
    [{split: 'test'}, 'split to be train, as in the state that is gone on from, got "test"'],
    [{batchSize: 4}, 'batchSize to be 3, as in the state that is gone on from, got 4'],
    [{seed: 1}, 'seed to be null, as in the state that is gone on from, got 1'],
    [{from: {...from, numExamples: 7}}, 'numExamples to be 7, as in the state that is gone on from, got 8'],
  ] as const;
  for (const [options, rule] of cases)
    assert.throws(() => new ExampleLoader(data, {from, ...options}), {name: 'UserError', message: `Expected ${rule}.`});
});

test('a batch that is released gives its memory to a later one, which is whole', async () => {
  const loader = new ExampleLoader(data, {seed: null, batchSize: 8, prefetch: 1, threads: 1});
  const first = (await loader.next())!;
  const pixels = (first[0]!.parts['photo'] as Picture).pixels;
  const copy = pixels.slice();
  loader.release(first);
  for (let i = 0; i < 3; i++) {
    const batch = (await loader.next())!;
    assert.deepEqual((batch[0]!.parts['photo'] as Picture).pixels, copy);
    assert.equal((batch[7]!.parts['voice'] as Sound).samples.length, 2000);
  }
  assert.equal(pixels.length, 0);
  await loader.close();
});

test('a file that went away meanwhile is named with its line, by the batch that needs it', async () => {
  fs.renameSync(path.join(folder, 'v6.wav'), path.join(folder, 'away.wav'));
  const loader = new ExampleLoader(data, {seed: null, batchSize: 3, prefetch: 4});
  assert.equal((await loader.next())!.length, 3);
  assert.equal((await loader.next())!.length, 3);
  await assert.rejects(loader.next(), /v6\.wav \(line 8\).*nothing at that path/);
  await loader.close();
  fs.renameSync(path.join(folder, 'away.wav'), path.join(folder, 'v6.wav'));
});
