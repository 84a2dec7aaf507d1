/**
 * Threads that run kernels of a WebAssembly module beside the caller, in the same memory. The caller waits, so that what uses
 * them stays a plain function.
 *
 * The calls of one job lie in a table; each thread takes the next one until there is none, so a slow one takes fewer. What a
 * call writes does not depend on who makes it, so results do not depend on the number of threads.
 */
import {Worker} from 'node:worker_threads';

type Numbers = readonly number[];

/** Places in the shared integers; the table follows, a row a call, and then a place for each member. */
const [generation, nextCall, numCalls, numDone, failed, threadStep, tableStart] = [0, 1, 2, 3, 4, 5, 16];
/** [number of the kernel, place of the argument that differs by thread or -1, number of arguments, arguments …]. */
const rowLength = 24;
const maxCalls = 4096;
/** Of a member: 0 starting, 1 ready, 2 given up. */
const members = tableStart + rowLength * maxCalls;

/** Looks before a thread goes to sleep; waking costs more than a short wait. */
const looks = 20_000;

const memberSource = `
const {workerData: {module, memory, shared, thread, names}} = require('node:worker_threads');
const state = new Int32Array(shared);
const kernels = new WebAssembly.Instance(module, {env: {memory}}).exports;
const ready = Atomics.compareExchange(state, ${members} + thread, 0, 1) === 0;
Atomics.notify(state, ${members} + thread);
for (let seen = 0; ready; ) {
  for (let i = 0; i < ${looks} && Atomics.load(state, ${generation}) === seen; i++);
  Atomics.wait(state, ${generation}, seen);
  seen = Atomics.load(state, ${generation});
  if (Atomics.load(state, ${numCalls}) < 0) break;
  try {
    for (;;) {
      const call = Atomics.add(state, ${nextCall}, 1);
      if (call >= Atomics.load(state, ${numCalls})) break;
      const row = ${tableStart} + call * ${rowLength};
      const args = Array.from(state.subarray(row + 3, row + 3 + state[row + 2]));
      if (state[row + 1] >= 0) args[state[row + 1]] += thread * state[${threadStep}];
      kernels[names[state[row]]](...args);
    }
  } catch {
    Atomics.store(state, ${failed}, 1);
  }
  Atomics.add(state, ${numDone}, 1);
  Atomics.notify(state, ${numDone});
}`;

/** Argument number `place` (-1: none) is `step` larger for each further thread: the address of its scratch, or its number. */
export interface ByThread {
  readonly place: number;
  readonly step: number;
}

export class Crew {
  private readonly state: Int32Array;
  private numReady = 0;

  /**
   * @param threads with the caller's own. A member that is not ready within two seconds is done without.
   * @param names of the kernels that will be asked for; their arguments are 32-bit integers, at most 21.
   */
  constructor(
    threads: number,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    private readonly names: readonly string[],
  ) {
    const shared = new SharedArrayBuffer(4 * (members + threads));
    const state = new Int32Array(shared);
    this.state = state;
    for (let thread = 1; thread < threads; thread++) {
      // Without execArgv: what the program was started with (a loader for TypeScript, say) is nothing to a member.
      const member = new Worker(memberSource, {
        eval: true,
        execArgv: [],
        workerData: {module, memory, shared, thread, names},
      });
      member.on('error', () => {});
      member.unref();
    }
    for (let thread = 1; thread < threads; thread++) {
      Atomics.wait(state, members + thread, 0, 2000);
      if (Atomics.compareExchange(state, members + thread, 0, 2) === 1) this.numReady++;
    }
  }

  /** Makes all calls of one kernel, on all threads; returns when all are made. */
  run(name: string, kernel: (...numbers: number[]) => unknown, calls: readonly Numbers[], byThread: ByThread): void {
    for (let from = 0; from < calls.length; from += maxCalls) {
      this.runSome(name, kernel, calls.slice(from, from + maxCalls), byThread);
    }
  }

  /** Ends the threads. */
  close(): void {
    Atomics.store(this.state, numCalls, -1);
    this.wake();
  }

  private runSome(
    name: string,
    kernel: (...numbers: number[]) => unknown,
    calls: readonly Numbers[],
    {place, step}: ByThread,
  ): void {
    const {state, numReady} = this;
    const number = this.names.indexOf(name);
    state[threadStep] = step;
    calls.forEach((args, i) => {
      state.set([number, place, args.length, ...args], tableStart + i * rowLength);
    });
    Atomics.store(state, numCalls, calls.length);
    Atomics.store(state, nextCall, 0);
    Atomics.store(state, numDone, 0);
    this.wake();
    for (;;) {
      const call = Atomics.add(state, nextCall, 1);
      if (call >= calls.length) break;
      kernel(...calls[call]!);
    }
    // A member that wakes late finds nothing left to do; but it must have looked.
    for (let i = 0; i < looks && Atomics.load(state, numDone) < numReady; i++);
    for (let done = Atomics.load(state, numDone); done < numReady; done = Atomics.load(state, numDone)) {
      Atomics.wait(state, numDone, done, 1000);
    }
    if (Atomics.load(state, failed)) throw new Error(`A thread failed in ${name}.`);
  }

  private wake(): void {
    Atomics.add(this.state, generation, 1);
    Atomics.notify(this.state, generation);
  }
}
