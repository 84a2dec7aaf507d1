/** Everything for the IOPub channel, in order, a burst of output packed into few messages, each sent before the next. */
import type {Message} from './wire';

/** Text of one message at most; a page that shows it stays quick. */
const maxStreamChars = 262_144;
/** Output of this many milliseconds travels together; the end of the cell, or a result, does not wait for it. */
const gatherMs = 50;

export class OutputQueue {
  private queue: Message[] = [];
  private sending: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly send: (message: Message) => Promise<void>) {}

  /** Streams and updates may wait a moment for company; anything else goes out at once, after what came before it. */
  add(message: Message): void {
    const last = this.queue.at(-1);
    const merged = last && (joinStreams(last, message) ?? replaceUpdate(last, message));
    if (merged) this.queue[this.queue.length - 1] = merged;
    else this.queue.push(message);
    if (this.sending) return;
    if (!canWait(message)) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  /** Resolves when nothing is left to send. */
  async drained(): Promise<void> {
    this.flush();
    while (this.sending) await this.sending;
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.sending || this.queue.length === 0) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = null;
      if (this.queue.length > 0) this.flush();
    });
  }

  private async sendAll(): Promise<void> {
    for (let next = this.queue.shift(); next; next = this.queue.shift()) await this.send(next);
  }
}

function canWait(message: Message): boolean {
  return message.header.msg_type === 'stream' || message.header.msg_type === 'update_display_data';
}

/** Two pieces of the same stream of the same cell, as one message. */
export function joinStreams(first: Message, second: Message): Message | null {
  if (first.header.msg_type !== 'stream' || second.header.msg_type !== 'stream' || !sameParent(first, second))
    return null;
  if (first.content['name'] !== second.content['name']) return null;
  const text = `${first.content['text']}${second.content['text']}`;
  return text.length > maxStreamChars ? null : {...first, content: {...first.content, text}};
}

/** An update that nobody has seen yet gives way to the next one of the same display. */
export function replaceUpdate(first: Message, second: Message): Message | null {
  if (first.header.msg_type !== 'update_display_data' || second.header.msg_type !== 'update_display_data') return null;
  return sameParent(first, second) && displayId(first) === displayId(second) ? second : null;
}

function displayId(message: Message): unknown {
  return (message.content['transient'] as {display_id?: unknown} | undefined)?.display_id;
}

function sameParent(first: Message, second: Message): boolean {
  return first.parent.msg_id === second.parent.msg_id;
}
