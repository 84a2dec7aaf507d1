// src/*.ts becomes dist/*.js. Run alone: node scripts/setup/build.mjs
import {existsSync, rmSync} from 'node:fs';
import {join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {root, run} from './run.mjs';
import {clearStamp, filesUnder, hashFiles, stampMatches, writeStamp} from './stamp.mjs';

/** Compiles when a source, the settings or the compiler changed. @returns true when it compiled. */
export async function buildSources(folder) {
  const source = join(folder, 'src');
  const stamp = join(folder, 'dist', '.build-stamp');
  const settings = ['tsconfig.json', 'package-lock.json'].map(name => join(folder, name));
  const key = hashFiles([...filesUnder(source), ...settings]);
  if (stampMatches(stamp, key)) return false;
  // What the compiler remembers of an interrupted or unknown run may not be what is on the disk.
  if (!existsSync(stamp)) rmSync(join(folder, 'dist', '.tsbuildinfo'), {force: true});
  clearStamp(stamp);
  removeOrphans(source, join(folder, 'dist'));
  // `.bin/tsc` belongs to another package's old compiler; this path is the one in package.json.
  const compiler = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
  const {code, output} = await run(process.execPath, [compiler, '-p', 'tsconfig.json', '--pretty', 'false'], {
    cwd: folder,
  });
  if (code !== 0) {
    const errors = output.split('\n').filter(line => /error TS\d+/.test(line));
    throw new Error(
      `The build failed with ${errors.length || 'unknown'} type errors; the first: ${errors[0] ?? output.slice(-300)}`,
    );
  }
  writeStamp(stamp, key);
  return true;
}

/** Outputs whose source is gone would still be found by an import. */
function removeOrphans(source, dist) {
  for (const file of filesUnder(dist)) {
    const name = relative(dist, file).match(/^(.*?)(\.d\.ts|\.js|\.js\.map)$/)?.[1];
    if (name !== undefined && !existsSync(join(source, `${name}.ts`))) rmSync(file);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log((await buildSources(root)) ? 'built dist/' : 'dist/ is up to date');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
