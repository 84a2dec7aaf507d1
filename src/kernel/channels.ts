/** The worker thread of the kernel: owns the five sockets and answers whatever needs no cell. Started by server.ts. */
import {writeSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {parentPort, workerData} from 'node:worker_threads';
import {Reply, Router, XPublisher} from 'zeromq';
import {address, type Channel, type Connection, readConnection} from './connection';
import {Interrupter} from './interrupter';
import {type ChannelsData, slots, type ToChannels, type ToMain} from './link';
import {OutputQueue} from './outbox';
import {
  decodeMessage,
  encodeMessage,
  type Header,
  type JsonObject,
  type Message,
  newHeader,
  ReplayGuard,
  WireError,
} from './wire';

type RequestChannel = 'shell' | 'control';

/** Requests that wait for the main thread, and the way back to their sender. */
interface Waiting {
  readonly channel: RequestChannel;
  readonly request: Message;
}

/** How long the main thread may take to end by itself after a shutdown request. */
const farewellMs = 1500;

const {connectionFile, shared, info} = workerData as ChannelsData;
const state = new Int32Array(shared);
const connection: Connection = readConnection(connectionFile);
const session = newHeader('', '').msg_id;
const guard = new ReplayGuard();
const interrupter = new Interrupter(state, tell);
const waiting = new Map<number, Waiting>();
let lastId = 0;
/** The id of the last question to the person in front of the page. */
let lastQuestion = '';
/** The execute request that is being answered, so that a page that asked something else meanwhile still sees "busy". */
let executing: Header | null = null;

const sockets = {
  shell: new Router({linger: 500}),
  control: new Router({linger: 500}),
  stdin: new Router({linger: 0}),
  // No high-water mark: a burst waits in memory for a slow reader instead of being thrown away.
  iopub: new XPublisher({linger: 500, sendHighWaterMark: 0, verbosity: 'allSubs'}),
  hb: new Reply({linger: 0}),
};
const sending = {shell: Promise.resolve(), control: Promise.resolve(), stdin: Promise.resolve()};
const outbox = new OutputQueue(message => sockets.iopub.send(frames(message)));

async function main(): Promise<void> {
  for (const channel of Object.keys(sockets) as Channel[]) await sockets[channel].bind(address(connection, channel));
  publish('status', null, {execution_state: 'starting'});
  parentPort!.on('message', (message: ToChannels) => fromMain(message));
  watchParent();
  void serve('shell');
  void serve('control');
  void serveInput();
  void serveHeartbeat();
  void greetSubscribers();
}

/** Reads one request socket for ever. A frame list that is no message is logged and dropped. */
async function serve(channel: RequestChannel): Promise<void> {
  for await (const received of sockets[channel]) {
    const message = open(received as Buffer[], channel);
    if (!message) continue;
    try {
      dispatch(message, channel);
    } catch (error) {
      log(`could not answer a message on ${channel}: ${(error as Error).message}`);
    }
  }
}

function open(received: readonly Uint8Array[], channel: Channel): Message | null {
  try {
    const message = decodeMessage(received, connection.key);
    if (guard.admit(message.header)) return message;
    log(`dropped a message on ${channel}: it was received before`);
  } catch (error) {
    log(`dropped a message on ${channel}: ${error instanceof WireError ? error.message : 'malformed'}`);
  }
  return null;
}

function dispatch(request: Message, channel: RequestChannel): void {
  const type = request.header.msg_type;
  if (type === 'shutdown_request') void shutDown(channel, request);
  else if (type === 'interrupt_request') void interrupter.interrupt();
  const immediate = immediateAnswers[type];
  if (immediate) answer(channel, request, immediate);
  else if (forMainThread.has(type)) passOn(channel, request);
  else if (type === 'comm_open') closeComm(request);
  else if (type === 'comm_msg' || type === 'comm_close') around(request, () => {});
  else if (!type.endsWith('_request')) log(`dropped a message on ${channel}: unknown type`);
  else if (type !== 'shutdown_request') answer(channel, request, unknownRequest(type));
}

const immediateAnswers: Readonly<Record<string, JsonObject>> = {
  kernel_info_request: info,
  comm_info_request: {status: 'ok', comms: {}},
  interrupt_request: {status: 'ok'},
};
const forMainThread: ReadonlySet<string> = new Set(
  ['execute', 'complete', 'inspect', 'is_complete', 'history'].map(name => `${name}_request`),
);

function passOn(channel: RequestChannel, request: Message): void {
  const id = ++lastId;
  waiting.set(id, {channel, request});
  tell({kind: 'request', request: {id, header: request.header, content: request.content}});
}

/** No target is registered here; the protocol wants such a comm closed at once. */
function closeComm({header, content}: Message): void {
  publish('comm_close', header, {comm_id: content['comm_id'], data: {}});
}

function unknownRequest(type: string): JsonObject {
  return {status: 'error', ename: 'UnknownRequest', evalue: `This kernel does not know ${type}.`, traceback: []};
}

function fromMain(message: ToChannels): void {
  if (message.kind === 'publish') {
    Atomics.add(state, slots.taken, 1);
    Atomics.notify(state, slots.taken);
    noteStatus(message.type, message.parent, message.content);
    outbox.add(toPublish(message.type, message.parent, message.content, message.metadata, message.buffers));
  } else if (message.kind === 'reply') {
    const found = waiting.get(message.id);
    waiting.delete(message.id);
    if (found) reply(found.channel, found.request, message.type, message.content);
  } else if (message.kind === 'fence') {
    // Two turns of the loop: whatever lay in the socket when the fence was asked for has been read by then.
    setImmediate(() => setImmediate(() => tell({kind: 'fence', id: message.id})));
  } else if (message.kind === 'close') {
    void close();
  } else {
    askForInput(message.id, {prompt: message.prompt, password: message.password});
  }
}

function askForInput(id: number, content: JsonObject): void {
  const request = waiting.get(id)?.request;
  if (!request) return;
  const question = {...emptyMessage('input_request', request.header), identities: request.identities, content};
  lastQuestion = question.header.msg_id;
  send('stdin', question);
}

function noteStatus(type: string, parent: Header | null, content: JsonObject): void {
  if (type !== 'status' || parent?.msg_type !== 'execute_request') return;
  executing = content['execution_state'] === 'busy' ? parent : null;
}

async function serveInput(): Promise<void> {
  for await (const received of sockets.stdin) {
    const message = open(received as Buffer[], 'stdin');
    if (message?.header.msg_type !== 'input_reply') continue;
    // An answer that comes after its cell was interrupted. Some clients do not say what they answer.
    const question = (message.parent as Partial<Header>).msg_id;
    if (question !== undefined && question !== lastQuestion) continue;
    const value = message.content['value'];
    tell({kind: 'input', value: typeof value === 'string' ? value : ''});
  }
}

async function serveHeartbeat(): Promise<void> {
  for await (const beat of sockets.hb) await sockets.hb.send(beat);
}

/** Tells a client that its subscription stands (JEP 65), so that it need not guess when output can be heard. */
async function greetSubscribers(): Promise<void> {
  for await (const [frame] of sockets.iopub) {
    if (frame?.[0] !== 1) continue;
    const subscription = (frame as Buffer).subarray(1).toString();
    const welcome = emptyMessage('iopub_welcome', null);
    outbox.add({...welcome, identities: [Buffer.from(subscription)], content: {subscription}});
  }
}

/** Answers, tells everybody, lets the main thread end by itself, and ends the process where that takes too long. */
async function shutDown(channel: RequestChannel, request: Message): Promise<void> {
  const content = {status: 'ok', restart: request.content['restart'] === true};
  publish('status', request.header, {execution_state: 'busy'});
  reply(channel, request, 'shutdown_reply', content);
  publish('shutdown_reply', request.header, content);
  publish('status', request.header, {execution_state: 'idle'});
  await outbox.drained();
  tell({kind: 'shutdown'});
  await sleep(farewellMs);
  process.kill(process.pid, 'SIGKILL');
}

/** The last thing that this thread does; the main thread waits for it in its exit handler. */
async function close(): Promise<void> {
  await Promise.race([outbox.drained(), sleep(farewellMs / 2)]);
  for (const socket of Object.values(sockets)) socket.close();
  // What waited for a message is told so, while this thread can still hear it.
  await sleep(1);
  Atomics.store(state, slots.closed, 1);
  Atomics.notify(state, slots.closed);
}

/** A kernel whose Jupyter has died would hold its memory for ever. */
function watchParent(): void {
  if (!process.env['JPY_PARENT_PID'] || process.platform === 'win32') return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 1000).unref();
}

