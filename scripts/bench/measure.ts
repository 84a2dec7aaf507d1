/**
 * One measurement in a process of its own, with a fresh engine; the answer is the last line, as JSON.
 *
 * Called as:  node --expose-gc --import tsx scripts/bench/measure.ts KIND JSON
 */
import {selectBackend} from '../../src/backend/select';
import {measureCompileTime} from './measures/compile-time';
import {measureCompletion} from './measures/completion';
import {measureEquality} from './measures/equality';
import {measureMemory} from './measures/memory';
import {measureTimeline} from './measures/timeline';
import type {NetName} from './nets/nets';

export interface MeasureOptions {
  readonly backend?: 'native' | 'wasm';
  readonly net?: NetName;
  readonly batch?: number;
  readonly steps?: number;
  readonly calls?: number;
  readonly engine?: 'compiled' | 'eager';
  readonly threads?: number;
  readonly r1?: boolean;
}

const kinds: Record<string, (options: Required<MeasureOptions>) => Promise<unknown>> = {
  'compile-time': ({net, batch, r1}) => measureCompileTime(net, batch, r1),
  completion: ({calls}) => measureCompletion(calls),
  equality: ({net, batch, steps}) => measureEquality(net, batch, steps),
  memory: ({net, batch, engine, steps}) => measureMemory(net, batch, engine, steps),
  timeline: ({net, batch, threads}) => measureTimeline(net, batch, threads),
};

async function main(): Promise<void> {
  const [kind, json] = process.argv.slice(2) as [string, string];
  const options = JSON.parse(json) as Required<MeasureOptions>;
  const backend = await selectBackend({prefer: options.backend ?? 'native'});
  if (backend.name !== (options.backend ?? 'native')) throw new Error(backend.line);
  console.log(JSON.stringify(await kinds[kind]!(options)));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
