/** Why a step cannot be recorded, in words and with the line of the source. */

export type RefusalReason =
  /** A tensor of the step is read on the host. */
  | 'host-read'
  /** A host value differs between two calls. */
  | 'host-value'
  /** An attribute of an op differs between two calls. */
  | 'attribute'
  /** Other ops, inputs or variables in two calls. */
  | 'path'
  /** An op whose output shape depends on data, or that nobody has checked. */
  | 'op'
  | 'string-tensor'
  | 'promise'
  | 'new-variable'
  | 'disposed-variable'
  /** Something else than tensors is returned. */
  | 'result'
  /** An argument that cannot be told apart from call to call. */
  | 'argument'
  | 'too-many-variants'
  | 'nested'
  /** A replay did not give what the step itself gives. */
  | 'audit'
  /** TensorFlow would not load or run the graph. */
  | 'session';

export interface Refusal {
  readonly reason: RefusalReason;
  /** Ends a sentence that begins with "The step cannot be compiled: ". */
  readonly message: string;
  /** `FILE:LINE:COLUMN` of the code that is to blame, where that is known. */
  readonly source: string | null;
}

/** @param trace made where the fault lies. */
export function refusal(reason: RefusalReason, message: string, trace?: Error | null): Refusal {
  return {reason, message, source: trace?.stack ? sourceLine(trace.stack) : null};
}

export function refusalText({message, source}: Refusal): string {
  return `The step cannot be compiled: ${message}${source ? `, at ${source}` : ''}.`;
}

/**
 * Where we are, deep enough to reach user code below an optimizer and automatic differentiation. The text of a stack costs
 * much more than the trace, and is made when somebody asks.
 */
export function traceHere(): Error {
  const {stackTraceLimit} = Error;
  Error.stackTraceLimit = 60;
  const trace = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return trace;
}

/** The first line of a stack that belongs neither to a package, nor to Node, nor to this folder, nor to what runs ops by name. */
function sourceLine(stack: string): string | null {
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/)?[^()\s]+:\d+:\d+)\)?$/.exec(line.trim())?.[1]?.replace(/^file:\/\//, '');
    if (place && !foreign.some(part => place.includes(part))) return place;
  }
  return null;
}

/** Source maps show TensorFlow.js and this folder under other paths than they are run from. */
const foreign = [
  'node:',
  '/node_modules/',
  '/tfjs-core/src/',
  '/tfjs-layers/src/',
  '/src/backend/compile/',
  '/backend/native-op.',
  `${__dirname}/`,
];
