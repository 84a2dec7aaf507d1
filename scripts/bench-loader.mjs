/**
 * How fast a folder of files becomes examples, and how much memory that takes: 28×28 PNG, 1 s of 16 kHz WAV, a caption.
 *
 * Called as:  npm run bench:loader [-- --rows 100000 --threads 2 --out benchmarks/loader.json]
 * Files lie in a temporary folder, 1,000 different ones and links to them, warm in the disk's cache, as they are after a first epoch.
 */
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import sharp from 'sharp';
import {buildSources} from './setup/build.mjs';
import {root} from './setup/run.mjs';

// What people run, and not the sources: the loader that runs those would be counted as memory in every thread.
await buildSources(root);
const built = async room => (await import(path.join(root, 'dist', `${room}.js`))).default;
const {RandomStream} = await built('core/random');
const {openFolder} = await built('datasets/folder/folder');
const {ExampleLoader} = await built('datasets/folder/loader');
const {formatWav} = await built('datasets/wav');

const different = 1000;

async function main() {
  const {values} = parseArgs({
    options: {
      rows: {type: 'string', default: '100000'},
      threads: {type: 'string', default: '2'},
      out: {type: 'string'},
      inside: {type: 'string'},
    },
  });
  const [rows, threads] = [Number(values.rows), Number(values.threads)];
  if (values.inside) {
    console.log(JSON.stringify(await measure(values.inside, rows, threads)));
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mmgan-loader-'));
  try {
    await writeFiles(folder, rows);
    const emptyMegabytes = emptyProcess();
    // A process of its own: what writing the files took is not to be counted.
    const args = [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      '--inside',
      folder,
      '--rows',
      String(rows),
      '--threads',
      String(threads),
    ];
    const {stdout, stderr, status} = spawnSync(process.execPath, args, {encoding: 'utf8'});
    if (status !== 0) throw new Error(stderr);
    const inside = JSON.parse(stdout);
    const peakMegabytes = Math.round(inside.peakMegabytes - emptyMegabytes);
    const measured = {...inside, peakMegabytes, emptyMegabytes};
    const machine = `${os.cpus()[0]?.model ?? 'unknown'}, ${os.availableParallelism()} cores, Node ${process.version}`;
    console.log(JSON.stringify({machine, ...measured}, null, 2));
    if (values.out) fs.writeFileSync(values.out, `${JSON.stringify({machine, ...measured}, null, 2)}\n`);
  } finally {
    if (!process.env.KEEP_LOADER) fs.rmSync(folder, {recursive: true, force: true});
  }
}

/**
 * openSeconds: reading the manifest and every file once. peakMegabytes: the largest resident memory of the process with all of its
 * threads, while the folder is opened and read; that of an empty process is taken away by the caller.
 */
async function measure(folder, rows, threads) {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 20);
  const seconds = async work => {
    const started = performance.now();
    const result = await work();
    return [result, (performance.now() - started) / 1000];
  };
  const [dataset, openSeconds] = await seconds(() => openFolder(folder, {threads, onProgress: look}));
  const loader = new ExampleLoader(dataset, {threads, seed: 1});
  await loader.next();
  let [seen, checksum] = [0, 0];
  const [, took] = await seconds(async () => {
    while (seen < rows) {
      const batch = await loader.next();
      for (const {parts} of batch) checksum += parts.image.pixels[400] + parts.sound.samples.length;
      seen += batch.length;
      loader.release(batch);
      look();
    }
  });
  await loader.close();
  clearInterval(timer);
  if (!(checksum > seen * 16000)) throw new Error(`the examples hold ${checksum}`);
  return {
    rows,
    threads,
    openSeconds: round(openSeconds),
    examplesPerSecond: Math.round(seen / took),
    peakMegabytes: peak / 1e6,
  };
}

async function writeFiles(folder, rows) {
  const stream = new RandomStream(1, 'bench/loader');
  const lines = ['id,split,label,image,sound,caption'];
  for (let i = 0; i < Math.min(rows, different); i++) {
    const [x, y] = [6 + 16 * stream.uniform(), 6 + 16 * stream.uniform()];
    const pixels = Buffer.from(
      Array.from({length: 784}, (_, at) =>
        Math.round(255 * Math.exp(-(((at % 28) - x) ** 2 + (Math.floor(at / 28) - y) ** 2) / 20)),
      ),
    );
    await sharp(pixels, {raw: {width: 28, height: 28, channels: 1}})
      .toColourspace('b-w')
      .png()
      .toFile(path.join(folder, `p${i}.png`));
    const hz = 200 + 1000 * stream.uniform();
    const samples = Float32Array.from(
      {length: 16000},
      (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / 16000) + 0.1 * stream.uniform(),
    );
    fs.writeFileSync(path.join(folder, `s${i}.wav`), formatWav({sampleRateHz: 16000, samples}));
  }
  for (let i = 0; i < rows; i++) {
    if (i >= different) {
      for (const [letter, ending] of [
        ['p', 'png'],
        ['s', 'wav'],
      ]) {
        fs.linkSync(
          path.join(folder, `${letter}${i % different}.${ending}`),
          path.join(folder, `${letter}${i}.${ending}`),
        );
      }
    }
    lines.push(`example-${i},train,${i % 10},p${i}.png,s${i}.wav,"this is caption number ${i % 5000} of the table"`);
  }
  fs.writeFileSync(path.join(folder, 'manifest.csv'), lines.join('\n'));
}

function emptyProcess() {
  const {stdout} = spawnSync(process.execPath, ['-e', 'console.log(process.memoryUsage.rss())'], {encoding: 'utf8'});
  return Math.round(Number(stdout) / 1e6);
}

const round = value => Math.round(value * 100) / 100;

main().catch(error => {
  console.error(error);
  process.exit(1);
});
