/** The connection file that Jupyter hands to a kernel: where to bind and the key that signs messages. */
import {readFileSync} from 'node:fs';
import {badInput} from '../core/checks';

export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly key: string;
  readonly ports: Readonly<Record<Channel, number>>;
}

export type Channel = 'shell' | 'control' | 'stdin' | 'iopub' | 'hb';
const channels: readonly Channel[] = ['shell', 'control', 'stdin', 'iopub', 'hb'];

/** Reads and checks the file. Errors name the field and never quote the key. */
export function readConnection(file: string): Connection {
  const raw = parse(file);
  const {transport = 'tcp', ip, key = '', signature_scheme: scheme = 'hmac-sha256'} = raw;
  if (transport !== 'tcp' && transport !== 'ipc') throw badInput(`transport in ${file}`, 'tcp or ipc', transport);
  if (typeof ip !== 'string' || ip === '') throw badInput(`ip in ${file}`, 'an address', ip);
  if (typeof key !== 'string') throw badInput(`key in ${file}`, 'a string', typeof key);
  if (key !== '' && scheme !== 'hmac-sha256') throw badInput(`signature_scheme in ${file}`, 'hmac-sha256', scheme);
  const ports = Object.fromEntries(channels.map(channel => [channel, readPort(file, `${channel}_port`, raw)]));
  return {transport, ip, key, ports: ports as Record<Channel, number>};
}

/** `tcp://127.0.0.1:5555`, or `ipc:///tmp/kernel-1` where the transport is a file. */
export function address(connection: Connection, channel: Channel): string {
  const separator = connection.transport === 'tcp' ? ':' : '-';
  return `${connection.transport}://${connection.ip}${separator}${connection.ports[channel]}`;
}

function parse(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw badInput(
      'the connection file',
      'readable',
      `${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The parser's own message would quote the file, and with it the key.
  }
  throw badInput(file, 'a JSON object written by Jupyter', 'something else');
}

function readPort(file: string, field: string, raw: Record<string, unknown>): number {
  const port = raw[field];
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535) {
    throw badInput(`${field} in ${file}`, 'a port between 1 and 65535', port);
  }
  return port as number;
}
