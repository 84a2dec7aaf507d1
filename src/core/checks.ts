/** The one way in which an error is phrased: `Expected NAME to be RULE, got VALUE.` */

/** Exit codes of the command line; `multimodal-gan --help` prints this list. */
export const exitCodes = {ok: 0, bug: 1, usage: 2, input: 3, output: 4, diverged: 5, interrupted: 130} as const;

/** An error whose message alone tells a person what to do. The command line prints that line without a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.usage,
  ) {
    super(message);
  }
}

/** Phrases a rule that does not hold: expected('batchSize', 'a positive integer', 0).message is "Expected batchSize to be a positive integer, got 0." */
export function expected(name: string, rule: string, got: unknown, exitCode: number = exitCodes.usage): UserError {
  return new UserError(`Expected ${name} to be ${rule}, got ${show(got)}.`, exitCode);
}

/** A name that is not on the list: unknownChoice('fusion', 'sum', ['gated', 'attention']).message is 'Unknown fusion "sum"; choose gated or attention.' */
export function unknownChoice(what: string, got: string, choices: readonly string[]): UserError {
  const list = choices.length > 1 ? `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}` : choices[0];
  return new UserError(`Unknown ${what} "${got}"; choose ${list}.`);
}

/** A file that cannot be used: badInput('a.wav', 'a RIFF header', 'the bytes 1f 8b'). */
export function badInput(file: string, wanted: string, got: unknown): UserError {
  return expected(file, wanted, got, exitCodes.input);
}

export function assertPositiveInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw expected(name, 'a positive integer', value);
}

/** Both ends included. */
export function assertInRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) throw expected(name, `between ${low} and ${high}`, value);
}

/** `null` in `shape` stands for any size: assertShape('images', [2, 28, 28], [null, 28, 28, 1]) throws. */
export function assertShape(name: string, got: readonly number[], shape: readonly (number | null)[]): void {
  const same = got.length === shape.length && shape.every((size, axis) => size === null || size === got[axis]);
  if (same) return;
  const wanted = shape.map(size => (size === null ? 'N' : String(size))).join(', ');
  throw new UserError(`Expected ${name} of shape [${wanted}], got [${got.join(', ')}].`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return value.includes(' ') ? value : `"${value}"`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}
