/** Tells whether a network keeps the rules of the house: every one that the package brings does. */
import {watchHostReads} from '../../backend/host-reads';
import {held} from '../../backend/memory';
import {UserError} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import {Bench, CheckFailure, largestDifference} from './bench';
import {gradientChecks} from './gradient-checks';
import type {NetworkDefinition} from './network-type';

export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  /** What was measured, or what is wrong. */
  readonly detail: string;
}

export interface NetworkReport {
  readonly name: string;
  readonly passed: boolean;
  readonly results: readonly CheckResult[];
}

/** In their order. Each returns what it measured, or throws a CheckFailure. */
const checks: Readonly<Record<string, (bench: Bench) => string>> = {
  'shapes of one example and of a batch': shapes,
  'finite values': finite,
  'same seed, same start and same answers': deterministic,
  'in use, each example is judged by itself and nothing changes': independentInUse,
  'training moves no weight by itself': weightsStay,
  'filler changes nothing for the others': fillerIsIgnored,
  'every value that answers depend on is saved': savedWhole,
  'no tensor is left behind': leaksNothing,
  'can be recorded: nothing is read, no variable is made after the first call': recordable,
  ...gradientChecks,
};

/**
 * Checks shapes, finiteness, determinism, independence of neighbours in use, masks, saving and loading, leaks, fitness for recorded
 * steps, and gradients of first and second order, each against differences (relative error at most 3 %), on the engine in use.
 *
 * In the manner of scikit-learn's check_estimator. Run it on small sizes: gradients are compared tensor by tensor.
 *
 * @param options.report returns the report of a network that fails too, instead of throwing.
 * @throws UserError that lists every rule that is broken, each with what was measured.
 */
export function checkNetwork(network: NetworkDefinition, {report = false}: {report?: boolean} = {}): NetworkReport {
  const results = Object.entries(checks).map(([check, run]): CheckResult => {
    const alive = new Set(Object.values(tf.engine().registeredVariables));
    try {
      return {check, passed: true, detail: tf.tidy(() => withBench(network, run))};
    } catch (error) {
      return {check, passed: false, detail: (error as Error).message};
    } finally {
      // What a network of someone else's making left behind.
      for (const variable of Object.values(tf.engine().registeredVariables))
        if (!alive.has(variable)) variable.dispose();
    }
  });
  const broken = results.filter(({passed}) => !passed);
  if (broken.length > 0 && !report) {
    const list = broken.map(({check, detail}) => `\n  ${check}: ${detail}`).join('');
    throw new UserError(
      `Expected the network "${network.name}" to keep every rule, got ${broken.length} broken:${list}`,
    );
  }
  return {name: network.name, passed: broken.length === 0, results};
}

function withBench(network: NetworkDefinition, run: (bench: Bench) => string): string {
  const bench = new Bench(network, 1);
  try {
    return run(bench);
  } finally {
    bench.dispose();
  }
}

function shapes(bench: Bench): string {
  bench.run(bench.draw(1), {mode: 'stored'});
  bench.run(bench.draw(bench.batchSize), {mode: 'batch'});
  const {parameters} = bench;
  return `${parameters.count()} trainable values in ${Object.keys(parameters.trainable).length} tensors`;
}

function finite(bench: Bench): string {
  for (const mode of ['batch', 'stored'] as const) {
    for (const [name, output] of Object.entries(bench.run(bench.draw(bench.batchSize), {mode}))) {
      const wrong = output.dataSync().find(value => !Number.isFinite(value));
      if (wrong !== undefined) throw new CheckFailure(`${name} holds ${wrong} in '${mode}' mode`);
    }
  }
  return 'in training and in use';
}

function deterministic(bench: Bench): string {
  const twin = new Bench(bench.network, 1);
  try {
    const inputs = bench.draw(bench.batchSize);
    const names = Object.keys(bench.parameters.all());
    if (names.join() !== Object.keys(twin.parameters.all()).join())
      throw new CheckFailure('two builds make different parameters');
    for (const name of names) {
      const difference = largestDifference(bench.parameters.all()[name]!, twin.parameters.all()[name]!);
      if (difference !== 0) throw new CheckFailure(`${name} starts differently with the same seed`);
    }
    for (const mode of ['batch', 'stored'] as const) {
      const difference = bench.compare(bench.run(inputs, {mode}), twin.run(inputs, {mode}));
      if (difference !== 0) throw new CheckFailure(`answers differ by ${difference} with the same seed and inputs`);
    }
    return `${names.length} tensors, bit for bit`;
  } finally {
    twin.dispose();
  }
}

