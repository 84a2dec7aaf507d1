/**
 * Threads that do the tasks of a job together with the caller, who waits: a metric stays a plain function that returns a number.
 * Tasks are taken from a counter, so that a slow thread takes fewer.
 */
import {Worker} from 'node:worker_threads';

/** Jobs of many independent tasks; their arguments are explained in scripts/kernels/numeric.ts. */
const jobs = [
  'productTask',
  'symmetricTimesVectorTask',
  'nearestOthersTask',
  'nearestRowsTask',
  'ballsTask',
  'cubicKernelTask',
] as const;

export type JobName = (typeof jobs)[number];

export interface Crew {
  /** @param own does a task on the caller's thread, number 0. Returns when every task is done. */
  run(job: JobName, count: number, own: (task: number, thread: number) => void): void;
  close(): void;
}

/** Places in the shared integers. A member's own place follows `members`: 0 starting, 1 ready, 2 given up. */
const [generation, jobNumber, numTasks, nextTask, numDone, failed, members] = [0, 1, 2, 3, 4, 5, 6];

/** Looks before a thread goes to sleep; waking costs more than a short wait. */
const looks = 3000;

const memberSource = `
const {workerData: {module, memory, shared, thread, jobs}} = require('node:worker_threads');
const state = new Int32Array(shared);
const kernels = new WebAssembly.Instance(module, {env: {memory}}).exports;
const ready = Atomics.compareExchange(state, ${members} + thread, 0, 1) === 0;
Atomics.notify(state, ${members} + thread);
for (let seen = 0; ready; ) {
  for (let i = 0; i < ${looks} && Atomics.load(state, ${generation}) === seen; i++);
  Atomics.wait(state, ${generation}, seen);
  seen = Atomics.load(state, ${generation});
  const job = Atomics.load(state, ${jobNumber});
  if (job < 0) break;
  try {
    for (;;) {
      const task = Atomics.add(state, ${nextTask}, 1);
      if (task >= Atomics.load(state, ${numTasks})) break;
      kernels[jobs[job]](task, thread, 0);
    }
  } catch {
    Atomics.store(state, ${failed}, 1);
  }
  Atomics.add(state, ${numDone}, 1);
  Atomics.notify(state, ${numDone});
}`;

/** @param threads with the caller's own. A member that is not ready within two seconds is done without. */
export function startCrew(threads: number, module: WebAssembly.Module, memory: WebAssembly.Memory): Crew {
  const shared = new SharedArrayBuffer(4 * (members + threads));
  const state = new Int32Array(shared);
  for (let thread = 1; thread < threads; thread++) {
    // Without execArgv: what the program was started with (a loader for TypeScript, say) is nothing to a member, and slow to load.
    const worker = new Worker(memberSource, {
      eval: true,
      execArgv: [],
      workerData: {module, memory, shared, thread, jobs},
    });
    worker.on('error', () => {});
    worker.unref();
  }
  let ready = 0;
  for (let thread = 1; thread < threads; thread++) {
    Atomics.wait(state, members + thread, 0, 2000);
    if (Atomics.compareExchange(state, members + thread, 0, 2) === 1) ready++;
  }
  const wake = (): void => {
    Atomics.add(state, generation, 1);
    Atomics.notify(state, generation);
  };
  return {
    run(job, count, own) {
      Atomics.store(state, jobNumber, jobs.indexOf(job));
      Atomics.store(state, numTasks, count);
      Atomics.store(state, nextTask, 0);
      Atomics.store(state, numDone, 0);
      wake();
      for (;;) {
        const task = Atomics.add(state, nextTask, 1);
        if (task >= count) break;
        own(task, 0);
      }
      for (let i = 0; i < looks && Atomics.load(state, numDone) < ready; i++);
      for (let done = Atomics.load(state, numDone); done < ready; done = Atomics.load(state, numDone)) {
        Atomics.wait(state, numDone, done, 1000);
      }
      if (Atomics.load(state, failed)) throw new Error(`a thread failed in ${job}`);
    },
    close() {
      Atomics.store(state, jobNumber, -1);
      wake();
    },
  };
}
