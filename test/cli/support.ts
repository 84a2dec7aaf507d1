/** Runs the built command line as a person does. */
import {spawn} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const cli = path.resolve(__dirname, '..', '..', 'dist', 'cli', 'main.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stderr that are neither progress nor the backend's line. */
  readonly errors: string[];
}

export interface RunOptions {
  readonly cwd?: string;
  /** Arguments for node itself. */
  readonly node?: readonly string[];
  /** Called with everything on stderr so far; `interrupt` sends Ctrl-C. */
  readonly onStderr?: (text: string, interrupt: () => void) => void;
}

export function runCommand(args: readonly string[], {cwd, node = [], onStderr}: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = {...process.env, TF_CPP_MIN_LOG_LEVEL: '2'};
    const child = spawn(process.execPath, [...node, cli, ...args], {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', data => {
      stdout += data;
    });
    child.stderr.on('data', data => {
      stderr += data;
      onStderr?.(stderr, () => child.kill('SIGINT'));
    });
    child.on('error', reject);
    child.on('close', code => {
      const errors = stderr.split('\n').filter(line => line !== '' && !/^backend: |: step \d|…$/.test(line));
      resolve({code, stdout, stderr, errors});
    });
  });
}

export function temporaryFolder(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
}

/** Settings with which a training takes seconds: small networks, few steps. */
export function tinyConfig(steps: number): object {
  return {
    steps,
    training: {encoderSteps: 2, statisticsBatches: 1, batchSize: 16, encoderBatchSize: 16},
    model: {
      encoderChannels: 2,
      encoderHiddenUnits: 8,
      generatorChannels: 4,
      generatorHiddenUnits: 8,
      discriminatorChannels: 2,
      discriminatorHiddenUnits: 8,
      priorComponents: 2,
    },
  };
}
