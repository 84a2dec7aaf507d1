import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {test} from 'node:test';
import fc from 'fast-check';
import {decodeMessage, encodeMessage, type Message, newHeader, ReplayGuard, WireError} from '../../src/kernel/wire';

const key = 'secret';
const message: Message = {
  identities: [Buffer.from('client')],
  header: {msg_id: '1', msg_type: 'execute_request', session: 's', username: 'u', date: 'd', version: '5.4'},
  parent: {},
  metadata: {},
  content: {code: '1 + ü'},
  buffers: [Buffer.from([0, 255])],
};

test('frames are identities, delimiter, signature, four JSON parts, buffers', () => {
  const frames = encodeMessage(message, key).map(frame => Buffer.from(frame));
  assert.equal(frames.length, 8);
  assert.equal(frames[0]!.toString(), 'client');
  assert.equal(frames[1]!.toString(), '<IDS|MSG>');
  assert.equal(frames[6]!.toString(), '{"code":"1 + ü"}');
  const hash = createHmac('sha256', key);
  for (const frame of frames.slice(3, 7)) hash.update(frame);
  assert.equal(frames[2]!.toString(), hash.digest('hex'));
});

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string(),
      fc.array(fc.uint8Array()),
      (content, secret, buffers) => {
        // JSON has one zero only.
        const plain = JSON.parse(JSON.stringify(content)) as Message['content'];
        const decoded = decodeMessage(encodeMessage({...message, content: plain, buffers}, secret), secret);
        assert.deepEqual(decoded.content, plain);
        assert.deepEqual(decoded.header, message.header);
        assert.deepEqual(
          decoded.buffers.map(buffer => [...buffer]),
          buffers.map(buffer => [...buffer]),
        );
      },
    ),
  );
});

test('a changed byte anywhere in the signed parts is noticed', () => {
  const frames = encodeMessage(message, key);
  for (let part = 2; part < 7; part++) {
    const changed = frames.map(frame => Buffer.from(frame));
    changed[part]![0]! ^= 1;
    assert.throws(() => decodeMessage(changed, key), {name: 'WireError', message: 'wrong signature'}, `frame ${part}`);
  }
});

test('a message signed with another key, or not at all, is refused', () => {
  assert.throws(() => decodeMessage(encodeMessage(message, 'other'), key), WireError);
  assert.throws(() => decodeMessage(encodeMessage(message, ''), key), WireError);
});

test('malformed frame lists say what is wrong and never the key', () => {
  const signed = (parts: string[]) => {
    const hash = createHmac('sha256', key);
    for (const part of parts) hash.update(part);
    return ['<IDS|MSG>', hash.digest('hex'), ...parts].map(part => Buffer.from(part));
  };
  const cases: [Uint8Array[], RegExp][] = [
    [[], /no <IDS\|MSG> frame/],
    [[Buffer.from('<IDS|MSG>')], /0 frames after/],
    [signed(['{}', '{}', '{}']), /4 frames after/],
    [signed(['no', '{}', '{}', '{}']), /the header is no JSON/],
    [signed(['[]', '{}', '{}', '{}']), /the header is no object/],
    [signed(['{"msg_id":"1","session":"s"}', '{}', '{}', '{}']), /the header has no msg_type/],
    [signed(['{"msg_id":"1","session":"s","msg_type":"t"}', '{}', '{}', 'null']), /the content is no object/],
    [signed(['['.repeat(200_000), '{}', '{}', '{}']), /the header is no JSON/],
  ];
  for (const [frames, wanted] of cases) {
    assert.throws(
      () => decodeMessage(frames, key),
      (error: Error) => wanted.test(error.message) && !error.message.includes(key),
    );
  }
});

test('the same message acts once; the same id at another time acts again', () => {
  const guard = new ReplayGuard(2);
  const first = newHeader('execute_request', 's');
  assert.equal(guard.admit(first), true);
  assert.equal(guard.admit({...first}), false);
  assert.equal(guard.admit({...first, date: '2026-01-01T00:00:00Z'}), true);
  // Two newer messages push the first one out of a memory of two.
  assert.equal(guard.admit(newHeader('execute_request', 's')), true);
  assert.equal(guard.admit(first), true);
});
