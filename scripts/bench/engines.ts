/** The engines that are compared, and the processes that keep them ready. */
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import type {Request, Response} from './protocol';

const root = resolve(__dirname, '..', '..');
const peers = join(__dirname, 'peers');
/** Made by `npm run bench -- --peers`. */
export const peerPython = join(
  root,
  '.venv-bench',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

interface EngineSpec {
  readonly ours: boolean;
  /** What it is, for the page of results. */
  readonly about: string;
  command(threads: number): readonly string[];
  /** TensorFlow's threads inside an op and its ops at a time; the number of threads for both unless told. */
  readonly sharing?: (threads: number) => readonly [inOp: number, ops: number];
  /** The engine that it is but for the sharing, which changes no result beyond rounding. */
  readonly variantOf?: string;
  /** Steps that are not counted: what an engine compiles, it compiles in these. */
  readonly warmup: number;
}

const ours =
  (name: string): EngineSpec['command'] =>
  () => [process.execPath, '--import', 'tsx', join(__dirname, 'worker.ts'), name];
const torch =
  (variant: string): EngineSpec['command'] =>
  threads => [peerPython, join(peers, 'torch_worker.py'), variant, String(threads)];
const tensorflow =
  (variant: string): EngineSpec['command'] =>
  threads => [peerPython, join(peers, 'tensorflow_worker.py'), variant, String(threads)];

/** Adding an engine is adding a row. */
export const engines = {
  compiled: {
    ours: true,
    about:
      'this project, native engine, compileStep: two ops at a time, each on half the threads, heavy ones in two pieces where a core would be idle',
    command: ours('compiled'),
    sharing: threads => [Math.max(1, threads / 2), Math.min(2, threads)],
    warmup: 6,
  },
  'compiled (all threads in each op)': {
    ours: true,
    about: 'the same with every thread in each op, and no op in pieces',
    command: ours('compiled'),
    variantOf: 'compiled',
    warmup: 6,
  },
  eager: {ours: true, about: 'this project, native engine, op by op', command: ours('eager'), warmup: 4},
  wasm: {ours: true, about: 'this project, WebAssembly, always one thread', command: ours('wasm'), warmup: 2},
  pytorch: {ours: false, about: 'PyTorch eager, fused Adam, contiguous', command: torch('eager'), warmup: 6},
  'pytorch channels-last': {
    ours: false,
    about: 'PyTorch eager, fused Adam, channels-last (networks with pictures only)',
    command: torch('channels-last'),
    warmup: 6,
  },
  'pytorch compile': {
    ours: false,
    about: 'PyTorch, torch.compile around each loss, fused Adam, channels-last',
    command: torch('compile'),
    warmup: 6,
  },
  tensorflow: {ours: false, about: 'TensorFlow eager, ResourceApplyAdam', command: tensorflow('eager'), warmup: 4},
  'tensorflow graph': {
    ours: false,
    about: 'TensorFlow, the whole step in one tf.function, ResourceApplyAdam',
    command: tensorflow('graph'),
    warmup: 6,
  },
  'tensorflow graph (one thread an op)': {
    ours: false,
    about: 'the same with one thread in each op, and as many ops at a time',
    command: tensorflow('graph-one-thread-an-op'),
    sharing: threads => [1, threads],
    variantOf: 'tensorflow graph',
    warmup: 6,
  },
} as const satisfies Record<string, EngineSpec>;

export type EngineName = keyof typeof engines;
export const engineNames = Object.keys(engines) as EngineName[];

/** The engine that this one is but for the sharing of threads; itself where there is none. */
export function variantOf(name: EngineName): EngineName {
  const {variantOf: other}: EngineSpec = engines[name];
  return (other ?? name) as EngineName;
}

export function isAvailable(name: EngineName): boolean {
  return engines[name].ours || existsSync(peerPython);
}

/** One engine in a process of its own; asked one thing at a time. */
export class Worker {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private errors = '';
  private alive = true;
  /** What it calls itself, once it has started. */
  version = '';

  private constructor(
    readonly engine: EngineName,
    threads: number,
  ) {
    const [program, ...args] = engines[engine].command(threads);
    const count = String(threads);
    const spec: EngineSpec = engines[engine];
    const [inOp, ops] = spec.sharing?.(threads) ?? [threads, threads];
    this.child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        TF_NUM_INTRAOP_THREADS: String(inOp),
        TF_NUM_INTEROP_THREADS: String(ops),
        OMP_NUM_THREADS: count,
        MKL_NUM_THREADS: count,
        TF_CPP_MIN_LOG_LEVEL: '3',
        MULTIMODAL_GAN_BACKEND: '',
      },
    });
    this.child.stderr!.on('data', data => {
      this.errors = (this.errors + data).slice(-4000);
    });
    this.child.on('close', () => {
      this.alive = false;
    });
    this.answers = createInterface({input: this.child.stdout!})[Symbol.asyncIterator]();
  }

  static async start(engine: EngineName, threads: number): Promise<Worker> {
    const worker = new Worker(engine, threads);
    worker.version = (await worker.answer()).version ?? '';
    return worker;
  }

  /** @param seconds after which the worker is given up. @throws Error with what the worker said, or that it took too long. */
  async ask(request: Request, seconds = 300): Promise<Response> {
    if (!this.alive) throw new Error(`${this.engine} has ended`);
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    try {
      const answer = await this.answer();
      if (answer.error) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.child.stdin!.end();
    this.child.kill('SIGTERM');
  }

  private async answer(): Promise<Response> {
    const {value, done} = await this.answers.next();
    if (!done) return JSON.parse(value) as Response;
    throw new Error(`${this.engine} ended: ${this.errors.trim().split('\n').at(-1) || 'it took too long'}`);
  }
}
