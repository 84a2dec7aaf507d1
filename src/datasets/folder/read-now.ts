/** Reads a part while the caller waits. sharp answers later only, so a thread of its own reads and wakes the caller. */
import {MessageChannel, type MessagePort, receiveMessageOnPort} from 'node:worker_threads';
import {exitCodes, UserError} from '../../core/checks';
import {readBounded} from './inside';
import type {PartRequest} from './part-pool';
import type {FileModality} from './read-part';
import {readSound} from './read-sound';
import {startThread} from './thread';

export interface NowOrder {
  readonly request: PartRequest;
  readonly spec: FileModality;
  readonly maxBytes: number;
}
export type NowAnswer = {readonly pixels: Uint8Array} | {readonly problem: string};

/** @throws UserError when the file cannot be read as this part. */
export function readNow(
  request: PartRequest,
  {spec, maxBytes}: {readonly spec: FileModality; readonly maxBytes: number},
): Uint8Array | Float32Array {
  if (spec.kind === 'audio')
    return readSound(readBounded(request.file, maxBytes, request.title), spec, request.title).samples;
  reader ??= startReader();
  const {port, signal} = reader;
  Atomics.store(signal, 0, 0);
  port.postMessage({request, spec, maxBytes} satisfies NowOrder);
  Atomics.wait(signal, 0, 0, timeoutMs);
  const answer = receiveMessageOnPort(port)?.message as NowAnswer | undefined;
  if (!answer)
    throw new UserError(
      `Expected ${request.title} to be read within ${timeoutMs / 1000} s, got nothing.`,
      exitCodes.input,
    );
  if ('problem' in answer) throw new UserError(answer.problem, exitCodes.input);
  return answer.pixels;
}

const timeoutMs = 60_000;
let reader: {readonly port: MessagePort; readonly signal: Int32Array} | undefined;

function startReader(): NonNullable<typeof reader> {
  const shared = new SharedArrayBuffer(4);
  const {port1, port2} = new MessageChannel();
  const worker = startThread('now-worker', {workerData: {port: port2, shared}, transferList: [port2]});
  worker.unref();
  port1.unref();
  return {port: port1, signal: new Int32Array(shared)};
}
