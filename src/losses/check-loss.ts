/** Checks that a loss, the house's or a user's own, is one that can be trained with. */
import {assertPositiveInteger, UserError, unknownChoice} from '../core/checks';
import type {tf} from '../core/tensorflow';
import {checksOfLoss} from './loss-checks';
import type {AnyLoss, CheckLossOptions, LossArgument, LossReport, LossRole, MasksByRows} from './loss-contract';
import type {CheckedLoss} from './loss-probe';

/**
 * Runs a loss through what every loss of the house holds: it returns a finite scalar; its gradients are those of finite differences;
 * value and gradient are finite at scores of ±80, and pull there; it moves the right way; filler counts for nothing, and a batch of
 * filler gives 0; the order of rows does not matter; two calls agree to the bit; nothing leaks; no value is read on the host, so that
 * a step with it can be recorded.
 *
 * In the manner of scikit-learn's check_estimator. Works on the backend in use.
 *
 * @param loss takes the tensors described by `options.role` or `options.arguments`.
 * @returns one result a check. checkLoss(hingeDiscriminatorLoss, {role: 'discriminator'}).passed is true.
 * @throws UserError that lists every check that failed, unless `report` is set.
 */
export function checkLoss(loss: AnyLoss, options: CheckLossOptions): LossReport {
  const checked = describeLoss(loss, options);
  const results = checksOfLoss(checked);
  const failed = results.filter(({passed}) => passed === false);
  if (failed.length > 0 && !options.report) {
    const lines = failed.map(({check, detail}) => `${check}: ${detail}`).join('\n  ');
    throw new UserError(`${checked.name} fails ${failed.length} of ${results.length} checks:\n  ${lines}`);
  }
  return {name: checked.name, passed: failed.length === 0, results};
}

function describeLoss(loss: AnyLoss, options: CheckLossOptions): CheckedLoss {
  const rows = options.rows ?? 5;
  assertPositiveInteger('rows', rows);
  const apply = loss as (...inputs: unknown[]) => tf.Scalar;
  const role = options.role && roleOf(options.role);
  const given = options.arguments ?? role?.arguments ?? [];
  if (given.length === 0) throw new UserError('Expected checkLoss to be told a role or the arguments, got neither.');
  const byRole = role && ((inputs: readonly tf.Tensor[], masks: MasksByRows) => apply(...inputs, role.masks(masks)));
  return {
    ...options,
    name: options.name ?? (loss.name || 'the loss'),
    apply: inputs => apply(...inputs),
    masked: options.masked === undefined ? (byRole ?? null) : options.masked,
    arguments: given,
    rows,
    seed: options.seed ?? 7,
  };
}

interface Role {
  readonly arguments: readonly LossArgument[];
  readonly masks: (masks: MasksByRows) => unknown;
}

function roleOf(role: LossRole): Role {
  const real = (direction: 'falls' | 'rises'): LossArgument => ({name: 'realLogits', rowsOf: 'real', direction});
  const fake = (direction: 'falls' | 'rises'): LossArgument => ({name: 'fakeLogits', rowsOf: 'fake', direction});
  const both = (masks: MasksByRows) => ({realPresent: masks['real'], fakePresent: masks['fake']});
  switch (role) {
    case 'discriminator':
      return {arguments: [real('falls'), fake('rises')], masks: both};
    case 'generator':
      return {arguments: [fake('falls')], masks: masks => ({fakePresent: masks['fake']})};
    case 'relativisticGenerator':
      return {arguments: [real('rises'), fake('falls')], masks: both};
    default:
      throw unknownChoice('role', role, ['discriminator', 'generator', 'relativisticGenerator']);
  }
}
