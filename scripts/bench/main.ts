/** `npm run bench`: parity first, then the steps in turns, then what else is measured; see scripts/bench.mjs. */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {selectBackend} from '../../src/backend/select';
import {UserError} from '../../src/core/checks';
import {faults} from './check';
import {type EngineName, engines, isAvailable, variantOf} from './engines';
import {writeExchange} from './exchange';
import {inChild} from './in-child';
import type {CompileTimeRow} from './measures/compile-time';
import type {CompletionRow, GenerationRow} from './measures/completion';
import type {EqualityRow} from './measures/equality';
import type {MemoryRow} from './measures/memory';
import {measureStartup} from './measures/startup';
import type {TimelineRow} from './measures/timeline';
import type {GameName, NetName} from './nets/nets';
import {type BenchOptions, readOptions} from './options';
import {writePage} from './page/page';
import {printRows} from './page/terminal';
import {checkParity} from './parity';
import {type Conditions, merge, type Results, readResults, writeResults} from './results';
import {timeEngines} from './timing';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  mkdirSync(options.out, {recursive: true});
  const bench = new Bench(options, join(options.out, 'results.json'));
  // Weights and batches are made here; the engines that are measured run in processes of their own.
  process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
  await selectBackend();
  for (const part of options.parts) await bench[part]();
  await bench.finish();
}

class Bench {
  private results: Results;

  constructor(
    private readonly options: BenchOptions,
    private readonly file: string,
  ) {
    this.results = readResults(file);
  }

  async parity(): Promise<void> {
    for (const net of this.games) {
      for (const batch of this.options.batches) {
        const names: EngineName[] = [
          'eager',
          ...this.engines.filter(name => name !== 'eager' && variantOf(name) === name),
        ];
        const rows = await this.withExchange(net, batch, folder =>
          checkParity(net, batch, names, this.maxThreads, folder),
        );
        this.update(results => merge(results, 'parity', ['net', 'batch', 'engine'], rows));
        for (const {engine, agrees, error, loss, gradient, laterLoss} of rows) {
          const figures = [loss, gradient, laterLoss].map(value => value.toExponential(1)).join(', ');
          console.log(`parity ${net} ${batch} ${engine}: ${error ?? `${agrees ? 'agrees' : 'DIFFERS'} (${figures})`}`);
        }
      }
    }
  }

  /** No speed without parity: an engine that does not agree, or was not asked, is left out. */
  async steps(): Promise<void> {
    const {rounds, roundMs, patienceSeconds} = this.options;
    for (const net of this.options.nets) {
      for (const batch of this.options.batches) {
        const agreeing = this.engines.filter(engine =>
          net === 'flagship' ? engines[engine].ours : this.agrees(net, batch, engine),
        );
        for (const threads of this.options.threads) {
          const settings = {threads, rounds, roundMs, patienceSeconds};
          const names = agreeing.filter(engine => isDistinct(engine, threads));
          const outcome = await this.withExchange(net, batch, folder =>
            timeEngines(net, batch, names, {...settings, folder}),
          );
          const conditions = {...this.conditions(), load: outcome.loadBefore};
          const leftOut = Object.entries(outcome.failures).map(([engine, reason]) => ({
            net,
            batch,
            engine,
            threads,
            reason,
          }));
          this.update(results => {
            const isOld = (row: Results['leftOut'][number]) =>
              row.net === net &&
              row.batch === batch &&
              row.threads === threads &&
              agreeing.includes(row.engine as EngineName);
            results.leftOut = [...results.leftOut.filter(row => !isOld(row)), ...leftOut];
            const rows = outcome.rows.map(row => ({...row, ...conditions}));
            merge(results, 'rows', ['net', 'batch', 'engine', 'threads'], rows);
            Object.assign(results.versions, outcome.versions);
          });
          printRows(outcome.rows, leftOut);
        }
      }
    }
  }

  async equality(): Promise<void> {
    const {nets, batches, equalitySteps: steps} = this.options;
    for (const net of nets) {
      const batch = batches[0]!;
      const row = await inChild<EqualityRow>('equality', {net, batch, steps}, this.maxThreads);
      const conditions = this.conditions();
      this.update(results => merge(results, 'equality', ['net', 'batch'], [{...row, ...conditions}]));
      console.log(
        `equality ${net}: ${row.unequal} of ${row.compared} differ after ${row.steps} steps; losses by ${row.worstLoss}`,
      );
    }
  }

  async compileTime(): Promise<void> {
    const batch = this.options.batches[0]!;
    for (const net of this.options.nets) {
      for (const r1 of net === 'flagship' ? [false, true] : [false]) {
        const row = await inChild<CompileTimeRow>('compile-time', {net, batch, r1}, this.maxThreads);
        const conditions = this.conditions();
        this.update(results => merge(results, 'compileTime', ['net', 'batch', 'r1'], [{...row, ...conditions}]));
        console.log(
          `compiling ${net}${r1 ? ' with R1' : ''}: ${row.compileMs.toFixed(0)} ms (recording ${row.recordingMs.toFixed(0)}, loading ${row.loadingMs.toFixed(0)})`,
        );
      }
    }
  }

