/** Jupyter messages as ZeroMQ frames: signed, checked, parsed. Pure functions; the sockets are in channels.ts. */
import {createHmac, randomUUID, timingSafeEqual} from 'node:crypto';

/** The protocol that this kernel speaks: https://jupyter-client.readthedocs.io/en/stable/messaging.html */
export const protocolVersion = '5.4';

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export type JsonObject = Record<string, unknown>;

export interface Message {
  /** ZeroMQ routing frames of the sender; the topic on IOPub. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  /** The header of the request that caused this message; empty where there was none. */
  readonly parent: Header | Record<string, never>;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  /** Binary frames after the content. */
  readonly buffers: readonly Uint8Array[];
}

/** A frame list that is no valid message. The text never contains the key or the expected signature. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const delimiter = Buffer.from('<IDS|MSG>');

/** A header for a new message; every message has an id of its own. */
export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    version: protocolVersion,
  };
}

/** Frames to send: identities, `<IDS|MSG>`, signature, header, parent, metadata, content, buffers. */
export function encodeMessage(message: Message, key: string): Uint8Array[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map(part =>
    Buffer.from(JSON.stringify(part)),
  );
  return [
    ...message.identities,
    delimiter,
    Buffer.from(sign(parts, key)),
    ...parts,
    ...message.buffers.map(buffer => Buffer.from(buffer)),
  ];
}

/**
 * Checks the signature before anything is parsed, then the shape.
 *
 * @throws WireError on a missing delimiter, too few frames, a wrong signature, JSON that is no object, or a header without id, type and session.
 */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message & {readonly signature: string} {
  const at = frames.findIndex(frame => delimiter.equals(frame));
  if (at < 0) throw new WireError('no <IDS|MSG> frame');
  const [signature, ...rest] = frames.slice(at + 1);
  const parts = rest.slice(0, 4);
  if (signature === undefined || parts.length < 4)
    throw new WireError(`${frames.length - at - 1} frames after <IDS|MSG>, wanted 5`);
  const given = Buffer.from(signature);
  const wanted = Buffer.from(sign(parts, key));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new WireError('wrong signature');
  const [header, parent, metadata, content] = parts.map((part, index) => parseObject(part, partNames[index]!));
  return {
    identities: frames.slice(0, at),
    signature: given.toString('latin1'),
    header: checkHeader(header!),
    parent: parent as Message['parent'],
    metadata: metadata!,
    content: content!,
    buffers: rest.slice(4),
  };
}

/**
 * Remembers what was received, so that a message sent twice acts once. Holds the last `limit` messages.
 *
 * The id alone would be too strict: jupyter_client's manager and client count their ids apart under one session, so
 * that an interrupt may carry the id of an earlier request. With the date (microseconds) a header names one message.
 */
export class ReplayGuard {
  private readonly seen = new Set<string>();
  constructor(private readonly limit = 65_536) {}

  /** False for a message that was admitted before. */
  admit(header: Header): boolean {
    const id = JSON.stringify([header.session, header.msg_id, header.msg_type, header.date]);
    if (this.seen.has(id)) return false;
    this.seen.add(id);
    if (this.seen.size > this.limit)
      for (const oldest of this.seen) {
        this.seen.delete(oldest);
        break;
      }
    return true;
  }
}

const partNames = ['header', 'parent header', 'metadata', 'content'] as const;

/** An empty key means that the client asked for unsigned messages (the protocol allows it). */
function sign(parts: readonly Uint8Array[], key: string): string {
  if (key === '') return '';
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new WireError(`the ${what} is no JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WireError(`the ${what} is no object`);
  return value as JsonObject;
}

function checkHeader(header: JsonObject): Header {
  for (const field of ['msg_id', 'msg_type', 'session'] as const) {
    if (typeof header[field] !== 'string') throw new WireError(`the header has no ${field}`);
  }
  return header as unknown as Header;
}
