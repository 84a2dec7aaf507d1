/** Runs a formula in JavaScript, in float64 between a load and a store, block by block so that all of it stays in the cache. */
import type {Expression, Formula} from './formula';

const blockSize = 512;

/**
 * @param arrays by the formula's names, all of one length; slots are written in place. @param out receives the new `w`.
 */
export function runLoop(
  formula: Formula,
  arrays: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
  out: Float32Array,
): void {
  const {blocks, steps, results} = planOf(formula);
  for (const name of formula.scalars) blocks.get(name)!.fill(scalars[name]!);
  for (let from = 0; from < out.length; from += blockSize) {
    const count = Math.min(blockSize, out.length - from);
    for (const name of formula.arrays) blocks.get(name)!.set(arrays[name]!.subarray(from, from + count));
    for (const step of steps) step(count);
    for (const [target, block] of results) (target === 'w' ? out : arrays[target]!).set(block.subarray(0, count), from);
  }
}

interface Plan {
  readonly blocks: ReadonlyMap<string, Float64Array>;
  readonly steps: readonly ((count: number) => void)[];
  readonly results: ReadonlyMap<string, Float64Array>;
}

const plans = new WeakMap<Formula, Plan>();

/** One block of memory for each name and each operation, made once for a formula. */
function planOf(formula: Formula): Plan {
  let plan = plans.get(formula);
  if (plan) return plan;
  const blocks = new Map([...formula.arrays, ...formula.scalars].map(name => [name, new Float64Array(blockSize)]));
  const results = new Map<string, Float64Array>();
  const steps: ((count: number) => void)[] = [];
  const place = (expression: Expression): Float64Array => {
    if (typeof expression === 'string') return results.get(expression) ?? blocks.get(expression)!;
    const to = new Float64Array(blockSize);
    const a = place(expression[1]);
    steps.push(expression[0] === 'sqrt' ? root(a, to) : operations[expression[0]](a, place(expression[2]), to));
    return to;
  };
  for (const [target, value] of formula.lines) results.set(target, place(value));
  plan = {blocks, steps, results};
  plans.set(formula, plan);
  return plan;
}

type Binary = (a: Float64Array, b: Float64Array, to: Float64Array) => (count: number) => void;

const root = (a: Float64Array, to: Float64Array) => (count: number) => {
  for (let i = 0; i < count; i++) to[i] = Math.sqrt(a[i]!);
};

const operations: Record<'add' | 'sub' | 'mul' | 'div', Binary> = {
  add: (a, b, to) => count => {
    for (let i = 0; i < count; i++) to[i] = a[i]! + b[i]!;
  },
  sub: (a, b, to) => count => {
    for (let i = 0; i < count; i++) to[i] = a[i]! - b[i]!;
  },
  mul: (a, b, to) => count => {
    for (let i = 0; i < count; i++) to[i] = a[i]! * b[i]!;
  },
  div: (a, b, to) => count => {
    for (let i = 0; i < count; i++) to[i] = a[i]! / b[i]!;
  },
};
