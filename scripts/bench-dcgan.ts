/**
 * The preset `dcgan` beside the same networks in PyTorch: same start, optimizer, batches and steps, one thread each, several seeds;
 * Fréchet distances of the pictures in the features of the classifier that judges the data. Writes docs/dcgan.md and dcgan.json, and
 * the samples as `evaluate --samples` takes them. Runs that dcgan.json holds already, judged by the same classifier, are not made again.
 *
 * Called as:  npm run bench:dcgan
 *             npm run bench:dcgan -- --seeds 3 --steps 300 --data digits,shapes --programs ours,pytorch --python .venv-bench/bin/python --out DIR
 */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {backendInfo, selectBackend} from '../src/backend/select';
import {readNpy, writeNpy} from '../src/cli/npy';
import {RandomStream} from '../src/core/random';
import {tf} from '../src/core/tensorflow';
import {type ImageModality, partShape} from '../src/core/types';
import type {Dataset} from '../src/datasets/dataset';
import {loadDigits} from '../src/datasets/digits';
import {loadShapes} from '../src/datasets/shapes';
import {frechetDistance} from '../src/evaluation/frechet';
import {judge, loadOracles, type Oracle} from '../src/evaluation/oracles';
import {FeatureCache} from '../src/features/batch';
import {drawPictures, latentRows, measureStatistics, pictureGame} from '../src/presets/dcgan/picture-game';
import {BatchOrder, stackRows} from '../src/presets/picture-texts';
import {type DcganRow, type Program, pageOf} from './dcgan/page';
import {KeptRows} from './kept-rows';

const batchSize = 64;
const numSamples = 2000;
const root = join(__dirname, '..');

interface Task {
  readonly name: string;
  readonly spec: ImageModality;
  readonly train: readonly Float32Array[];
  readonly test: readonly Float32Array[];
  readonly oracle: Oracle;
  /** Which classifier judges: distances of another are on another scale. */
  readonly judge: string;
}

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      seeds: {type: 'string', default: '3'},
      steps: {type: 'string', default: '300'},
      data: {type: 'string', default: 'digits,shapes'},
      programs: {type: 'string', default: 'ours,pytorch'},
      python: {type: 'string', default: join(root, '.venv-bench', 'bin', 'python')},
      out: {type: 'string', default: join(root, 'docs')},
      samples: {type: 'string', default: join(root, 'out', 'dcgan')},
    },
  });
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  await selectBackend();
  const rows = new KeptRows<DcganRow>(join(values.out, 'dcgan.json'), false);
  const steps = Number(values.steps);
  const tasks = values.data.split(',').map(taskOf);
  for (const task of tasks) addReal(rows, task, steps);
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const task of tasks) {
      for (const program of values.programs.split(',') as Program[]) {
        if (rows.has({data: task.name, program, seed, steps, judge: task.judge})) continue;
        const folder = join(values.samples, `${task.name}-${program}-${seed}`);
        mkdirSync(folder, {recursive: true});
        const run = program === 'ours' ? await ours(task, seed, steps) : peer(task, seed, steps, values.python, folder);
        writeNpy(join(folder, 'image.npy'), flat(run.pictures), [numSamples, ...partShape(task.spec)]);
        const row: DcganRow = {
          data: task.name,
          program,
          seed,
          steps,
          judge: task.judge,
          frechet: Number(distance(task, run.pictures).toFixed(3)),
          cpuSeconds: Number(run.seconds.toFixed(1)),
          parameters: run.parameters,
          engine: run.engine,
        };
        rows.add(row);
        console.log(`${task.name} ${program} seed ${seed}: ${row.frechet}, ${row.cpuSeconds} s`);
      }
    }
  }
  pageOf(rows.all(), values.out);
}

