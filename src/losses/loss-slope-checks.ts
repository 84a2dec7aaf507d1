/** The checks of `checkLoss` about gradients, and about scores far out. */
import {RandomStream} from '../core/random';
import {type Finding, fail, NotChecked, near} from './loss-finding';
import {type CheckedLoss, filled, gradientsAt, isDifferentiated, type Probe, valueAt} from './loss-probe';

/** As far as a score is taken; e⁸⁰ is still a float32, e⁹⁰ is not. */
const extreme = 80;

export function gradientsMatchDifferences(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const gradients = gradientsAt(loss, probes);
  const stream = new RandomStream(loss.seed, 'checkLoss/directions');
  let error = 0;
  probes.forEach((probe, i) => {
    const gradient = gradients[i];
    if (!gradient) return;
    for (let trial = 0; trial < 3; trial++) {
      const direction = stream.normals(gradient.length);
      const moved = (by: number): Probe[] =>
        probes.map((other, j) =>
          j === i ? {...other, values: other.values.map((v, k) => v + by * direction[k]!)} : other,
        );
      const step = 4e-3;
      const difference = (valueAt(loss, moved(step)) - valueAt(loss, moved(-step))) / (2 * step);
      const slope = gradient.reduce((sum, g, k) => sum + g * direction[k]!, 0);
      // A direction along which little changes says little: its error is held against the whole slope's.
      const scale = Math.max(Math.abs(difference), 0.3 * length(gradient), 1e-3);
      const off = Math.abs(slope - difference) / scale;
      if (!(off <= 3e-2)) fail(`${difference} along a direction of ${probe.argument.name}, as differences say`, slope);
      error = Math.max(error, off);
    }
  });
  return {detail: `relative error ${error.toExponential(1)}`, error};
}

export function matchesFormula(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const {formula} = loss;
  if (!formula) throw new NotChecked('no formula was given');
  const numbers = probes.map(({values}) => Array.from(values));
  const [got, wanted] = [valueAt(loss, probes), formula(...numbers)];
  if (!near(got, wanted, 1e-4)) fail(`the formula's ${wanted}`, got);
  const gradients = gradientsAt(loss, probes);
  let error = 0;
  numbers.forEach((values, i) => {
    const gradient = gradients[i];
    if (!gradient) return;
    const step = 1e-5;
    const exact = values.map((value, k) => {
      const at = (x: number) =>
        formula(...numbers.map((other, j) => (j === i ? other.map((v, l) => (l === k ? x : v)) : other)));
      return (at(value + step) - at(value - step)) / (2 * step);
    });
    const distance = length(exact.map((slope, k) => slope - gradient[k]!));
    const off = distance / Math.max(length(exact), 1e-6);
    if (!(off <= 1e-3)) fail(`the formula's gradient for ${probes[i]!.argument.name}, [${exact}]`, `[${gradient}]`);
    error = Math.max(error, off);
  });
  return {detail: `relative error ${error.toExponential(1)}`, error};
}

export function finiteAtExtremes(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const taken = probes.filter(isTaken);
  if (taken.length === 0) throw new NotChecked('no argument is taken there');
  for (const pattern of [() => extreme, () => -extreme, (i: number) => (i % 2 === 0 ? extreme : -extreme)]) {
    for (const only of [...taken, null]) {
      const there = probes.map(probe =>
        isTaken(probe) && (only === null || only === probe)
          ? {...probe, values: probe.values.map((_, i) => pattern(i))}
          : probe,
      );
      const where = only ? `${only.argument.name} at ±${extreme}` : `everything at ±${extreme}`;
      const value = valueAt(loss, there);
      if (!Number.isFinite(value)) fail(`a finite number with ${where}`, value);
      const bad = gradientsAt(loss, there).find(gradient => gradient && !gradient.every(Number.isFinite));
      if (bad) fail(`finite gradients with ${where}`, `[${bad}]`);
    }
  }
  return {detail: taken.map(({argument}) => argument.name).join(', ')};
}

export function pullsAtExtremes(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const directed = probes.filter(probe => probe.argument.direction && isTaken(probe));
  if (directed.length === 0) throw new NotChecked('no argument has a direction');
  for (const probe of directed) {
    const {name, direction} = probe.argument;
    const wrong = direction === 'falls' ? -extreme : extreme;
    const at = (value: number): Probe[] => probes.map(other => (other === probe ? filled(probe, value) : other));
    const easier = Math.min(valueAt(loss, at(-wrong)), valueAt(loss, probes));
    const change = valueAt(loss, at(wrong)) - easier;
    // A sigmoid before a loss that takes logits squeezes every score into (0, 1): it then hardly changes.
    if (!loss.bounded && !(change >= 10))
      fail(`a loss that is higher by 10 or more with ${name} at ${wrong} than elsewhere`, change);
    if (loss.saturates) continue;
    const slope = gradientsAt(loss, at(wrong))[probes.indexOf(probe)]!;
    if (slope.some(value => !(Math.abs(value) > 1e-3 / slope.length)))
      fail(`a slope that pulls ${name} away from ${wrong}`, `[${slope}]`);
  }
  return {detail: directed.map(({argument}) => argument.name).join(', ')};
}

export function movesRightWay(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  const directed = probes.filter(({argument}) => argument.direction);
  if (directed.length === 0) throw new NotChecked('no argument has a direction');
  for (const probe of directed) {
    const {name, direction} = probe.argument;
    const sign = direction === 'falls' ? -1 : 1;
    const wrongSide = {...probe, values: probe.values.map(value => sign * (2 + Math.abs(value)))};
    const slope = gradientsAt(
      loss,
      probes.map(other => (other === probe ? wrongSide : other)),
    )[probes.indexOf(probe)]!;
    if (slope.some(value => !(sign * value > 0)))
      fail(`a loss that ${direction} with ${name} (${sign < 0 ? 'negative' : 'positive'} slopes)`, `[${slope}]`);
  }
  return {detail: directed.map(({argument}) => `${argument.direction} with ${argument.name}`).join(', ')};
}

function isTaken(probe: Probe): boolean {
  return isDifferentiated(probe) && probe.argument.extremes !== false;
}

function length(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}
