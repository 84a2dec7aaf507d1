// Compiles the kernels in this folder (AssemblyScript) into TypeScript files that hold them as text and are kept in the repository:
//   numeric.ts  → src/evaluation/numeric/kernels-wasm.ts   the metrics
//   tensor/     → src/backend/wasm/companion/kernels-wasm.ts   the wasm backend, for memory of one thread and for shared memory
// Run after a change there: node scripts/kernels/build.mjs     With --check it only says whether the kept files are up to date.
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const source = join(folder, '..', '..', 'src');
export const builtFile = join(source, 'evaluation', 'numeric', 'kernels-wasm.ts');
export const tensorFile = join(source, 'backend', 'wasm', 'companion', 'kernels-wasm.ts');

const common = {optimizeLevel: 3, runtime: 'stub', importMemory: true, noAssert: true, initialMemory: 1};
const shared = {enable: ['simd', 'threads'], sharedMemory: true, maximumMemory: 65536};
const alone = {enable: ['simd']};

/** The text that src/evaluation/numeric/kernels-wasm.ts should have. */
export async function compileKernels() {
  const sources = {'numeric.ts': readFileSync(join(folder, 'numeric.ts'), 'utf8')};
  return fileText('scripts/kernels/numeric.ts', sources, {kernelsWasm: await compile(sources, shared)});
}

/** The text that src/backend/wasm/companion/kernels-wasm.ts should have. */
export async function compileTensorKernels() {
  const files = readdirSync(join(folder, 'tensor')).sort();
  const sources = Object.fromEntries(files.map(name => [name, readFileSync(join(folder, 'tensor', name), 'utf8')]));
  return fileText('scripts/kernels/tensor', sources, {
    kernelsWasm: await compile(sources, alone),
    sharedKernelsWasm: await compile(sources, shared),
  });
}

async function compile(sources, options) {
  const {default: compiler} = await import('assemblyscript/asc');
  const names = Object.keys(sources);
  const entry = names.includes('index.ts') ? 'index.ts' : names[0];
  // The compiler takes every file that it is given as an entry, whose exports would then be the module's: so only one is given.
  const stdout = compiler.createMemoryStream();
  const stderr = compiler.createMemoryStream();
  let binary;
  const args = Object.entries({...common, ...options}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.flatMap(one => (one === true ? [`--${name}`] : [`--${name}`, String(one)]));
  });
  const {error} = await compiler.main([entry, '--outFile', 'out.wasm', ...args], {
    stdout,
    stderr,
    // Decorators stand in comments, because the formatter of this repository does not know them on functions.
    readFile: name => sources[name]?.replaceAll('/* @inline */', '@inline') ?? null,
    writeFile: (name, content) => {
      if (name === 'out.wasm') binary = content;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

function fileText(from, sources, binaries) {
  const hash = createHash('sha256').update(Object.values(sources).join('\0')).digest('hex');
  return [
    `/** Made by scripts/kernels/build.mjs from ${from}; do not edit. */`,
    '',
    `export const sourceHash = '${hash}';`,
    ...Object.entries(binaries).flatMap(([name, binary]) => {
      const lines = Buffer.from(binary)
        .toString('base64')
        .match(/.{1,110}/g);
      return [
        '',
        `export const ${name} =`,
        ...lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? ';' : ' +'}`),
      ];
    }),
    '',
  ].join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [file, compileText] of [
    [builtFile, compileKernels],
    [tensorFile, compileTensorKernels],
  ]) {
    const text = await compileText();
    const kept = process.argv.includes('--check') ? readFileSync(file, 'utf8') : null;
    if (kept !== null && kept !== text) {
      console.error(`${file} is out of date: run node scripts/kernels/build.mjs`);
      process.exitCode = 1;
    } else if (kept === null) {
      writeFileSync(file, text);
      console.log(`${file}: ${text.length} bytes`);
    }
  }
}
