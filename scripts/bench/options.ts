/** What `npm run bench` is told. */
import {availableParallelism} from 'node:os';
import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {unknownChoice} from '../../src/core/checks';
import {type EngineName, engineNames} from './engines';
import {type NetName, netNames} from './nets/nets';

export const partNames = [
  'parity',
  'steps',
  'equality',
  'compileTime',
  'memory',
  'completion',
  'startup',
  'timeline',
] as const;
export type PartName = (typeof partNames)[number];

export interface BenchOptions {
  readonly parts: readonly PartName[];
  readonly nets: readonly NetName[];
  readonly batches: readonly number[];
  readonly engines: readonly EngineName[];
  readonly threads: readonly number[];
  readonly rounds: number;
  /** Every engine's share of a round, about. */
  readonly roundMs: number;
  /** Until an engine is given up. */
  readonly patienceSeconds: number;
  readonly equalitySteps: number;
  readonly memorySteps: number;
  readonly completionCalls: number;
  readonly startupRuns: number;
  /** Fails when engines disagree, or compiled steps are not clearly faster than plain ones. */
  readonly check: boolean;
  /** Folder of results.json and RESULTS.md. */
  readonly out: string;
}

const full = {
  rounds: 12,
  roundMs: 150,
  patienceSeconds: 180,
  equalitySteps: 500,
  memorySteps: 2000,
  completionCalls: 200,
  startupRuns: 9,
};
/** Seconds, for a test that everything runs: no figure of it is worth reading. */
const quick = {
  rounds: 3,
  roundMs: 30,
  patienceSeconds: 60,
  equalitySteps: 20,
  memorySteps: 100,
  completionCalls: 5,
  startupRuns: 1,
};

/** @throws UserError for a name that is not known. */
export function readOptions(args: readonly string[]): BenchOptions {
  const {values} = parseArgs({
    args: [...args],
    options: {
      quick: {type: 'boolean', default: false},
      check: {type: 'boolean', default: false},
      only: {type: 'string'},
      nets: {type: 'string'},
      batches: {type: 'string'},
      engines: {type: 'string'},
      threads: {type: 'string'},
      rounds: {type: 'string'},
      out: {type: 'string'},
    },
  });
  const amounts = values.quick ? quick : full;
  const quickParts: readonly PartName[] = ['parity', 'steps', 'equality'];
  const cores = availableParallelism();
  return {
    ...amounts,
    check: values.check,
    parts: chosen('part', values.only, partNames, values.quick ? quickParts : partNames),
    nets: chosen('net', values.nets, netNames, values.quick ? ['perceptron'] : netNames),
    batches: numbers(values.batches) ?? (values.quick ? [8] : [64, 256]),
    engines: chosen('engine', values.engines, engineNames, values.quick ? ['compiled', 'eager', 'wasm'] : engineNames),
    threads: numbers(values.threads) ?? (values.quick || cores === 1 ? [1] : [2, 1]),
    rounds: numbers(values.rounds)?.[0] ?? amounts.rounds,
    out: resolve(values.out ?? resolve(__dirname, '..', '..', 'benchmarks')),
  };
}

function chosen<Name extends string>(
  what: string,
  text: string | undefined,
  all: readonly Name[],
  usual: readonly Name[],
): readonly Name[] {
  if (text === undefined) return usual;
  return text.split(',').map(name => {
    const known = all.find(one => one === name.trim());
    if (!known) throw unknownChoice(what, name, all);
    return known;
  });
}

function numbers(text: string | undefined): number[] | undefined {
  return text?.split(',').map(Number);
}
