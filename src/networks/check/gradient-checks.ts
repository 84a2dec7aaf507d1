/** The checks of gradients, first and second order, of inputs and of weights. */
import {tf} from '../../core/tensorflow';
import {type Bench, CheckFailure} from './bench';
import {slopeErrors, slopeTolerance, type Terms, type Turnable} from './slopes';

/** Calls in training before slopes are taken: power iteration must stand still, or its own way counts as a slope. */
const warmUps = 60;

export const gradientChecks: Readonly<Record<string, (bench: Bench) => string>> = {
  'first-order gradients are those of differences': bench => {
    const found = measure(bench, inputs => bench.scoreTerms(bench.run(inputs, {mode: 'batch'})));
    const silent = found.find(({name, flat}) => flat && name in bench.parameters.trainable);
    if (silent) throw new CheckFailure(`${silent.name} has no gradient`);
    return judge(found);
  },
  'second-order gradients are those of differences': bench => {
    if (bench.network.secondOrder === false) return 'not claimed';
    return judge(measure(bench, (inputs, directions) => slopeTerms(bench, inputs, directions)));
  },
};

type TermsOfInputs = (inputs: readonly tf.Tensor[], directions: readonly tf.Tensor[]) => tf.Tensor[];

/** v·∂score/∂x for each input, whose sum is what a penalty on slopes looks at. */
function slopeTerms(bench: Bench, inputs: readonly tf.Tensor[], directions: readonly tf.Tensor[]): tf.Tensor[] {
  const score = (...xs: tf.Tensor[]) => sumOf(bench.scoreTerms(bench.run(xs, {mode: 'batch'})));
  return tf
    .grads(score)([...inputs])
    .map((slope, i) => slope.mul(directions[i]!));
}

function measure(bench: Bench, terms: TermsOfInputs) {
  const inputs = bench.draw(bench.batchSize);
  const directions = inputs.map(input => bench.normals(input.shape));
  bench.disturb();
  const moves = Object.keys(bench.parameters.buffers).length > 0;
  for (let i = 0; moves && i < warmUps; i++) tf.tidy(() => bench.run(inputs, {mode: 'batch'}));
  const variables = Object.entries(bench.parameters.trainable);
  const turnables: Turnable[] = [
    ...inputs.map((tensor, i) => ({name: `input ${i}`, tensor})),
    // Copies: the variable itself is turned.
    ...variables.map(([name, variable]) => ({name, tensor: variable.clone()})),
  ];
  const gradients = bench.restored(() => {
    const ofInputs = tf.grads((...xs: tf.Tensor[]) => sumOf(terms(xs, directions)))([...inputs]);
    if (variables.length === 0) return ofInputs;
    const all = variables.map(([, variable]) => variable);
    const {grads} = tf.variableGrads(() => sumOf(terms(inputs, directions)), all);
    return [...ofInputs, ...all.map(variable => grads[variable.name] ?? tf.zerosLike(variable))];
  });
  const turned: Terms = replaced =>
    bench.restored(() => {
      const shown = inputs.map((input, i) => replaced.get(i) ?? input);
      const changed = variables.map((_, i) => inputs.length + i).filter(index => replaced.has(index));
      const set = (index: number, value: tf.Tensor) => variables[index - inputs.length]![1].assign(value);
      for (const index of changed) set(index, replaced.get(index)!);
      const result = terms(shown, directions);
      for (const index of changed) set(index, turnables[index]!.tensor);
      return result;
    });
  return slopeErrors(turnables, turned, gradients, bench.chance);
}

function judge(found: ReturnType<typeof slopeErrors>): string {
  const worst = found.reduce((a, b) => (b.error > a.error ? b : a));
  if (!(worst.error <= slopeTolerance))
    throw new CheckFailure(`that of ${worst.name} is off by ${worst.error.toPrecision(2)}`);
  return `at most ${worst.error.toPrecision(2)} off, in ${worst.name}, over ${found.length} tensors`;
}

function sumOf(terms: readonly tf.Tensor[]): tf.Scalar {
  return tf.addN(terms.map(term => term.sum())) as tf.Scalar;
}
