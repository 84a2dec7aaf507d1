/** A small Jupyter client for the tests: starts the built kernel and speaks to it over its five sockets. */
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {Dealer, Request, Subscriber} from 'zeromq';
import {kernelCommand} from '../../src/kernel/install';
import {decodeMessage, encodeMessage, type JsonObject, type Message, newHeader} from '../../src/kernel/wire';

const key = 'a key for tests';
const main = resolve(__dirname, '..', '..', 'dist', 'kernel', 'main.js');

export interface Reply {
  readonly content: JsonObject;
  /** What IOPub said about this request, from busy to idle. */
  readonly outputs: readonly Message[];
}

export class Kernel {
  readonly shell = new Dealer({linger: 0});
  readonly control = new Dealer({linger: 0});
  readonly stdin = new Dealer({linger: 0});
  readonly heart = new Request({linger: 0});
  /** Everything that IOPub said. */
  readonly heard: Message[] = [];
  /** What the kernel wrote to its own stderr. */
  log = '';
  private readonly iopub = new Subscriber({linger: 0, receiveHighWaterMark: 0});
  private readonly replies = new Map<string, Message>();
  private readonly session = newHeader('', '').msg_id;
  private wake: () => void = () => {};

  private constructor(
    readonly child: ChildProcess,
    private readonly folder: string,
    private readonly ports: readonly number[],
  ) {
    child.stderr!.on('data', data => {
      this.log += data;
      this.wake();
    });
    child.on('exit', () => this.wake());
  }

  /** @param cwd The folder from which cells import. */
  static async start(cwd = __dirname): Promise<Kernel> {
    if (!existsSync(main)) throw new Error(`Expected the built kernel at ${main}; run npm run build.`);
    const ports = await freePorts(5);
    const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
    const [shell_port, control_port, stdin_port, iopub_port, hb_port] = ports;
    const connection = {
      shell_port,
      control_port,
      stdin_port,
      iopub_port,
      hb_port,
      transport: 'tcp',
      ip: '127.0.0.1',
      key,
      signature_scheme: 'hmac-sha256',
    };
    const file = join(folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    const [program, ...args] = kernelCommand(main);
    const child = spawn(program!, [...args, '--connection-file', file], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const kernel = new Kernel(child, folder, ports);
    await kernel.connect();
    return kernel;
  }

  /** Sends a request and waits for its reply and its idle status. */
  async ask(type: string, content: JsonObject = {}, channel: 'shell' | 'control' = 'shell'): Promise<Reply> {
    const id = await this.send(type, content, channel);
    return this.answer(id);
  }

  execute(code: string, options: JsonObject = {}): Promise<Reply> {
    return this.ask('execute_request', executeContent(code, options));
  }

  /** @returns The id under which `answer` finds the reply. */
  async send(type: string, content: JsonObject, channel: 'shell' | 'control' = 'shell'): Promise<string> {
    const message = this.message(type, content);
    await this[channel].send(this.frames(message));
    return message.header.msg_id;
  }

  async answer(id: string): Promise<Reply> {
    await this.until(() => this.replies.has(id) && this.about(id).some(isIdle), `an answer to ${id}`);
    return {content: this.replies.get(id)!.content, outputs: this.about(id)};
  }

  about(id: string): Message[] {
    return this.heard.filter(({parent}) => parent.msg_id === id);
  }

  message(type: string, content: JsonObject): Message {
    return {identities: [], header: newHeader(type, this.session), parent: {}, metadata: {}, content, buffers: []};
  }

  frames(message: Message, signedWith = key): Uint8Array[] {
    return encodeMessage(message, signedWith);
  }

  open(frames: readonly Uint8Array[]): Message {
    return decodeMessage(frames, key);
  }

  /** Waits for something that the kernel will say or do. */
  async until(condition: () => boolean, what: string, limitMs = 30_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!condition()) {
      if (this.ended !== null)
        throw new Error(`The kernel ended with ${this.ended} before ${what}: ${this.log.slice(-2000)}`);
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms for ${what}: ${this.log.slice(-500)}`);
      await new Promise<void>(done => {
        this.wake = done;
        setTimeout(done, 50);
      });
    }
  }

  /** The exit code, the signal that ended the kernel, or null while it runs. */
  get ended(): number | string | null {
    return this.child.exitCode ?? this.child.signalCode;
  }

  async stop(): Promise<void> {
    if (this.ended === null) {
      const ended = new Promise(done => this.child.once('exit', done));
      this.child.kill('SIGKILL');
      await ended;
    }
    for (const socket of [this.shell, this.control, this.stdin, this.heart, this.iopub]) socket.close();
    rmSync(this.folder, {recursive: true, force: true});
  }

  private async connect(): Promise<void> {
    const address = (port: number | undefined) => `tcp://127.0.0.1:${port}`;
    const [shell, control, stdin, iopub, heart] = this.ports;
    const identity = this.session;
    for (const [socket, port] of [
      [this.shell, shell],
      [this.control, control],
      [this.stdin, stdin],
    ] as const) {
      // A kernel asks for input under the identity with which the cell was sent.
      socket.routingId = identity;
      socket.connect(address(port));
    }
    this.heart.connect(address(heart));
    this.iopub.connect(address(iopub));
    this.iopub.subscribe();
    void this.collect(this.iopub, message => this.heard.push(message));
    for (const socket of [this.shell, this.control]) {
      void this.collect(socket, message => this.replies.set((message.parent as {msg_id: string}).msg_id, message));
    }
    await this.until(() => this.heard.some(({header}) => header.msg_type === 'iopub_welcome'), 'a welcome');
  }

  private async collect(socket: Dealer | Subscriber, keep: (message: Message) => void): Promise<void> {
    for await (const frames of socket) {
      keep(this.open(frames as Buffer[]));
      this.wake();
    }
  }
}

export function executeContent(code: string, options: JsonObject = {}): JsonObject {
  return {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
    ...options,
  };
}

export function isIdle({header, content}: Message): boolean {
  return header.msg_type === 'status' && content['execution_state'] === 'idle';
}

/** The contents of all messages of a type. */
export function contents(outputs: readonly Message[], type: string): JsonObject[] {
  return outputs.filter(({header}) => header.msg_type === type).map(({content}) => content);
}

export function streamText(outputs: readonly Message[], name = 'stdout'): string {
  return contents(outputs, 'stream')
    .filter(content => content['name'] === name)
    .map(content => content['text'])
    .join('');
}

/** The text of the execute_result, null where there was none. */
export function resultText(outputs: readonly Message[]): string | null {
  const data = contents(outputs, 'execute_result')[0]?.['data'] as Record<string, string> | undefined;
  return data?.['text/plain'] ?? null;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({length: count}, () => createServer());
  await Promise.all(servers.map(server => new Promise<void>(done => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map(server => (server.address() as {port: number}).port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}
