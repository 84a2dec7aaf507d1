/**
 * An update of a variable, element by element, written once as a formula and run in one pass over the memory by whatever
 * engine there is: SIMD code on wasm (formula-wasm.ts), a loop in JavaScript on cpu (formula-loop.ts), ordinary ops
 * elsewhere (formula-ops.ts).
 */

/** The name of an array or of a scalar, or an operation on formulas. */
export type Expression =
  | string
  | readonly ['sqrt', Expression]
  | readonly ['add' | 'sub' | 'mul' | 'div', Expression, Expression];

export interface Formula {
  /** Arrays of one length. `w` is the variable, `g` what it is moved by; the others are slots, the optimizer's memory. */
  readonly arrays: readonly string[];
  readonly scalars: readonly string[];
  /** In order; a later line sees what an earlier one has set. `w` and the slots may be set. */
  readonly lines: readonly (readonly [target: string, value: Expression])[];
}

/** Names of the arrays that are neither the variable nor what moves it. */
export function slotsOf(formula: Formula): string[] {
  return formula.arrays.filter(name => name !== 'w' && name !== 'g');
}
