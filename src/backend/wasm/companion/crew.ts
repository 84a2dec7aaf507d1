/**
 * Threads that run kernels of the companion module beside the caller, in the same memory.
 *
 * The calls of one job lie in a table; each thread takes the next one until there is none. What a call writes does not
 * depend on who makes it, so results do not depend on the number of threads.
 */
import {Worker} from 'node:worker_threads';

/** Places in the shared integers; the table follows, a row a call. */
const [generation, nextCall, numCalls, numDone, failed, tableStart] = [0, 1, 2, 3, 4, 16];
/** [number of the kernel, place of the scratch among its arguments or -1, number of arguments, arguments …]. */
const rowLength = 24;
const maxCalls = 4096;

/** Looks before a thread goes to sleep; waking costs more than a short wait. */
const looks = 20_000;

const memberSource = `
const {workerData: {module, memory, shared, thread, names}} = require('node:worker_threads');
const state = new Int32Array(shared);
const kernels = new WebAssembly.Instance(module, {env: {memory}}).exports;
for (let seen = 0;;) {
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
      if (state[row + 1] >= 0) args[state[row + 1]] += thread * state[${tableStart - 1}];
      kernels[names[state[row]]](...args);
    }
  } catch {
    Atomics.store(state, ${failed}, 1);
  }
  Atomics.add(state, ${numDone}, 1);
  Atomics.notify(state, ${numDone});
}`;

/** Where in a call the address of the scratch stands, and how many bytes of it each thread has, one after the other. */
export interface Scratch {
  readonly place: number;
  readonly bytes: number;
}

export class Crew {
  private readonly state: Int32Array;
  private readonly members: number;

  /** @param threads with the caller's own. */
  constructor(
    threads: number,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    private readonly names: readonly string[],
  ) {
    const shared = new SharedArrayBuffer(4 * (tableStart + rowLength * maxCalls));
    this.state = new Int32Array(shared);
    this.members = threads - 1;
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
  }

  /** Makes all calls of one kernel, on all threads; returns when all are made. */
  run(
    name: string,
    kernel: (...numbers: number[]) => unknown,
    calls: readonly (readonly number[])[],
    scratch: Scratch,
  ): void {
    for (let from = 0; from < calls.length; from += maxCalls) {
      this.runSome(name, kernel, calls.slice(from, from + maxCalls), scratch);
    }
  }

  private runSome(
    name: string,
    kernel: (...numbers: number[]) => unknown,
    calls: readonly (readonly number[])[],
    {place, bytes}: Scratch,
  ): void {
    const {state} = this;
    state[tableStart - 1] = bytes;
    calls.forEach((args, i) => {
      state.set([this.names.indexOf(name), place, args.length, ...args], tableStart + i * rowLength);
    });
    Atomics.store(state, numCalls, calls.length);
    Atomics.store(state, nextCall, 0);
    Atomics.store(state, numDone, 0);
    Atomics.add(state, generation, 1);
    Atomics.notify(state, generation);
    for (;;) {
      const call = Atomics.add(state, nextCall, 1);
      if (call >= calls.length) break;
      kernel(...calls[call]!);
    }
    // A member that has not woken yet, or not even started, finds nothing left to do; but it must have looked.
    for (let i = 0; i < looks && Atomics.load(state, numDone) < this.members; i++);
    for (let done = Atomics.load(state, numDone); done < this.members; done = Atomics.load(state, numDone)) {
      Atomics.wait(state, numDone, done, 1000);
    }
    if (Atomics.load(state, failed)) throw new Error(`A thread of the wasm backend failed in ${name}.`);
  }
}
