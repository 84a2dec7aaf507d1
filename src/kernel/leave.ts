/**
 * The last way to stop a cell: code that never pauses, outside the cell's synchronous part, notices no signal and no
 * message. The sockets' thread then asks the engine, through the inspector, to leave that code. Torn out of the wrong
 * place this would break the kernel itself; so both threads meet first, with the main thread stopped where it is.
 */
import {Session as Inspector} from 'node:inspector';
import {dirname, sep} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {slots} from './link';

const question: unique symbol = Symbol.for('multimodal-gan.mayLeave') as never;
/** How long the main thread stands still for the other one. */
const meetingMs = 2000;
const pollMs = 2;
const safePointMs = 200;

/** Stands for the code of cells that have ended, where a serial number stands for a cell that runs. */
export const abandoned = -1;

/**
 * Main thread: answers, from within whatever is running, whether that may be left.
 *
 * @param isAbandoned Whether the code that is running belongs to a cell that has ended and is not wanted any more.
 */
export function allowLeaving(state: Int32Array, isAbandoned: () => boolean): void {
  const answer = (serial: number): boolean => {
    if (Atomics.load(state, slots.leavable) !== 1 || !runsUserCode()) return false;
    if (serial === abandoned ? !isAbandoned() : Atomics.load(state, slots.running) !== serial) return false;
    Atomics.store(state, slots.go, 0);
    Atomics.store(state, slots.offered, serial);
    // Until the order to leave lies in the inspector's queue, which is read on before the code goes on.
    Atomics.wait(state, slots.go, 0, meetingMs);
    Atomics.store(state, slots.offered, 0);
    return true;
  };
  Object.defineProperty(globalThis, question, {value: answer, enumerable: false});
}

/**
 * Main thread: called at the end of whatever cells call in the kernel. A loop that does nothing but write would be found
 * in the kernel's code every time; here it may be left.
 */
export function safePoint(state: Int32Array): void {
  const wanted = Atomics.load(state, slots.leaving);
  if (wanted === 0) return;
  const end = Date.now() + safePointMs;
  while (Date.now() < end && Atomics.load(state, slots.leaving) === wanted);
}

/** Sockets' thread: asks once. Resolves to false where the main thread was idle or in code of the kernel. */
export async function leave(state: Int32Array, serial: number): Promise<boolean> {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  try {
    let answered = false;
    const asked = new Promise<void>(resolve => {
      const expression = `globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(question))})](${serial})`;
      inspector.post('Runtime.evaluate', {expression, silent: true}, () => {
        answered = true;
        resolve();
      });
    });
    while (!answered && Atomics.load(state, slots.offered) !== serial) await sleep(pollMs);
    if (answered) return false;
    inspector.post('Runtime.terminateExecution');
    Atomics.store(state, slots.go, 1);
    Atomics.notify(state, slots.go);
    await asked;
    return true;
  } finally {
    inspector.disconnect();
  }
}

const kernelFolder = dirname(__filename) + sep;
const protectedParts = [`${sep}tslab${sep}dist${sep}`, `${sep}typescript-for-tslab${sep}`];

/** Whether the innermost function that is not Node's own belongs to a cell or to a library of the cell. */
function runsUserCode(): boolean {
  const {prepareStackTrace, stackTraceLimit} = Error;
  Error.stackTraceLimit = 100;
  Error.prepareStackTrace = (_error, sites) => sites;
  const holder: {stack?: NodeJS.CallSite[]} = {};
  Error.captureStackTrace(holder, runsUserCode);
  // The first is the answer above; the inspector's expression has no file.
  const frames = (holder.stack ?? [])
    .slice(1)
    .map(site => [site.getScriptNameOrSourceURL() ?? '', site.getFunctionName()]);
  Object.assign(Error, {prepareStackTrace, stackTraceLimit});
  const [file, name] = frames.find(([script]) => script && !script.startsWith('node:')) ?? [];
  if (!file) return false;
  if (file === __filename) return name === safePoint.name;
  return !file.startsWith(kernelFolder) && !protectedParts.some(part => file.includes(part));
}
