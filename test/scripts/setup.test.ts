import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const root = path.resolve(__dirname, '..', '..');
const scripts = (name: string) => pathToFileURL(path.join(root, 'scripts', name)).href;

interface SetupReport {
  did: {name: string; seconds: number}[];
  missing: {name: string; reason: string; cure: string}[];
}

/** A project of its own: one linked package, one source, the real compiler. */
function project(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'setup-test-'));
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    fs.writeFileSync(path.join(folder, name), text);
  };
  write('typescript/package.json', JSON.stringify({name: 'typescript', version: '1.0.0'}));
  write('typescript/bin/tsc', `require(${JSON.stringify(path.join(root, 'node_modules/typescript/bin/tsc'))})`);
  const dependencies = {typescript: 'file:./typescript'};
  write('package.json', JSON.stringify({name: 'tiny', version: '1.0.0', dependencies}));
  write(
    'tsconfig.json',
    JSON.stringify({compilerOptions: {rootDir: 'src', outDir: 'dist', types: []}, include: ['src']}),
  );
  write('src/one.ts', 'export const one: number = 1;\n');
  write('src/two.ts', 'export const two: number = 2;\n');
  const packages = {
    '': {name: 'tiny', version: '1.0.0', dependencies},
    'node_modules/typescript': {resolved: 'typescript', link: true},
    typescript: {version: '1.0.0'},
  };
  write(
    'package-lock.json',
    JSON.stringify({name: 'tiny', version: '1.0.0', lockfileVersion: 3, requires: true, packages}),
  );
  return folder;
}

async function setup(folder: string): Promise<SetupReport & {names: string[]; lines: string[]; seconds: number}> {
  const module = await import(scripts('setup.mjs'));
  const lines: string[] = [];
  const started = performance.now();
  const report: SetupReport = await module.setup({folder, native: false, log: (line: string) => lines.push(line)});
  return {...report, names: report.did.map(part => part.name), lines, seconds: (performance.now() - started) / 1000};
}

test('set-up does each part once, and again only for what changed', async t => {
  const folder = project();
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const inside = (name: string) => path.join(folder, name);

  const cold = await setup(folder);
  assert.deepEqual(cold.names, ['npm packages', 'build']);
  assert.match(cold.lines.at(-1)!, /^Set-up: npm packages \d+\.\d s, build \d+\.\d s$/);
  assert.match(fs.readFileSync(inside('dist/one.js'), 'utf8'), /one = 1/);
  assert.equal(fs.realpathSync(inside('node_modules/multimodal-gan')), fs.realpathSync(folder));

  const warm = await setup(folder);
  assert.deepEqual(warm.names, []);
  assert.deepEqual(warm.lines, []);
  assert.ok(warm.seconds < 0.5, `nothing to do took ${warm.seconds} s`);

  fs.writeFileSync(inside('src/one.ts'), 'export const one: number = 11;\n');
  assert.deepEqual((await setup(folder)).names, ['build']);
  assert.match(fs.readFileSync(inside('dist/one.js'), 'utf8'), /one = 11/);

  fs.rmSync(inside('src/two.ts'));
  assert.deepEqual((await setup(folder)).names, ['build']);
  assert.ok(!fs.existsSync(inside('dist/two.js')), 'an output without a source is still there');
});

test('an install that was torn, or does not fit the lockfile, is made again', async t => {
  const folder = project();
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const inside = (name: string) => path.join(folder, name);
  await setup(folder);

  // npm writes its own list last: without it the install was interrupted.
  fs.rmSync(inside('node_modules/.package-lock.json'));
  assert.deepEqual((await setup(folder)).names, ['npm packages']);

  const lock = JSON.parse(fs.readFileSync(inside('package-lock.json'), 'utf8'));
  lock.packages.typescript.version = '1.0.1';
  fs.writeFileSync(inside('package-lock.json'), JSON.stringify(lock));
  fs.writeFileSync(inside('typescript/package.json'), JSON.stringify({name: 'typescript', version: '1.0.1'}));
  assert.deepEqual((await setup(folder)).names, ['npm packages', 'build']);
});

test('a whole install that npm made by hand is taken as it is', async t => {
  const folder = project();
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const npm = spawnSync('npm', ['install', '--offline', '--no-audit', '--no-fund'], {cwd: folder});
  assert.equal(npm.status, 0, String(npm.stderr));
  assert.deepEqual((await setup(folder)).names, ['build']);
});

