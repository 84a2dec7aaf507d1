import assert from 'node:assert/strict';
import {test} from 'node:test';
import {OutputQueue} from '../../src/kernel/outbox';
import {type JsonObject, type Message, newHeader} from '../../src/kernel/wire';

const cells = [newHeader('execute_request', 's'), newHeader('execute_request', 's')] as const;

function said(type: string, content: JsonObject, cell = 0): Message {
  return {identities: [], header: newHeader(type, 'k'), parent: cells[cell]!, metadata: {}, content, buffers: []};
}

async function sent(messages: readonly Message[]): Promise<JsonObject[]> {
  const out: JsonObject[] = [];
  const queue = new OutputQueue(async message => {
    await new Promise(done => setImmediate(done));
    out.push(message.content);
  });
  for (const message of messages) queue.add(message);
  await queue.drained();
  return out;
}

test('pieces of one stream travel together, and the order of everything stays', async () => {
  const text = (name: string, text: string, cell = 0) => said('stream', {name, text}, cell);
  const messages = [
    text('stdout', 'a'),
    text('stdout', 'b'),
    text('stderr', 'c'),
    text('stdout', 'd'),
    said('status', {state: 'x'}),
    text('stdout', 'e'),
    text('stdout', 'f', 1),
  ];
  assert.deepEqual(await sent(messages), [
    {name: 'stdout', text: 'ab'},
    {name: 'stderr', text: 'c'},
    {name: 'stdout', text: 'd'},
    {state: 'x'},
    {name: 'stdout', text: 'e'},
    {name: 'stdout', text: 'f'},
  ]);
});

test('of updates that nobody has seen only the last goes out, per display', async () => {
  const update = (id: string, value: number) => said('update_display_data', {data: value, transient: {display_id: id}});
  const values = (await sent([update('p', 1), update('p', 2), update('q', 3), update('p', 4), update('p', 5)])).map(
    content => content['data'],
  );
  assert.deepEqual(values, [2, 3, 5]);
});

test('one message holds no more than a quarter of a million characters', async () => {
  const piece = 'x'.repeat(200_000);
  const lengths = (await sent([1, 2, 3].map(() => said('stream', {name: 'stdout', text: piece})))).map(
    content => String(content['text']).length,
  );
  assert.deepEqual(lengths, [200_000, 200_000, 200_000]);
});

test('a lone piece of output goes out without anything after it', async () => {
  const out: Message[] = [];
  const queue = new OutputQueue(async message => {
    out.push(message);
  });
  queue.add(said('stream', {name: 'stdout', text: 'alone'}));
  for (const end = Date.now() + 5000; out.length === 0 && Date.now() < end; )
    await new Promise(done => setTimeout(done, 20));
  assert.equal(out.length, 1);
});