function answer(channel: RequestChannel, request: Message, content: JsonObject): void {
  around(request, () => reply(channel, request, request.header.msg_type.replace(/_request$/, '_reply'), content));
}

/** Busy and idle around an answer, and busy again for the cell that still runs. */
function around(request: Message, body: () => void): void {
  publish('status', request.header, {execution_state: 'busy'});
  body();
  publish('status', request.header, {execution_state: 'idle'});
  if (executing) publish('status', executing, {execution_state: 'busy'});
}

function publish(type: string, parent: Header | null, content: JsonObject): void {
  outbox.add(toPublish(type, parent, content));
}

function toPublish(
  type: string,
  parent: Header | null,
  content: JsonObject,
  metadata: JsonObject = {},
  buffers: readonly Uint8Array[] = [],
): Message {
  return {...emptyMessage(type, parent), identities: [Buffer.from(type)], content, metadata, buffers};
}

function reply(channel: RequestChannel, request: Message, type: string, content: JsonObject): void {
  send(channel, {...emptyMessage(type, request.header), identities: request.identities, content});
}

function emptyMessage(type: string, parent: Header | null): Message {
  return {
    identities: [],
    header: newHeader(type, session),
    parent: parent ?? {},
    metadata: {},
    content: {},
    buffers: [],
  };
}

function frames(message: Message): Uint8Array[] {
  return encodeMessage(message, connection.key);
}

/** A socket takes one message at a time. A client that has gone is no fault of the kernel. */
function send(channel: RequestChannel | 'stdin', message: Message): void {
  const encoded = frames(message);
  sending[channel] = sending[channel]
    .then(() => sockets[channel].send(encoded))
    .catch(() => log(`could not reply on ${channel}: the client has gone`));
}

function tell(message: ToMain): void {
  parentPort!.postMessage(message);
}

function log(line: string): void {
  try {
    // Straight to the file: this thread's process.stderr goes through the main thread, which may be busy.
    writeSync(2, `kernel: ${line}\n`);
  } catch {
    // Nobody reads the log and its pipe is full; that must not stop the kernel.
  }
}

// A fault in one message must not take the sockets down.
process.on('uncaughtException', error => log(`internal error: ${error.message}`));
void main();
