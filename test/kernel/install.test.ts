import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {after, before, test} from 'node:test';
import sharp from 'sharp';
import type * as Install from '../../src/kernel/install';

// The built installer: it registers the program that lies beside it.
const built = resolve(__dirname, '..', '..', 'dist', 'kernel', 'install.js');
const {installKernel, kernelFolder, listKernels, uninstallKernel} = require(built) as typeof Install;

let prefix: string;
before(() => {
  prefix = mkdtempSync(join(tmpdir(), 'prefix-'));
});
after(() => rmSync(prefix, {recursive: true, force: true}));

test('install, list, uninstall', async () => {
  const folder = installKernel({prefix});
  assert.equal(folder, join(prefix, 'share', 'jupyter', 'kernels', 'multimodal-gan'));
  const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
  assert.deepEqual(spec.argv, [
    process.execPath,
    '--no-force-async-hooks-checks',
    resolve(built, '..', 'main.js'),
    '--connection-file',
    '{connection_file}',
  ]);
  assert.equal(spec.language, 'typescript');
  assert.equal(spec.interrupt_mode, 'message');
  for (const sizePx of [32, 64]) {
    const {width, height, hasAlpha} = await sharp(join(folder, `logo-${sizePx}x${sizePx}.png`)).metadata();
    assert.deepEqual([width, height, hasAlpha], [sizePx, sizePx, true]);
  }
  assert.equal((await sharp(join(folder, 'logo-svg.svg')).metadata()).width, 64);
  // Again, over the old one, and nothing else is left in the folder.
  installKernel({prefix});
  assert.deepEqual(readdirSync(join(folder, '..')), ['multimodal-gan']);
  assert.deepEqual(listKernels([prefix]).find(kernel => kernel.folder === folder)?.works, true);
  assert.equal(uninstallKernel({prefix}), folder);
  assert.equal(uninstallKernel({prefix}), null);
});

test('a registration whose program is gone, and kernels of others', () => {
  const kernels = join(prefix, 'share', 'jupyter', 'kernels');
  const write = (name: string, text: string) => {
    mkdirSync(join(kernels, name), {recursive: true});
    writeFileSync(join(kernels, name, 'kernel.json'), text);
  };
  write('moved', JSON.stringify({argv: [process.execPath, '/nowhere/dist/kernel/main.js']}));
  write('python3', JSON.stringify({argv: ['python', '-m', 'ipykernel_launcher']}));
  write('broken', 'no JSON');
  const mine = listKernels([prefix]).filter(({folder}) => folder.startsWith(prefix));
  assert.deepEqual(mine, [{folder: join(kernels, 'moved'), program: '/nowhere/dist/kernel/main.js', works: false}]);
});

test('one place at a time, and a folder that cannot be written is one line', () => {
  assert.throws(() => kernelFolder({prefix, user: true}), {
    message: 'Choose one of --prefix, --user and --sys-prefix.',
  });
  assert.throws(() => kernelFolder({prefix: ''}), {name: 'UserError'});
  const file = join(prefix, 'a-file');
  writeFileSync(file, '');
  assert.throws(() => installKernel({prefix: file}), {name: 'UserError', exitCode: 4});
});
