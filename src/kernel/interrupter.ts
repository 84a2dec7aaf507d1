/** Stops cells, from the sockets' thread: politely, then firmly, and also those that had seemed to end. */
import {setTimeout as sleep} from 'node:timers/promises';
import {abandoned, leave} from './leave';
import {phases, slots, type ToMain} from './link';

/** How long the main thread may take to notice an interrupt by itself. */
const noticeMs = 250;
/** How long the main thread may be silent after an interrupt before it counts as held up by the interrupted code. */
const silenceMs = 500;
/** For how long code of an interrupted cell is looked for. */
const watchMs = 60_000;
const retryMs = 20;

export class Interrupter {
  /** Interrupts that are under way; looking for abandoned code waits for them. */
  private stopping = 0;
  private turn: Promise<void> = Promise.resolve();
  private watching = false;
  private watchUntil = 0;
  private lastPing = 0;

  constructor(
    private readonly state: Int32Array,
    private readonly tell: (message: ToMain) => void,
  ) {}

  async interrupt(): Promise<void> {
    const serial = this.read(slots.running);
    if (serial !== 0) {
      this.stopping += 1;
      await this.stopCell(serial);
      this.stopping -= 1;
    } else Atomics.store(this.state, slots.requested, abandoned);
    this.watchUntil = Date.now() + watchMs;
    await this.watchAbandoned();
  }

  /** Code that awaits is stopped by a message; other code, and code that does not come round to it, is left. */
  private async stopCell(serial: number): Promise<void> {
    const stillRuns = () => this.read(slots.running) === serial && this.read(slots.noticed) !== serial;
    const inPhase = (phase: number) => stillRuns() && this.read(slots.phase) === phase;
    Atomics.store(this.state, slots.requested, serial);
    this.tell({kind: 'interrupt', serial});
    while (inPhase(phases.compiling)) await sleep(retryMs / 4);
    await this.leaveWhile(serial, () => inPhase(phases.running));
    for (let waitedMs = 0; waitedMs < noticeMs && stillRuns(); waitedMs += retryMs) await sleep(retryMs);
    await this.leaveWhile(serial, stillRuns);
  }

  /**
   * An interrupted cell has ended for Jupyter, but its code may go on after its next `await`, and then hold the thread up
   * for ever. So for a while a main thread that does not answer is told to leave code of such cells, and only that.
   */
  private async watchAbandoned(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    while (Date.now() < this.watchUntil) {
      const ping = ++this.lastPing;
      this.tell({kind: 'ping', ping});
      await sleep(silenceMs);
      await this.leaveWhile(abandoned, () => this.stopping === 0 && this.read(slots.pong) !== ping, silenceMs / 2);
    }
    this.watching = false;
  }

  /** One at a time: two inspectors in one thread would answer each other's question. */
  private leaveWhile(serial: number, wanted: () => boolean, pauseMs = retryMs): Promise<void> {
    this.turn = this.turn.then(async () => {
      let left = false;
      while (!left && wanted() && this.read(slots.leavable) === 1) {
        Atomics.store(this.state, slots.leaving, serial);
        left = await leave(this.state, serial);
        if (left) this.tell({kind: 'terminated', serial});
        else await sleep(pauseMs);
      }
      Atomics.store(this.state, slots.leaving, 0);
    });
    return this.turn;
  }

  private read(slot: number): number {
    return Atomics.load(this.state, slot);
  }
}
