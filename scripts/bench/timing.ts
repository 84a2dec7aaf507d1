/** Steps in turns: every engine a few, many rounds, one at a time, so that what the machine does else hits all alike. */
import {cpus, loadavg} from 'node:os';
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
  /** Rounds that were played again, because other programs took more than a twentieth of a core meanwhile. */
  readonly disturbedRounds: number;
  /** Cores that other programs took in the rounds that count, mean. */
  readonly othersCores: number;
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

/** Cores that other programs may take in a round that counts; a clock that ticks 100 times a second measures no finer. */
const quietCores = 0.05;
/** So many times the rounds that are wanted are played at most; then the quietest count. */
const patience = 3;

interface Turn {
  readonly milliseconds: readonly number[];
  readonly cores: number;
}

interface Round {
  readonly othersCores: number;
  readonly turns: ReadonlyMap<Runner, Turn>;
}

interface Runner {
  readonly engine: EngineName;
  readonly worker: Worker;
  /** Steps a round. */
  steps: number;
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
  const rounds: Round[] = [];
  try {
    for (const engine of names) {
      const runner = await ready(engine, net, batch, options).catch((error: Error) => {
        failures[engine] = error.message;
        return null;
      });
      if (runner) runners.push(runner);
    }
    rounds.push(...(await playRounds(runners, options.rounds)));
  } finally {
    for (const {worker} of runners) worker.stop();
  }
  const versions = Object.fromEntries(runners.map(({engine, worker}) => [engine, worker.version]));
  return {
    rows: runners.map(runner => summary(runner, runners[0]!, rounds, net, batch, options)),
    versions,
    failures,
    loadBefore,
  };
}

async function ready(engine: EngineName, net: NetName, batch: number, options: TimingOptions): Promise<Runner> {
  const {threads, folder, patienceSeconds, roundMs} = options;
  const worker = await Worker.start(engine, threads);
  try {
    await worker.ask({command: 'load', net, batch, folder}, patienceSeconds);
    const {milliseconds} = await worker.ask({command: 'time', steps: engines[engine].warmup}, patienceSeconds);
    // The last of them are steps as they will be.
    const steps = Math.max(1, Math.min(20, Math.round(roundMs / median(milliseconds!.slice(-2)))));
    return {engine, worker, steps, rssBytes: 0};
  } catch (error) {
    worker.stop();
    throw error;
  }
}

async function playRounds(runners: readonly Runner[], wanted: number): Promise<Round[]> {
  const rounds: Round[] = [];
  const quiet = () => rounds.filter(({othersCores}) => othersCores <= quietCores).length;
  for (let i = 0; i < wanted * patience && quiet() < wanted; i++) {
    // Another one begins each time, so that nobody always follows the same neighbour's caches.
    const order = runners.map((_, k) => runners[(i + k) % runners.length]!);
    const [busy, begin] = [busySeconds(), performance.now()];
    const turns = new Map<Runner, Turn>();
    let ours = 0;
    for (const runner of order) {
      const {turn, processorSeconds} = await play(runner);
      turns.set(runner, turn);
      ours += processorSeconds;
    }
    const seconds = (performance.now() - begin) / 1000;
    rounds.push({turns, othersCores: Math.max(0, busySeconds() - busy - ours) / seconds});
  }
  return rounds;
}

/** The quietest; they stay in their order. */
function chosenRounds(rounds: readonly Round[], wanted: number): Round[] {
  const limit = rounds.map(({othersCores}) => othersCores).sort((a, b) => a - b)[Math.min(wanted, rounds.length) - 1]!;
  return rounds.filter(({othersCores}) => othersCores <= limit).slice(0, wanted);
}

/** The first step of a turn finds caches that another engine has filled; where steps are short it is not counted. */
async function play(runner: Runner): Promise<{turn: Turn; processorSeconds: number}> {
  const first = runner.steps > 1 ? await runner.worker.ask({command: 'time', steps: 1}) : {processorSeconds: 0};
  const {milliseconds, cores, rssBytes, processorSeconds} = await runner.worker.ask({
    command: 'time',
    steps: runner.steps,
  });
  runner.rssBytes = rssBytes!;
  return {
    turn: {milliseconds: milliseconds!, cores: cores!},
    processorSeconds: first.processorSeconds! + processorSeconds!,
  };
}

/** Seconds that all processors together have worked since the machine started. */
function busySeconds(): number {
  return cpus().reduce((sum, {times: {user, nice, sys, irq}}) => sum + user + nice + sys + irq, 0) / 1000;
}

function summary(
  runner: Runner,
  reference: Runner,
  played: readonly Round[],
  net: NetName,
  batch: number,
  {threads, rounds: wanted}: TimingOptions,
): TimingRow {
  const rounds = chosenRounds(played, wanted);
  const all = rounds.flatMap(({turns}) => turns.get(runner)!.milliseconds);
  const ratios = rounds.map(({turns}) => {
    const [mine, other] = [turns.get(runner)!, turns.get(reference)!];
    return median(mine.milliseconds) / median(other.milliseconds);
  });
  return {
    net,
    batch,
    engine: runner.engine,
    threads: runner.engine === 'wasm' ? 1 : threads,
    medianMs: median(all),
    spreadMs: interquartileRange(all),
    ratioTo: runner === reference ? {} : {[reference.engine]: median(ratios)},
    steps: all.length,
    rounds: rounds.length,
    disturbedRounds: played.length - rounds.length,
    othersCores: rounds.reduce((sum, {othersCores}) => sum + othersCores, 0) / rounds.length,
    cores: median(rounds.map(({turns}) => turns.get(runner)!.cores)),
    rssMb: runner.rssBytes / 2 ** 20,
  };
}
