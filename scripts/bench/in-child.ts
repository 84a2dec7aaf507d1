/** Runs one measurement of measure.ts in a process of its own. */
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {engines} from './engines';
import type {MeasureOptions} from './measure';

/** @throws Error with the last line that the measurement complained. */
export function inChild<Answer>(kind: string, options: MeasureOptions, threads: number): Promise<Answer> {
  const args = ['--expose-gc', '--import', 'tsx', join(__dirname, 'measure.ts'), kind, JSON.stringify(options)];
  const [inOp, ops] = engines.compiled.sharing(threads);
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TF_NUM_INTRAOP_THREADS: String(inOp),
      TF_NUM_INTEROP_THREADS: String(ops),
      TF_CPP_MIN_LOG_LEVEL: '3',
      MULTIMODAL_GAN_BACKEND: '',
    },
  });
  const output = {out: '', error: ''};
  child.stdout.on('data', data => {
    output.out += data;
  });
  child.stderr.on('data', data => {
    output.error += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(JSON.parse(output.out.trim().split('\n').at(-1)!) as Answer);
      else reject(new Error(`${kind}: ${output.error.trim().split('\n').at(-1)}`));
    });
  });
}
