/**
 * What the two threads of the kernel say to each other.
 *
 * The sockets live in a worker thread (channels.ts), cells run in the main thread (server.ts). So the kernel answers
 * heartbeats, interrupts and "who are you" while a cell computes without a pause, and output reaches the page at once.
 */
import type {Header, JsonObject} from './wire';

/** A request that the main thread answers. `id` finds the socket and the sender again. */
export interface Request {
  readonly id: number;
  readonly header: Header;
  readonly content: JsonObject;
}

export type ToMain =
  | {readonly kind: 'request'; readonly request: Request}
  /** Every request that had arrived before `fence` was asked for has been passed on. */
  | {readonly kind: 'fence'; readonly id: number}
  | {readonly kind: 'input'; readonly value: string}
  | {readonly kind: 'interrupt'; readonly serial: number}
  | {readonly kind: 'ping'; readonly ping: number}
  /** The engine was told to leave whatever the main thread was doing. */
  | {readonly kind: 'terminated'; readonly serial: number}
  | {readonly kind: 'shutdown'};

export type ToChannels =
  | {
      readonly kind: 'publish';
      readonly type: string;
      readonly parent: Header | null;
      readonly content: JsonObject;
      readonly metadata?: JsonObject;
      readonly buffers?: readonly Uint8Array[];
    }
  | {readonly kind: 'reply'; readonly id: number; readonly type: string; readonly content: JsonObject}
  | {readonly kind: 'fence'; readonly id: number}
  | {readonly kind: 'close'}
  | {readonly kind: 'input'; readonly id: number; readonly prompt: string; readonly password: boolean};

/** Slots of the shared Int32Array that both threads read without waiting for each other. */
export const slots = {
  /** Serial number of the cell that is running, 0 for none. */
  running: 0,
  /** One of `phases`. */
  phase: 1,
  /** Serial number of the cell that a client asked to interrupt. */
  requested: 2,
  /** Serial number of the cell whose interrupt was noticed by the main thread. */
  noticed: 3,
  /** 1 where the engine may be told to leave the running code; see contexts.ts and leave.ts. */
  leavable: 4,
  /** 1 once the sockets are closed and everything has been sent. */
  closed: 5,
  /** Serial number of the cell that the main thread offers to leave; it stands still meanwhile. */
  offered: 6,
  /** 1 when the order to leave has been given. */
  go: 7,
  /** Serial number of the cell that the sockets' thread is trying to leave. */
  leaving: 8,
  /** The last ping that the main thread has seen. */
  pong: 9,
  /** How many messages to publish the sockets' thread has taken. */
  taken: 10,
} as const;
export const numSlots = 11;

/** A cell that shows things faster than they can be sent is held back when so many wait. */
export const maxWaiting = 1000;

/** A cell runs without a pause first and may then await. While the compiler works it must not be torn away from its own state; the interrupt waits until it is done. */
export const phases = {idle: 0, compiling: 1, running: 2, awaiting: 3} as const;

export interface ChannelsData {
  readonly connectionFile: string;
  readonly shared: SharedArrayBuffer;
  /** The content of kernel_info_reply. */
  readonly info: JsonObject;
}