function taskOf(name: string): Task {
  const dataset: Dataset = name === 'shapes' ? loadShapes() : loadDigits();
  const spec = dataset.modalities['image'] as ImageModality;
  const cache = new FeatureCache({image: spec});
  const read = (split: 'train' | 'test') =>
    dataset.rows(split).map(({parts}) => Float32Array.from(cache.encode('image', parts['image']!)));
  const folder = join(root, 'datasets', name, 'oracles');
  const weights = readFileSync(join(folder, 'image.safetensors'));
  const judge = createHash('sha256').update(weights).digest('hex').slice(0, 8);
  return {name, spec, train: read('train'), test: read('test'), oracle: loadOracles(folder)['image']!, judge};
}

/** What real training pictures score, and what an untrained network would. */
function addReal(rows: KeptRows<DcganRow>, task: Task, steps: number): void {
  if (rows.has({data: task.name, program: 'real', steps, judge: task.judge})) return;
  const some = new RandomStream(1, 'bench-dcgan/real').shuffle([...task.train]).slice(0, numSamples);
  rows.add({
    data: task.name,
    program: 'real',
    seed: 0,
    steps,
    judge: task.judge,
    frechet: Number(distance(task, some).toFixed(3)),
    cpuSeconds: 0,
    parameters: [],
    engine: '',
  });
}

interface Run {
  readonly pictures: readonly Float32Array[];
  readonly seconds: number;
  readonly parameters: readonly number[];
  readonly engine: string;
}

async function ours(task: Task, seed: number, steps: number): Promise<Run> {
  const game = pictureGame(task.spec, {seed});
  const order = new BatchOrder(task.train.length, new RandomStream(seed, 'bench-dcgan/batches'));
  const chance = new RandomStream(seed, 'bench-dcgan/latent');
  const before = process.cpuUsage();
  for (let i = 0; i < steps; i++)
    tf.tidy(() => {
      const places = order.next(batchSize);
      const real = stackRows(places.map(place => task.train[place]!)).reshape([batchSize, ...partShape(task.spec)]);
      game.moveD(real, latentRows(batchSize, game.latentDim, chance));
      game.moveG(latentRows(batchSize, game.latentDim, chance));
    });
  const {user, system} = process.cpuUsage(before);
  measureStatistics(game, batchSize, seed);
  const pictures = drawPictures(game, numSamples, new RandomStream(seed, 'bench-dcgan/samples'));
  const parameters = [game.generator, game.discriminator].map(player => player.count());
  for (const each of [game, game.generator, game.discriminator]) each.dispose();
  return {pictures, seconds: (user + system) / 1e6, parameters, engine: backendInfo().name};
}

function peer(task: Task, seed: number, steps: number, python: string, folder: string): Run {
  const train = join(folder, '..', `${task.name}-train.npy`);
  writeNpy(train, flat(task.train), [task.train.length, ...partShape(task.spec)]);
  const script = join(__dirname, 'peers', 'dcgan.py');
  const args = ['--steps', String(steps), '--batch', String(batchSize), '--seed', String(seed)];
  const said = JSON.parse(execFileSync(python, [script, train, folder, ...args], {encoding: 'utf8'})) as {
    seconds: number;
    parameters: number[];
    torch: string;
  };
  const {values} = readNpy(join(folder, 'image.npy'));
  const size = task.train[0]!.length;
  const pictures = Array.from({length: numSamples}, (_, i) => values.slice(i * size, (i + 1) * size));
  return {pictures, seconds: said.seconds, parameters: said.parameters, engine: `torch ${said.torch}`};
}

/** Fréchet distance to the test split, in the features of the data's own classifier. */
function distance({oracle, spec, test}: Task, pictures: readonly Float32Array[]): number {
  const features = (rows: readonly Float32Array[]) => {
    const x = tf.tidy(() => stackRows(rows).reshape([rows.length, ...partShape(spec)]));
    const found = judge(oracle, x).features;
    x.dispose();
    return found;
  };
  return frechetDistance(features(test.slice(0, numSamples)), features(pictures));
}

function flat(rows: readonly Float32Array[]): Float32Array {
  const size = rows[0]!.length;
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    values.set(row, i * size);
  });
  return values;
}

void main();
