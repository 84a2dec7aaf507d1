/** Jupyter's own tools for the tests: the project's .venv with the built kernel registered in a folder of its own. */
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join, resolve} from 'node:path';

const root = resolve(__dirname, '..', '..');
const bin = join(root, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin');

/** A reason to skip, or false where Jupyter is there. */
export const withoutJupyter = existsSync(join(bin, 'jupyter'))
  ? false
  : 'there is no Jupyter in .venv: npm run setup says why';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export class Jupyter {
  private readonly prefix = mkdtempSync(join(tmpdir(), 'jupyter-'));

  /** The installer is the built one: it registers the program that lies beside it. */
  install(): void {
    const {installKernel} = require(
      join(root, 'dist', 'kernel', 'install.js'),
    ) as typeof import('../../src/kernel/install');
    installKernel({prefix: this.prefix});
  }

  run(program: string, args: readonly string[], cwd = root): Promise<Ended> {
    const env = {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      JUPYTER_PATH: join(this.prefix, 'share', 'jupyter'),
      // Only what this test registers counts.
      JUPYTER_PREFER_ENV_PATH: '0',
      JUPYTER_DATA_DIR: join(this.prefix, 'data'),
    };
    return new Promise((done, fail) => {
      let output = '';
      const child = spawn(join(bin, program), args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', data => {
          output += data;
        });
      }
      child.on('error', fail);
      child.on('close', code => done({code, output}));
    });
  }

  remove(): void {
    rmSync(this.prefix, {recursive: true, force: true});
  }
}
