import {join} from 'node:path';
import {Worker, type WorkerOptions} from 'node:worker_threads';

/**
 * A thread that runs a file of this folder. Where the sources run as they are (in tests), the loader that makes that possible is
 * started in the thread first.
 *
 * @param name of the file, without its ending.
 */
export function startThread(name: string, options: WorkerOptions): Worker {
  const file = join(__dirname, name);
  if (!__filename.endsWith('.ts')) return new Worker(`${file}.js`, {...options, execArgv: []});
  const source = `require(${JSON.stringify(require.resolve('tsx/cjs'))}); require(${JSON.stringify(`${file}.ts`)});`;
  return new Worker(source, {...options, eval: true, execArgv: []});
}
