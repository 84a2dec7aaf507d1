/** The thread behind `readNow`: one picture at a time, and a wake-up call when it is there. */
import {type MessagePort, workerData} from 'node:worker_threads';
import {readBounded} from './inside';
import type {NowAnswer, NowOrder} from './read-now';
import {readPicture} from './read-picture';

const {port, shared} = workerData as {port: MessagePort; shared: SharedArrayBuffer};
const signal = new Int32Array(shared);

port.on('message', async ({request, spec, maxBytes}: NowOrder) => {
  let answer: NowAnswer;
  try {
    if (spec.kind !== 'image') throw new Error('sounds are read without a thread');
    const {pixels} = await readPicture(readBounded(request.file, maxBytes, request.title), spec, request.title);
    answer = {pixels};
  } catch (error) {
    answer = {problem: (error as Error).message};
  }
  port.postMessage(answer);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