test('packages that cannot be had end set-up with one line and its cure', async t => {
  const folder = project();
  t.after(() => fs.rmSync(folder, {recursive: true}));
  fs.writeFileSync(path.join(folder, 'package-lock.json'), '{"name": "tiny", "lockfileVersion": 3, "packages": {}}');
  await assert.rejects(setup(folder), (error: Error) => {
    assert.match(
      error.message,
      /^The npm packages could not be installed \(npm ci: .+\)\. Cure: check the network, .+\.$/,
    );
    assert.ok(!error.message.includes('\n'));
    return true;
  });
});

test('a build with a type error fails each time, and heals with the source', async t => {
  const folder = project();
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const source = path.join(folder, 'src', 'one.ts');
  fs.writeFileSync(source, "export const one: number = 'one';\n");
  const failure = /^Error: The build failed with 1 type errors; the first: src\/one\.ts\(1,14\): error TS2322: .+/;
  await assert.rejects(setup(folder), failure);
  await assert.rejects(setup(folder), failure);
  fs.writeFileSync(source, 'export const one: number = 1;\n');
  assert.deepEqual((await setup(folder)).names, ['build']);
});

test('a second set-up waits for the first, and a lock of a dead process is taken over', async t => {
  const {withLock} = await import(scripts('setup/lock.mjs'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-test-'));
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const lock = path.join(folder, 'deep', 'setup.lock');
  const quiet = () => {};

  const order: string[] = [];
  const first = withLock(
    lock,
    async () => {
      order.push('first begins');
      await new Promise(resolve => setTimeout(resolve, 150));
      order.push('first ends');
    },
    quiet,
  );
  await Promise.all([first, withLock(lock, async () => order.push('second'), quiet)]);
  assert.deepEqual(order, ['first begins', 'first ends', 'second']);

  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise(resolve => gone.on('exit', resolve));
  fs.writeFileSync(lock, String(gone.pid));
  assert.equal(await withLock(lock, async () => 'taken over', quiet), 'taken over');
  await assert.rejects(
    withLock(lock, async () => Promise.reject(new Error('inside')), quiet),
    /inside/,
  );
  assert.deepEqual(fs.readdirSync(path.dirname(lock)), [], 'the lock is let go');
});

test('a lock that names no process, and one that nobody touches, are taken over; one line says what is waited for', async t => {
  const {withLock} = await import(scripts('setup/lock.mjs'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-test-'));
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const lock = path.join(folder, 'setup.lock');
  const lines: string[] = [];
  const leave = (text: string, ageSeconds: number): void => {
    fs.writeFileSync(lock, text);
    const then = Date.now() / 1000 - ageSeconds;
    fs.utimesSync(lock, then, then);
  };
  const work = async (): Promise<string> => 'done';
  for (const [text, ageSeconds] of [
    ['', 6],
    ['torn', 6],
    // A number that now belongs to another process, this one.
    [`${process.pid} somebody\n`, 61],
  ] as const) {
    leave(text, ageSeconds);
    assert.equal(await withLock(lock, work, (line: string) => lines.push(line)), 'done');
  }
  assert.equal(lines.length, 0);

  leave('', 4.5);
  assert.equal(await withLock(lock, work, (line: string) => lines.push(line)), 'done');
  assert.deepEqual(lines, [`Waiting for ${lock}, which names no process; after 5 s it counts as left over …`]);
  leave(`${process.pid} somebody\n`, 59.5);
  assert.equal(await withLock(lock, work, (line: string) => lines.push(line)), 'done');
  assert.equal(lines[1], `Waiting for another set-up in this folder (process ${process.pid}, ${lock}) …`);
  assert.equal(lines.length, 2);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('many that find one stale lock: never two at once', async t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-test-'));
  t.after(() => fs.rmSync(folder, {recursive: true}));
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise(resolve => gone.on('exit', resolve));
  fs.writeFileSync(path.join(folder, 'setup.lock'), `${gone.pid} left over\n`);
  const program = `
    import {withLock} from ${JSON.stringify(scripts('setup/lock.mjs'))};
    import {mkdirSync, rmdirSync} from 'node:fs';
    await withLock('setup.lock', async () => {
      mkdirSync('only-one'); // fails when another is inside
      await new Promise(resolve => setTimeout(resolve, 20));
      rmdirSync('only-one');
    }, () => {});`;
  const ends = Array.from({length: 6}, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {cwd: folder});
    return new Promise(resolve => child.on('exit', resolve));
  });
  assert.deepEqual(await Promise.all(ends), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(fs.readdirSync(folder), []);
});
