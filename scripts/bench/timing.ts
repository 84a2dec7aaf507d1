/** Steps in turns: every engine a few, many rounds, one at a time, so that what the machine does else hits all alike. */
import {loadavg} from 'node:os';
import {type EngineName, engines, Worker} from './engines';
import type {NetName} from './nets/nets';
import {interquartileRange, median} from './statistics';

export interface TimingRow {
  readonly net: NetName;
  readonly batch: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly medianMs: number;
  /** Interquartile range. */
  readonly spreadMs: number;
  /** Median over the rounds of this engine's time divided by the other's in the same round; absent for the other itself. */
  readonly ratioTo: Partial<Record<EngineName, number>>;
  readonly steps: number;
  readonly rounds: number;
  /** Processor time over wall time. */
  readonly cores: number;
  readonly rssMb: number;
}

export interface TimingOptions {
  readonly threads: number;
  readonly rounds: number;
  /** Every engine's share of a round, about. */
  readonly roundMs: number;
  readonly folder: string;
  /** An engine that takes longer to get ready is left out. */
  readonly patienceSeconds: number;
}

export interface TimingOutcome {
  readonly rows: TimingRow[];
  readonly versions: Partial<Record<EngineName, string>>;
  /** Engines left out, with the reason. */
  readonly failures: Partial<Record<EngineName, string>>;
  /** The machine's load, of one minute, before the first step. */
  readonly loadBefore: number;
}

interface Runner {
  readonly engine: EngineName;
  readonly worker: Worker;
  /** Steps a round. */
  steps: number;
  readonly rounds: number[][];
  readonly cores: number[];
  rssBytes: number;
}

/** @param names engines that were found to agree; the first is what the ratios of the others are to. */
export async function timeEngines(
  net: NetName,
  batch: number,
  names: readonly EngineName[],
  options: TimingOptions,
): Promise<TimingOutcome> {
  const loadBefore = loadavg()[0]!;
  const runners: Runner[] = [];
  const failures: TimingOutcome['failures'] = {};
  try {
    for (const engine of names) {
      const runner = await ready(engine, net, batch, options).catch((error: Error) => {
        failures[engine] = error.message;
        return null;
      });
      if (runner) runners.push(runner);
    }
    for (let round = 0; round < options.rounds; round++) {
      // Another one begins each time, so that nobody always follows the same neighbour's caches.
      const order = runners.map((_, i) => runners[(i + round) % runners.length]!);
      for (const runner of order) await play(runner);
    }
  } finally {
    for (const {worker} of runners) worker.stop();
  }
  const versions = Object.fromEntries(runners.map(({engine, worker}) => [engine, worker.version]));
  return {rows: runners.map(runner => summary(runner, runners, net, batch, options)), versions, failures, loadBefore};
}

async function ready(engine: EngineName, net: NetName, batch: number, options: TimingOptions): Promise<Runner> {
  const {threads, folder, patienceSeconds, roundMs} = options;
  const worker = await Worker.start(engine, threads);
  try {
    await worker.ask({command: 'load', net, batch, folder}, patienceSeconds);
    await worker.ask({command: 'time', steps: engines[engine].warmup}, patienceSeconds);
    const {milliseconds} = await worker.ask({command: 'time', steps: 2}, patienceSeconds);
    const steps = Math.max(1, Math.min(20, Math.round(roundMs / median(milliseconds!))));
    return {engine, worker, steps, rounds: [], cores: [], rssBytes: 0};
  } catch (error) {
    worker.stop();
    throw error;
  }
}

/** The first step of a turn finds caches that another engine has filled; it is not counted. */
async function play(runner: Runner): Promise<void> {
  await runner.worker.ask({command: 'time', steps: 1});
  const {milliseconds, cores, rssBytes} = await runner.worker.ask({command: 'time', steps: runner.steps});
  runner.rounds.push([...milliseconds!]);
  runner.cores.push(cores!);
  runner.rssBytes = rssBytes!;
}

function summary(
  {engine, rounds, cores, rssBytes}: Runner,
  runners: readonly Runner[],
  net: NetName,
  batch: number,
  {threads}: TimingOptions,
): TimingRow {
  const all = rounds.flat();
  const [reference] = runners;
  const ratios = rounds.map((values, i) => median(values) / median(reference!.rounds[i]!));
  return {
    net,
    batch,
    engine,
    threads: engine === 'wasm' ? 1 : threads,
    medianMs: median(all),
    spreadMs: interquartileRange(all),
    ratioTo: engine === reference!.engine ? {} : {[reference!.engine]: median(ratios)},
    steps: all.length,
    rounds: rounds.length,
    cores: median(cores),
    rssMb: rssBytes / 2 ** 20,
  };
}