  async memory(): Promise<void> {
    const {nets, batches, memorySteps: steps} = this.options;
    for (const net of nets) {
      for (const engine of ['compiled', 'eager'] as const) {
        const row = await inChild<MemoryRow>('memory', {net, batch: batches[0]!, engine, steps}, this.maxThreads);
        const conditions = this.conditions();
        this.update(results => merge(results, 'memory', ['net', 'batch', 'engine'], [{...row, ...conditions}]));
        console.log(`memory ${net} ${engine}: ${row.growth.toFixed(3)} ×, ${row.newTensors} new tensors`);
      }
    }
  }

  async completion(): Promise<void> {
    for (const backend of ['native', 'wasm'] as const) {
      const {completion, generation} = await inChild<{completion: CompletionRow[]; generation: GenerationRow[]}>(
        'completion',
        {backend, calls: this.options.completionCalls},
        this.maxThreads,
      );
      const conditions = this.conditions();
      this.update(results => {
        const dated = <Row extends object>(rows: readonly Row[]) => rows.map(row => ({...row, ...conditions}));
        merge(results, 'completion', ['engine', 'given'], dated(completion));
        merge(results, 'generation', ['engine', 'count'], dated(generation));
      });
      for (const row of completion)
        console.log(
          `completion ${row.engine} given ${row.given}: ${row.medianMs.toFixed(2)} ms, 95 % ${row.p95Ms.toFixed(2)}`,
        );
      for (const row of generation)
        console.log(`generation ${row.engine}, ${row.count} a call: ${row.examplesPerSecond.toFixed(0)} a second`);
    }
  }

  async startup(): Promise<void> {
    const conditions = this.conditions();
    const rows = measureStartup(this.options.startupRuns);
    this.update(results => {
      const dated = rows.map(row => ({...row, ...conditions}));
      merge(results, 'startup', ['what'], dated);
    });
    for (const row of rows) console.log(`start-up, ${row.what}: ${row.medianMs.toFixed(0)} ms`);
  }

  async timeline(): Promise<void> {
    if (!isAvailable('tensorflow'))
      return console.log('timeline: left out, for want of .venv-bench (npm run bench -- --peers)');
    const batch = this.options.batches[0]!;
    for (const net of this.options.nets) {
      for (const threads of this.options.threads) {
        const rows = await inChild<TimelineRow[]>('timeline', {net, batch, threads}, threads);
        const conditions = this.conditions();
        const isOld = (row: TimelineRow) => row.net === net && row.batch === batch && row.threads === threads;
        this.update(results => {
          const dated = rows.map(row => ({...row, ...conditions}));
          results.timeline = [...results.timeline.filter(row => !isOld(row)), ...dated];
        });
        console.log(
          `timeline ${net}, ${threads} threads: ${rows
            .slice(0, 5)
            .map(({op, milliseconds, share}) => `${op} ${milliseconds.toFixed(2)} ms (${Math.round(100 * share)} %)`)
            .join(', ')}`,
        );
      }
    }
  }

  async finish(): Promise<void> {
    await writePage(this.options.out, this.results);
    console.log(`written: ${join(this.options.out, 'RESULTS.md')} and results.json`);
    if (!this.options.check) return;
    const found = faults(this.results);
    for (const fault of found) console.error(fault);
    if (found.length > 0) process.exitCode = 1;
  }

  private get games(): GameName[] {
    return this.options.nets.filter((net): net is GameName => net !== 'flagship');
  }

  private get engines(): EngineName[] {
    return this.options.engines.filter(isAvailable);
  }

  private get maxThreads(): number {
    return Math.max(...this.options.threads);
  }

  /** Channels-last differs from contiguous only where there are pictures. */
  private agrees(net: NetName, batch: number, engine: EngineName): boolean {
    if (engine === 'eager') return true;
    if (variantOf(engine) !== engine) return this.agrees(net, batch, variantOf(engine));
    if (engine === 'pytorch channels-last' && (net === 'perceptron' || net === 'lstm-text')) return false;
    return this.results.parity.some(
      row => row.net === net && row.batch === batch && row.engine === engine && row.agrees,
    );
  }

  private conditions(): Conditions {
    return {date: new Date().toISOString().slice(0, 10), load: loadavg()[0]!};
  }

  /** Several runs may write at the same time: each reads what there is, replaces its own rows, and writes. */
  private update(change: (results: Results) => void): void {
    this.results = readResults(this.file);
    change(this.results);
    writeResults(this.file, this.results);
  }

  private async withExchange<Answer>(
    net: NetName,
    batch: number,
    run: (folder: string) => Promise<Answer>,
  ): Promise<Answer> {
    const parent = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      return await run(net === 'flagship' ? parent : writeExchange(parent, net, batch));
    } finally {
      rmSync(parent, {recursive: true, force: true});
    }
  }
}

/** WebAssembly has one thread, whatever it is given, and is timed beside engines with one; with one thread every op has one. */
function isDistinct(engine: EngineName, threads: number): boolean {
  if (engine === 'wasm') return threads === 1;
  return threads > 1 || variantOf(engine) === engine;
}

main().catch((error: Error) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
