/** The main thread of the kernel: joins the sockets' thread, the compiler and the session. */
import {readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {type Compiler, loadCompiler} from './compiler';
import {installGlobals} from './globals';
import {hideBookkeeping} from './inspection';
import {complete, inspectAt, isComplete} from './introspection';
import {allowLeaving} from './leave';
import {type ChannelsData, maxWaiting, numSlots, type Request, slots, type ToChannels, type ToMain} from './link';
import {Page, type Port} from './page';
import {Session} from './session';
import {installStackTraces} from './stacks';
import {type JsonObject, protocolVersion} from './wire';

/** How long an ending process waits for its last output to be sent. */
const maxFarewellMs = 1000;

/** Starts a kernel for the connection file that Jupyter wrote. Cells resolve imports from the working folder. */
export function startKernel(connectionFile: string): void {
  const shared = new SharedArrayBuffer(numSlots * Int32Array.BYTES_PER_ELEMENT);
  const version = packageVersion();
  const workerData: ChannelsData = {connectionFile, shared, info: kernelInfo(version)};
  const worker = new Worker(join(__dirname, 'channels.js'), {workerData});
  worker.on('error', error => {
    writeSync(2, `kernel: ${error.message}\n`);
    // No sockets, no farewell: an orderly exit would wait for that thread.
    process.kill(process.pid, 'SIGKILL');
  });
  installStackTraces();
  hideBookkeeping();
  // The sockets' thread binds and answers while this one loads the compiler.
  const compiler = loadCompiler(process.cwd());
  serve(worker, compiler, new Int32Array(shared), version);
}

function serve(worker: Worker, compiler: Compiler, state: Int32Array, version: string): void {
  let posted = 0;
  const send = (message: ToChannels) => {
    worker.postMessage(message);
    if (message.kind === 'publish') holdBack(state, ++posted);
  };
  const fences = new Map<number, () => void>();
  let lastFence = 0;
  const port: Port = {
    publish: (type, parent, content, metadata) => send({kind: 'publish', type, parent, content, metadata}),
    reply: (request, content) => send({kind: 'reply', id: request.id, type: replyType(request), content}),
    fence: then => {
      fences.set(++lastFence, then);
      send({kind: 'fence', id: lastFence});
    },
    askForInput: ({id}, prompt, password) => send({kind: 'input', id, prompt, password}),
  };
  const page = new Page(port, state, version);
  const session = new Session(compiler, page, port, state);
  page.install();
  session.install();
  // Also when a cell calls process.exit: what was shown must still reach the page, and open sockets would abort the exit.
  process.on('exit', () => {
    page.flush();
    send({kind: 'close'});
    Atomics.wait(state, slots.closed, 0, maxFarewellMs);
  });
  installGlobals(page.api());
  allowLeaving(state, () => session.runsAbandonedCode());
  // tslab's own display functions write through this variable.
  const tslab = require('tslab/dist/jupyter') as {lastWriteDisplayData: unknown};
  tslab.lastWriteDisplayData = (content: JsonObject, update?: boolean) => page.displayRaw(content, update === true);

  const questions: Record<string, (content: JsonObject) => JsonObject> = {
    complete_request: content => complete(compiler, content),
    inspect_request: content => inspectAt(compiler, content),
    is_complete_request: content => isComplete(compiler, content),
    history_request: content => session.history.answer(content),
  };
  const answer = (request: Request) => {
    const {header, content, id} = request;
    send({kind: 'publish', type: 'status', parent: header, content: {execution_state: 'busy'}});
    send({kind: 'reply', id, type: replyType(request), content: attempt(() => questions[header.msg_type]!(content))});
    send({kind: 'publish', type: 'status', parent: header, content: {execution_state: 'idle'}});
    if (session.executing)
      send({kind: 'publish', type: 'status', parent: session.executing, content: {execution_state: 'busy'}});
  };

  worker.on('message', (message: ToMain) => {
    switch (message.kind) {
      case 'request':
        return message.request.header.msg_type === 'execute_request'
          ? session.execute(message.request)
          : answer(message.request);
      case 'fence':
        fences.get(message.id)?.();
        return void fences.delete(message.id);
      case 'input':
        return page.receiveInput(message.value);
      case 'interrupt':
        return session.interrupt(message.serial);
      case 'terminated':
        return session.leave(message.serial);
      case 'ping':
        Atomics.store(state, slots.pong, message.ping);
        return;
      case 'shutdown':
        process.exit(0);
    }
  });
}

/** Stands still while too many messages wait for the other thread. */
function holdBack(state: Int32Array, posted: number): void {
  let taken = Atomics.load(state, slots.taken);
  // The counter has 32 bits and wraps.
  while (((posted - taken) | 0) > maxWaiting) {
    Atomics.wait(state, slots.taken, taken, maxFarewellMs);
    taken = Atomics.load(state, slots.taken);
  }
}

function attempt(answer: () => JsonObject): JsonObject {
  try {
    return answer();
  } catch (error) {
    return {status: 'error', ename: 'KernelError', evalue: (error as Error).message, traceback: []};
  }
}

function replyType({header}: Request): string {
  return header.msg_type.replace(/_request$/, '_reply');
}

function kernelInfo(version: string): JsonObject {
  const typescript = (require('@tslab/typescript-for-tslab/package.json') as {version: string}).version;
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: 'multimodal-gan',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'application/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      // A mime type is the one spelling that CodeMirror 5 (classic pages) and 6 (JupyterLab) both understand.
      codemirror_mode: 'application/typescript',
      nbconvert_exporter: 'script',
    },
    banner: `TypeScript ${typescript} on Node ${process.versions.node} (multimodal-gan ${version})`,
    debugger: false,
    help_links: [
      {text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/'},
      {text: 'Node.js', url: 'https://nodejs.org/docs/latest-v20.x/api/'},
      {text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/'},
    ],
    supported_features: [],
  };
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {version: string}).version;
}
