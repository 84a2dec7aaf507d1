// Compiles scripts/kernels/numeric.ts (AssemblyScript) into src/evaluation/numeric/kernels-wasm.ts, which is kept in the repository.
// Run after a change there: node scripts/kernels/build.mjs     With --check it only says whether the kept file is up to date.
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const sourceFile = join(folder, 'numeric.ts');
export const builtFile = join(folder, '..', '..', 'src', 'evaluation', 'numeric', 'kernels-wasm.ts');

/** The text that src/evaluation/numeric/kernels-wasm.ts should have. */
export async function compileKernels() {
  const {default: compiler} = await import('assemblyscript/asc');
  const source = readFileSync(sourceFile, 'utf8');
  const {error, stderr, binary} = await compiler.compileString(
    {'numeric.ts': source},
    {
      optimizeLevel: 3,
      runtime: 'stub',
      importMemory: true,
      noAssert: true,
      enable: ['simd', 'threads'],
      sharedMemory: true,
      initialMemory: 1,
      maximumMemory: 65536,
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,110}/g);
  return [
    '/** Made by scripts/kernels/build.mjs from scripts/kernels/numeric.ts; do not edit. */',
    '',
    `export const sourceHash = '${createHash('sha256').update(source).digest('hex')}';`,
    '',
    'export const kernelsWasm =',
    ...lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? ';' : ' +'}`),
    '',
  ].join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await compileKernels();
  const kept = process.argv.includes('--check') ? readFileSync(builtFile, 'utf8') : null;
  if (kept !== null && kept !== text) {
    console.error('src/evaluation/numeric/kernels-wasm.ts is out of date: run node scripts/kernels/build.mjs');
    process.exitCode = 1;
  } else if (kept === null) {
    writeFileSync(builtFile, text);
    console.log(`${builtFile}: ${text.length} bytes`);
  }
}
