import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {withoutJupyter} from './jupyter';

const root = resolve(__dirname, '..', '..');
const fixtures = join(__dirname, 'fixtures');
const registered = existsSync(join(root, '.venv', 'share', 'jupyter', 'kernels', 'multimodal-gan', 'kernel.json'));
const skip = withoutJupyter || (registered ? false : 'the kernel is not registered in .venv: npm run setup says why');

function runner(...args: string[]) {
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(root, 'scripts', 'run-notebooks.mjs'), ...args], {
    encoding: 'utf8',
  });
  return {status, stdout, stderr};
}

test('each notebook is a line, a failure shows its cell and traceback, the last line counts', {skip}, () => {
  mkdirSync(join(root, 'out'), {recursive: true});
  const folder = mkdtempSync(join(root, 'out', 'runner-'));
  try {
    const json = join(folder, 'results.json');
    const before = readFileSync(join(fixtures, 'good.ipynb'), 'utf8');
    const names = ['good', 'thrown', 'lost-rejection'].map(name => join(fixtures, `${name}.ipynb`));
    const {status, stdout} = runner(...names, '--json', json);
    assert.equal(status, 1, stdout);
    assert.match(stdout, /^passed test\/kernel\/fixtures\/good\.ipynb \([\d.]+ s\)$/m);
    assert.match(stdout, /^ {2}cell 2: RangeError: Expected value to be at most 2, got 5\.$/m);
    assert.match(stdout, /^ {4} {4}at check \(cell 2:3:11\)$/m);
    assert.match(stdout, /^ {2}after the last cell: Error: nobody waits for this$/m);
    assert.match(stdout, /\n1 passed, 2 failed\n$/);
    const results = JSON.parse(readFileSync(json, 'utf8')) as {
      passed: number;
      failed: number;
      notebooks: {ename?: string}[];
    };
    assert.equal(results.passed, 1);
    assert.deepEqual(
      results.notebooks.map(({ename}) => ename),
      [undefined, 'RangeError', 'Error'],
    );
    assert.equal(readFileSync(join(fixtures, 'good.ipynb'), 'utf8'), before);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});

test('wrong options and absent notebooks are one line and an exit code', () => {
  assert.deepEqual(runner('--profile', 'quick'), {
    status: 2,
    stdout: '',
    stderr: 'Unknown profile "quick"; choose smoke or full.\n',
  });
  assert.equal(runner('--timeout', 'soon').status, 2);
  assert.equal(runner('no-such-folder').status, 2);
});
