/** stdout and stderr of cells: caught, gathered into few pieces, each under the cell that wrote it. */
import {StringDecoder} from 'node:string_decoder';

type StreamName = 'stdout' | 'stderr';
type WriteCallback = (error?: Error | null) => void;

/** More than this is passed on at once, even from a loop that never pauses. */
const maxPendingChars = 65_536;
const maxPendingMs = 40;

export class Streams<Owner> {
  private pending: {owner: Owner; name: StreamName; text: string} | null = null;
  private scheduled = false;
  private flushedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param owner The cell that is writing; null for a write outside any cell, which goes to the kernel's own stream.
   * @param emit Passes a piece of text on.
   * @param written Called after each write.
   */
  constructor(
    private readonly owner: () => Owner | null,
    private readonly emit: (owner: Owner, name: StreamName, text: string) => void,
    private readonly written: () => void,
  ) {}

  /** Replaces `process.stdout.write` and `process.stderr.write` for good. */
  install(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = process[name];
      const original = stream.write.bind(stream);
      const decoder = new StringDecoder('utf8');
      const write = (
        chunk: string | Uint8Array,
        encoding?: BufferEncoding | WriteCallback,
        callback?: WriteCallback,
      ): boolean => {
        const owner = this.owner();
        if (owner === null) return original(chunk as string, encoding as BufferEncoding, callback);
        this.add(owner, name, typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)));
        const done = typeof encoding === 'function' ? encoding : callback;
        if (done) process.nextTick(done);
        this.written();
        return true;
      };
      stream.write = write as typeof stream.write;
      // Progress bars move a cursor when they believe in a terminal; a notebook has none.
      stream.isTTY = false;
    }
  }

  /** Passes on what is pending; called before anything else is shown, so that the order stays. */
  flush(): void {
    const pending = this.pending;
    this.pending = null;
    if (pending) this.flushedAt = Date.now();
    if (pending && pending.text !== '') this.emit(pending.owner, pending.name, pending.text);
  }

  /** The turn of the loop in which `flush` was due may have been lost. */
  restart(): void {
    this.scheduled = false;
    this.flush();
  }

  private add(owner: Owner, name: StreamName, text: string): void {
    const now = Date.now();
    if (this.pending && (this.pending.owner !== owner || this.pending.name !== name)) this.flush();
    this.pending ??= {owner, name, text: ''};
    this.pending.text += text;
    // The first words after a silence go out at once: a loop that never pauses may follow them.
    if (this.pending.text.length > maxPendingChars || now - this.flushedAt > maxPendingMs) this.flush();
    else if (!this.scheduled) this.schedule();
  }

  private schedule(): void {
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }
}
