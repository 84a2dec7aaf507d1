/** What every cell can use without an import: `kernel` and `input`. */
import type {JsonObject} from './wire';

/** Mime type to content: text, a base64 string or bytes for pictures, an object for JSON. */
export type MimeBundle = Record<string, unknown>;

/** Shows values of some kind; null for all others. */
export type Displayer = (value: unknown) => object | null | Promise<object | null>;

export interface DisplayOptions {
  /** For example `{'image/png': {width: 350}}`. */
  readonly metadata?: JsonObject;
  /** A display with an id can be changed later. */
  readonly displayId?: string;
  /** Change the display of that id instead of adding one. */
  readonly update?: boolean;
}

/** The kernel, as cells and libraries see it: `globalThis.kernel`, and `globalThis[Symbol.for('Jupyter.kernel')]`. */
export interface KernelApi {
  readonly version: string;
  /** Number of the cell that is running. */
  readonly executionCount: number;
  /** Aborted when this cell is interrupted; pass it to whatever should stop then. */
  readonly signal: AbortSignal;
  /** Shows a mime bundle under this cell. */
  display(bundle: MimeBundle, options?: DisplayOptions): void;
  /** For libraries: how values of some kind are shown when they are the last of a cell; null for all other values. */
  registerDisplay(displayer: Displayer): void;
  /** Removes what this cell has shown; with `wait`, when the next output comes. */
  clearOutput(options?: {readonly wait?: boolean}): void;
  /** Asks the person in front of the page for a line of text. */
  input(prompt?: string, options?: {readonly password?: boolean}): Promise<string>;
}

/** The same, as cells' compiler is told. Kept next to the interface; a test compares them. */
export const globalsDeclaration = `
interface KernelApi {
  /** Version of the kernel. */
  readonly version: string;
  /** Number of the cell that is running. */
  readonly executionCount: number;
  /** Aborted when this cell is interrupted; pass it to whatever should stop then. */
  readonly signal: AbortSignal;
  /** Shows a mime bundle under this cell. */
  display(bundle: Record<string, unknown>, options?: {readonly metadata?: Record<string, unknown>; readonly displayId?: string; readonly update?: boolean}): void;
  /** For libraries: how values of some kind are shown when they are the last of a cell; null for all other values. */
  registerDisplay(displayer: (value: unknown) => object | null | Promise<object | null>): void;
  /** Removes what this cell has shown; with \`wait\`, when the next output comes. */
  clearOutput(options?: {readonly wait?: boolean}): void;
  /** Asks the person in front of the page for a line of text. */
  input(prompt?: string, options?: {readonly password?: boolean}): Promise<string>;
}
/** The Jupyter kernel that runs this cell. */
declare const kernel: KernelApi;
/** Asks the person in front of the page for a line of text: \`const name = await input('Your name: ')\`. */
declare function input(prompt?: string, options?: {readonly password?: boolean}): Promise<string>;
`;

/** Libraries find the kernel here without depending on it. */
export const kernelSymbol: unique symbol = Symbol.for('Jupyter.kernel') as never;

export function installGlobals(api: KernelApi): void {
  const define = (name: string | symbol, value: unknown) =>
    Object.defineProperty(globalThis, name, {value, configurable: true, writable: true, enumerable: false});
  define('kernel', api);
  define('input', api.input);
  define(kernelSymbol, api);
}
