/** What is on this machine and what is missing, for `doctor`. Loads neither TensorFlow.js nor any engine. */
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {arch, availableParallelism, cpus, freemem, release, totalmem, type} from 'node:os';
import {join} from 'node:path';
import {nativeAvailability, packageRoot} from './native-availability';
import {kernelsWasm} from './wasm/companion/kernels-wasm';

export interface Fact {
  readonly name: string;
  /** The version or size; or why the part is missing. */
  readonly value: string;
  readonly ok: boolean;
  /** How to get a part that is missing. */
  readonly cure?: string;
}

export interface Environment {
  readonly machine: readonly Fact[];
  readonly tools: readonly Fact[];
  /** In the order in which `selectBackend` tries them; the first that is ok is taken. */
  readonly backends: readonly Fact[];
  readonly packages: readonly Fact[];
}

/** Takes about a second: it asks each tool for its version. */
export function describeEnvironment(): Environment {
  return {
    machine: [
      nodeFact(),
      {name: 'system', value: `${type()} ${release()} ${arch()}`, ok: true},
      {name: 'processor', value: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cores(availableParallelism())}`, ok: true},
      memoryFact(),
    ],
    tools: [
      tool('npm', ['npm', '--version'], 'install Node from nodejs.org, which brings npm'),
      tool(
        'Python',
        ['python3', '--version'],
        'install Python 3.10 or later: needed for Jupyter and, once, for the native engine',
      ),
      tool('pip', ['python3', '-m', 'pip', '--version'], 'install python3-pip: needed, once, for the native engine'),
      tool(
        'C++ compiler',
        [process.env['CXX'] || 'g++', '--version'],
        'install g++: needed, once, for the native engine',
      ),
      jupyterFact(),
    ],
    backends: [
      nativeFact(),
      wasmFact(),
      packageFact('cpu', '@tensorflow/tfjs', 'available (slow: for checks only), TensorFlow.js '),
    ],
    packages: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-node',
      '@tensorflow/tfjs-backend-wasm',
      'tslab',
      'zeromq',
      'sharp',
      'plotly.js-dist',
      'jsdom',
    ].map(name => packageFact(name, name)),
  };
}

/** The same as text: one line a fact, `✗` and the cure where something is missing. */
export function environmentLines(environment: Environment = describeEnvironment()): string[] {
  const groups = Object.entries(environment) as [string, readonly Fact[]][];
  const width = Math.max(...groups.flatMap(([, facts]) => facts.map(({name}) => name.length)));
  return groups.flatMap(([title, facts]) => [
    title,
    ...facts.map(
      ({name, value, ok, cure}) =>
        `  ${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${value}${cure ? ` — cure: ${cure}` : ''}`,
    ),
  ]);
}

function nodeFact(): Fact {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {name: 'Node', value: process.version, ok, ...(ok ? {} : {cure: 'install Node 20.19 or later'})};
}

function memoryFact(): Fact {
  const ok = totalmem() >= 3e9;
  const value = `${gigabytes(totalmem())} GB, ${gigabytes(freemem())} GB free`;
  return {name: 'memory', value, ok, ...(ok ? {} : {cure: 'the flagship needs about 2 GB; close other programs'})};
}

function nativeFact(): Fact {
  const native = nativeAvailability();
  return native.ready
    ? {name: 'native', value: `available, TensorFlow ${native.version}`, ok: true}
    : {name: 'native', value: native.reason, ok: false, cure: native.cure};
}

/** The smallest module with a SIMD instruction: (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt). */
const simdModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

function wasmFact(): Fact {
  const companion = Buffer.from(kernelsWasm, 'base64');
  const simd = !WebAssembly.validate(simdModule)
    ? 'without SIMD: slow'
    : WebAssembly.validate(companion)
      ? `with SIMD and the companion module (${companion.length} bytes)`
      : 'with SIMD, without the companion module';
  return packageFact('wasm', '@tensorflow/tfjs-backend-wasm', `available ${simd}, TensorFlow.js `);
}

function packageFact(name: string, packageName: string, before = ''): Fact {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = join(folder, packageName, 'package.json');
    if (!existsSync(manifest)) continue;
    const {version} = JSON.parse(readFileSync(manifest, 'utf8')) as {version: string};
    return {name, value: `${before}${version}`, ok: true};
  }
  return {name, value: `${packageName} is not installed`, ok: false, cure: 'run npm ci'};
}

function jupyterFact(): Fact {
  const program = join(packageRoot, '.venv', 'bin', 'jupyter');
  return existsSync(program)
    ? {name: 'Jupyter', value: 'in .venv', ok: true}
    : {name: 'Jupyter', value: 'not set up', ok: false, cure: 'run npm run setup, with Python 3 installed'};
}

/** The first line of what the program says, up to the path that pip adds. */
function tool(name: string, [program, ...args]: [string, ...string[]], cure: string): Fact {
  const {status, stdout, error} = spawnSync(program, args, {encoding: 'utf8', timeout: 20_000});
  if (error || status !== 0) return {name, value: `${program} was not found or does not run`, ok: false, cure};
  return {
    name,
    value: stdout
      .trim()
      .split('\n')[0]!
      .replace(/ from .*/, ''),
    ok: true,
  };
}

function cores(count: number): string {
  return `${count} core${count === 1 ? '' : 's'}`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