function independentInUse(bench: Bench): string {
  const inputs = bench.draw(bench.batchSize);
  bench.settle(inputs);
  const before = bench.snapshot();
  const together = bench.run(inputs, {mode: 'stored'});
  const changed = bench.changed(before);
  if (changed) throw new CheckFailure(`${changed} changes in use`);
  let largest = 0;
  for (let i = 0; i < bench.batchSize; i++) {
    const alone = bench.run(
      inputs.map(input => input.slice(i, 1)),
      {mode: 'stored'},
    );
    for (const [name, output] of Object.entries(together)) {
      const difference = largestDifference(output.slice(i, 1), alone[name]!);
      const size = output.abs().max().dataSync()[0]!;
      largest = Math.max(largest, difference / (size + 1e-6));
    }
  }
  if (!(largest < 1e-4))
    throw new CheckFailure(`an example answers differently among others, by ${largest} of the largest`);
  return `differences of at most ${largest.toExponential(1)}`;
}

function weightsStay(bench: Bench): string {
  const before = bench.snapshot(bench.parameters.trainable);
  const inputs = bench.draw(bench.batchSize);
  for (const mode of ['batch', {accumulate: 0.5}] as const) bench.run(inputs, {mode});
  const changed = bench.changed(before, bench.parameters.trainable);
  if (changed) throw new CheckFailure(`${changed} changes without an optimizer`);
  return 'bit for bit';
}

function fillerIsIgnored(bench: Bench): string {
  if (!bench.network.masked) return 'not claimed';
  const count = bench.batchSize;
  const seen = Array.from({length: count}, (_, i) => (i % 3 === 1 ? 0 : 1));
  const present = tf.tensor1d(seen);
  const inputs = bench.draw(count);
  const answers = [0, 50].map(filler => {
    const shown = inputs.map(input => {
      const mask = present.reshape([count, ...new Array<number>(input.rank - 1).fill(1)]);
      return input.mul(mask).add(tf.sub(1, mask).mul(filler));
    });
    const outputs = bench.restored(() => bench.run(shown, {mode: 'batch', present}));
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, tf.gather(output, rowsOf(seen))]));
  });
  const difference = bench.compare(answers[0]!, answers[1]!);
  if (!(difference < 1e-5))
    throw new CheckFailure(`filler of 50 in place of 0 changes others' answers by ${difference}`);
  return `filler of 0 and of 50: differences of at most ${difference}`;
}

function rowsOf(seen: readonly number[]): tf.Tensor1D {
  return tf.tensor1d(
    seen.flatMap((there, i) => (there ? [i] : [])),
    'int32',
  );
}

function savedWhole(bench: Bench): string {
  const inputs = bench.draw(bench.batchSize);
  bench.disturb();
  for (let i = 0; i < 3; i++) bench.run(inputs, {mode: {accumulate: 0.25}});
  const copy = new Bench(bench.network, 2);
  try {
    for (const [name, variable] of Object.entries(copy.parameters.all())) {
      const values = bench.parameters.all()[name]!.dataSync().slice();
      variable.assign(tf.tensor(values, variable.shape));
    }
    const difference = bench.compare(bench.run(inputs, {mode: 'stored'}), copy.run(inputs, {mode: 'stored'}));
    if (difference !== 0) throw new CheckFailure(`a copy with the saved values answers differently, by ${difference}`);
    return `${Object.keys(copy.parameters.all()).length} tensors; a copy answers bit for bit`;
  } finally {
    copy.dispose();
  }
}

function leaksNothing(bench: Bench): string {
  const inputs = bench.draw(bench.batchSize);
  const variables = Object.values(bench.parameters.trainable);
  const score = () =>
    tf.addN(bench.scoreTerms(bench.run(inputs, {mode: 'batch'})).map(term => term.sum())) as tf.Scalar;
  // What tidy does not free: kept tensors, and variables that are made on the way.
  const once = () => tf.tidy(() => (variables.length > 0 ? void tf.variableGrads(score, variables) : void score()));
  once();
  const before = held();
  once();
  const after = held();
  if (after.tensors !== before.tensors || after.dataIds !== before.dataIds)
    throw new CheckFailure(
      `a call leaves ${after.tensors - before.tensors} tensors and ${after.dataIds - before.dataIds} data ids`,
    );
  return 'forward and backward';
}

function recordable(bench: Bench): string {
  const inputs = bench.draw(bench.batchSize);
  bench.run(inputs, {mode: 'batch'});
  const {reads, variables} = watchHostReads(() => {
    for (const mode of ['batch', 'stored'] as const) bench.run(inputs, {mode});
  });
  if (reads > 0) throw new CheckFailure('reads values while it computes, which a recorded step cannot repeat');
  if (variables > 0) throw new CheckFailure(`makes ${variables} variables in later calls`);
  return 'in training and in use';
}
