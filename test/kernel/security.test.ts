import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import type {Message} from '../../src/kernel/wire';
import {executeContent, Kernel, resultText} from './client';

let kernel: Kernel;
before(async () => {
  kernel = await Kernel.start();
});
after(() => kernel.stop());

const marks = (log: string, text: string) => log.split(text).length - 1;

/** Sends frames and then a good request; whatever the frames would have done has happened when that is answered. */
async function afterSending(frames: readonly Uint8Array[]): Promise<string | null> {
  await kernel.shell.send(frames as Uint8Array[]);
  return resultText((await kernel.execute("process.env['BREACH'] ?? 'none'")).outputs);
}

const breach = () => kernel.message('execute_request', executeContent("process.env['BREACH'] = 'executed';"));

test('a message with a wrong signature or none is dropped, logged and not executed', async () => {
  const unsigned = kernel.frames(breach(), '');
  assert.equal(await afterSending(unsigned), "'none'");
  assert.equal(await afterSending(kernel.frames(breach(), 'another key')), "'none'");
  const changed = kernel.frames(breach()).map(frame => Buffer.from(frame));
  changed[5] = Buffer.from(String(changed[5]).replace('executed', 'changed!'));
  assert.equal(await afterSending(changed), "'none'");
  await kernel.until(() => marks(kernel.log, 'wrong signature') === 3, 'three lines in the log');
});

test('a message that is sent again acts once', async () => {
  const frames = kernel.frames(
    kernel.message('execute_request', executeContent("process.env['RUNS'] = (process.env['RUNS'] ?? '') + 'x';")),
  );
  await kernel.shell.send(frames);
  await kernel.shell.send(frames);
  await kernel.control.send(frames);
  assert.equal(resultText((await kernel.execute("process.env['RUNS']")).outputs), "'x'");
  await kernel.until(() => marks(kernel.log, 'received before') === 2, 'two lines in the log');
});

test('the key is in no log and no reply', async () => {
  await afterSending([Buffer.from('<IDS|MSG>'), Buffer.from('00')]);
  const said = kernel.log + JSON.stringify(kernel.heard.map(({content}) => content));
  assert.ok(!said.includes('a key for tests'));
});

test('the kernel listens on the address of the connection file only', {skip: process.platform !== 'linux'}, () => {
  const inodes = execFileSync(
    'sh',
    ['-c', `ls -l /proc/${kernel.child.pid}/fd | grep -o 'socket:.[0-9]*' | grep -o '[0-9]*'`],
    {encoding: 'utf8'},
  )
    .trim()
    .split('\n');
  const listening = '0A';
  const mine = execFileSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], {encoding: 'utf8'})
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === listening && inodes.includes(fields[9] ?? ''));
  const loopback = '0100007F';
  assert.equal(mine.length, 5);
  for (const fields of mine) assert.ok(fields[1]!.startsWith(`${loopback}:`), fields[1]);
});

/** One way to spoil a message: frames cut, bytes flipped, JSON of the wrong kind under a right signature, plain noise. */
function spoil(stream: RandomStream): Uint8Array[] {
  const pick = (count: number) => Math.floor(stream.uniform() * count);
  const noise = (length: number) => Buffer.from(Array.from({length}, () => pick(256)));
  const types = [
    'execute_request',
    'complete_request',
    'inspect_request',
    'is_complete_request',
    'history_request',
    'comm_open',
    'comm_msg',
    'nonsense_request',
    'input_reply',
    '__proto__',
  ];
  const junk = [null, 5, -1, 1e308, 'x', '\u0000', '😀', [], {}, true, {code: null}, [[[]]]];
  const fields = [
    'code',
    'cursor_pos',
    'silent',
    'n',
    'hist_access_type',
    'pattern',
    'session',
    'start',
    'user_expressions',
    'detail_level',
    'comm_id',
  ];
  const content = Object.fromEntries(
    Array.from({length: pick(5)}, () => [fields[pick(fields.length)]!, junk[pick(junk.length)]]),
  );
  const message: Message = {
    ...kernel.message(types[pick(types.length)]!, content),
    metadata: {odd: junk[pick(junk.length)]},
  };
  const frames = kernel.frames(message).map(frame => Buffer.from(frame));
  switch (pick(6)) {
    case 0:
      return frames.slice(pick(frames.length));
    case 1: {
      const frame = frames[pick(frames.length)]!;
      if (frame.length > 0) frame[pick(frame.length)]! ^= 1 << pick(8);
      return frames;
    }
    case 2:
      return Array.from({length: 1 + pick(8)}, () => noise(pick(40)));
    case 3:
      return [...frames.slice(0, 1 + pick(2)), noise(pick(100)), ...frames.slice(2)];
    case 4:
      return kernel.frames({...message, header: junk[pick(junk.length)] as Message['header']});
    default:
      return frames;
  }
}

const numMessages = 10_000;
const probeEvery = 1000;

/** A spoilt cell that fails aborts what waits behind it, as the protocol wants; then the good request is sent again. */
async function probe(value: number): Promise<string | null> {
  for (;;) {
    const {content, outputs} = await kernel.execute(`${value} + 1`);
    if (content['status'] !== 'aborted') return resultText(outputs);
  }
}

test(`${numMessages} spoilt messages on two channels end nothing, and good requests are answered in between`, async () => {
  const stream = new RandomStream(7, 'fuzz');
  for (let sent = 1; sent <= numMessages; sent++) {
    await (sent % 5 === 0 ? kernel.control : kernel.shell).send(spoil(stream));
    if (sent % probeEvery === 0) assert.equal(await probe(sent), String(sent + 1));
  }
  assert.equal(kernel.ended, null);
});
