/** A value as a mime bundle: what it says of itself, or what the kernel knows of its kind, or its text. */
import {inspect} from 'node:util';
import type {Displayer, MimeBundle} from './globals';
import {isTensor, isTypedArray, showTensor, showTypedArray} from './numbers';
import {htmlTable, isDataFrame, textTable} from './tables';
import type {JsonObject} from './wire';

/** An object with this method decides how it is shown; the same convention as in Deno's kernel. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;
/** Under this key a bundle may hold its metadata, for example `{'image/png': {width: 350}}`. No other kernel minds it. */
export const metadataSymbol: unique symbol = Symbol.for('Jupyter.metadata') as never;

const displayers: Displayer[] = [];

/** What is registered later is asked first. */
export function registerDisplay(displayer: Displayer): void {
  displayers.unshift(displayer);
}

export function metadataOf(bundle: MimeBundle): JsonObject {
  return (bundle as {[metadataSymbol]?: JsonObject})[metadataSymbol] ?? {};
}

/** @returns null where there is nothing to show (undefined). */
export async function bundleOf(value: unknown): Promise<MimeBundle | null> {
  if (value === undefined) return null;
  const own = ownDisplay(value);
  if (own) return toWire(await own());
  for (const displayer of displayers) {
    const bundle = await displayer(value);
    if (bundle) return toWire(bundle);
  }
  if (isTensor(value)) return {'text/plain': await showTensor(value)};
  if (isDataFrame(value)) return {'text/html': htmlTable(value), 'text/plain': textTable(value)};
  if (isSharp(value)) return toWire({'image/png': await value.clone().png().toBuffer(), 'text/plain': '[image]'});
  if (isFigure(value)) {
    return toWire({'application/vnd.plotly.v1+json': value, 'text/plain': `[figure: ${value.data.length} traces]`});
  }
  if (value instanceof Uint8Array) {
    const mime = pictureType(value);
    if (mime) return toWire({[mime]: value, 'text/plain': `[picture: ${value.length} bytes]`});
  }
  if (isTypedArray(value)) return {'text/plain': showTypedArray(value)};
  return {'text/plain': inspect(value, {colors: false, depth: 4})};
}

/** Bytes become base64, JSON types stay objects, everything else becomes text. */
export function toWire(bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null)
    throw new TypeError('Expected a mime bundle to be an object from mime types to contents.');
  const wired = Object.fromEntries(
    Object.entries(bundle)
      .filter(([, content]) => content !== undefined)
      .map(([mime, content]) => [mime, contentToWire(mime, content)]),
  );
  const metadata = (bundle as {[metadataSymbol]?: unknown})[metadataSymbol];
  if (metadata) Object.defineProperty(wired, metadataSymbol, {value: plainJson(metadata)});
  return wired;
}

function contentToWire(mime: string, content: unknown): unknown {
  if (content instanceof Uint8Array)
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64');
  if (typeof content === 'string' || /[/+]json$/.test(mime)) return plainJson(content);
  return String(content);
}

/** Typed arrays are lists to a page; JSON.stringify would make objects of them. */
function plainJson(content: unknown): unknown {
  if (typeof content === 'string') return content;
  return JSON.parse(
    JSON.stringify(content, (_key, value: unknown) =>
      isTypedArray(value) ? Array.from(value as Float32Array) : value,
    ),
  );
}

function ownDisplay(value: unknown): (() => unknown) | null {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return null;
  const method = (value as Record<symbol, unknown>)[displaySymbol];
  return typeof method === 'function' ? () => (method as () => unknown).call(value) : null;
}

interface Sharp {
  clone(): {png(): {toBuffer(): Promise<Buffer>}};
}

function isSharp(value: unknown): value is Sharp {
  return (
    typeof value === 'object' &&
    value !== null &&
    value.constructor?.name === 'Sharp' &&
    'clone' in value &&
    'toBuffer' in value
  );
}

/** Plotly's JSON: traces and a layout. */
function isFigure(value: unknown): value is {data: object[]; layout: object} {
  if (typeof value !== 'object' || value === null) return false;
  const {data, layout} = value as {data?: unknown; layout?: unknown};
  if (!Array.isArray(data) || typeof layout !== 'object' || layout === null) return false;
  return (
    data.length > 0 &&
    data.every(
      trace =>
        typeof trace === 'object' &&
        trace !== null &&
        ('type' in trace || 'x' in trace || 'y' in trace || 'z' in trace),
    )
  );
}

const signatures: readonly (readonly [string, readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

function pictureType(bytes: Uint8Array): string | null {
  return signatures.find(([, start]) => start.every((byte, index) => bytes[index] === byte))?.[0] ?? null;
}
