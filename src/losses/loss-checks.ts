/** What `checkLoss` asks, one function a question. Each returns what it found, or throws what is wrong. */
import {watchHostReads} from '../backend/host-reads';
import {held} from '../backend/memory';
import {tf} from '../core/tensorflow';
import type {LossCheck} from './loss-contract';
import {type Check, type Finding, fail, NotChecked, near} from './loss-finding';
import {type CheckedLoss, isDifferentiated, type Probe, toTensor, typicalProbes, valueAt} from './loss-probe';
import {ignoresFiller, ignoresOrder, zeroForFiller} from './loss-row-checks';
import {
  finiteAtExtremes,
  gradientsMatchDifferences,
  matchesFormula,
  movesRightWay,
  pullsAtExtremes,
} from './loss-slope-checks';

const checks: Readonly<Record<string, Check>> = {
  'returns a scalar': returnsScalar,
  'leaves nothing behind': leavesNothing,
  'reads no value on the host': readsNothing,
  'same again': repeats,
  'scores as columns': takesColumns,
  'gradients are those of differences': gradientsMatchDifferences,
  'value and gradients are those of the formula': matchesFormula,
  'finite at ±80': finiteAtExtremes,
  'pulls at ±80': pullsAtExtremes,
  'moves the right way': movesRightWay,
  'order of rows': ignoresOrder,
  'filler counts for nothing': ignoresFiller,
  'all filler': zeroForFiller,
};

export function checksOfLoss(loss: CheckedLoss): LossCheck[] {
  const probes = typicalProbes(loss);
  const results: LossCheck[] = [];
  for (const [check, run] of Object.entries(checks)) {
    tf.engine().startScope();
    try {
      results.push({check, passed: true, ...run(loss, probes)});
    } catch (error) {
      const detail = String((error as Error).message ?? error);
      results.push({check, passed: error instanceof NotChecked ? null : false, detail});
      // Without a number there is nothing to differentiate or compare.
      if (check === 'returns a scalar') break;
    } finally {
      tf.engine().endScope();
    }
  }
  return results;
}

function returnsScalar(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const result = loss.apply(probes.map(toTensor)) as unknown;
  if (!(result instanceof tf.Tensor)) fail('a tensor', result instanceof Promise ? 'a promise' : typeof result);
  if (result.rank !== 0 || result.dtype !== 'float32')
    fail('a float32 scalar', `${result.dtype} of shape [${result.shape}]`);
  const value = result.dataSync()[0]!;
  if (!Number.isFinite(value)) fail('a finite number', value);
  return {detail: String(value)};
}

function takesColumns(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const scores = probes.filter(
    probe => isDifferentiated(probe) && probe.argument.perExample !== false && probe.shape.length === 1,
  );
  if (scores.length === 0) throw new NotChecked('no argument is one score for each example');
  const wanted = valueAt(loss, probes);
  const got = valueAt(
    loss,
    probes.map(probe => (scores.includes(probe) ? {...probe, shape: [...probe.shape, 1]} : probe)),
  );
  if (!near(got, wanted, 1e-6)) fail(`${wanted} for scores of shape [N, 1] as for [N]`, got);
  return {detail: scores.map(({argument}) => argument.name).join(', ')};
}

function leavesNothing(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const inputs = probes.map(toTensor);
  const before = held();
  loss.apply(inputs).dispose();
  const after = held();
  inputs.forEach((input, i) => {
    if (input.isDisposed) fail(`${probes[i]!.argument.name} to be left alone`, 'it disposed');
  });
  const tensors = after.tensors - before.tensors;
  if (tensors !== 0 || after.dataIds !== before.dataIds)
    fail('no tensor to be left beside the loss', `${tensors} (and ${after.dataIds - before.dataIds} data ids)`);
  return {detail: '0 tensors'};
}

function readsNothing(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const inputs = probes.map(toTensor);
  const {reads, variables} = watchHostReads(() => loss.apply(inputs));
  if (reads > 0) fail('no tensor to be read on the host (dataSync, data, arraySync, array)', `${reads} reads`);
  if (variables > 0) fail('no variable to be made', variables);
  return {detail: '0 reads'};
}

function repeats(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const [first, second] = [valueAt(loss, probes), valueAt(loss, probes)];
  if (!Object.is(first, second)) fail(`${first} again for the same tensors`, second);
  return {detail: 'to the bit'};
}
