/** How long a program waits for the package: `require`, `import`, and the choice of an engine after it. */
import {spawnSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {interquartileRange, median} from '../statistics';

export interface StartupRow {
  readonly what: string;
  /** Of a whole process, from its start to its end. */
  readonly medianMs: number;
  readonly spreadMs: number;
  readonly runs: number;
}

/** The built package, each time in a new process. Files are in the system's cache. */
export function measureStartup(runs: number): StartupRow[] {
  const main = join(resolve(__dirname, '..', '..', '..'), 'dist', 'index.js');
  const select = (engine: string) =>
    `require(${JSON.stringify(main)}).selectBackend({prefer: '${engine}'}).then(() => process.exit())`;
  const programs: Record<string, string> = {
    'node alone': '0',
    require: `require(${JSON.stringify(main)})`,
    'import()': `import(${JSON.stringify(pathToFileURL(main).href)})`,
    'require and selectBackend, native': select('native'),
    'require and selectBackend, wasm': select('wasm'),
  };
  return Object.entries(programs).map(([what, program]) => {
    const times: number[] = [];
    for (let i = 0; i <= runs; i++) {
      const started = performance.now();
      const {status, stderr} = spawnSync(process.execPath, ['-e', program], {
        encoding: 'utf8',
        env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '3', MULTIMODAL_GAN_BACKEND: ''},
      });
      if (status !== 0) throw new Error(`${what}: ${stderr.trim().split('\n').at(-1)}`);
      // The first fills the cache of files.
      if (i > 0) times.push(performance.now() - started);
    }
    return {what, medianMs: median(times), spreadMs: interquartileRange(times), runs};
  });
}
