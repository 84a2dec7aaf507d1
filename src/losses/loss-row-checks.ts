/** The checks of `checkLoss` about rows: their order, and filler among them. */
import {type Finding, fail, NotChecked, near} from './loss-finding';
import {type CheckedLoss, chooseRows, gradientsAt, isDifferentiated, type Probe, sideOf, valueAt} from './loss-probe';

export function ignoresOrder(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  if (loss.ordered) throw new NotChecked('the order is said to matter');
  const wanted = valueAt(loss, probes);
  for (const side of sidesOf(probes)) {
    const turned = probes.map(probe => {
      if (!isOfSide(probe, side)) return probe;
      const rows = Array.from({length: probe.shape[0]!}, (_, i) => i);
      return chooseRows(probe, [...rows.slice(2), ...rows.slice(0, 2).reverse()]);
    });
    const got = valueAt(loss, turned);
    if (!near(got, wanted, 1e-5)) fail(`${wanted} for the rows of ${side} in another order`, got);
  }
  return {detail: sidesOf(probes).join(', ')};
}

export function ignoresFiller(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  if (!loss.masked) throw new NotChecked('the loss takes no masks');
  const sides = sidesOf(probes);
  // A different row is filler on each side, so that masks exchanged between sides are seen.
  const masks = Object.fromEntries(sides.map((side, s) => [side, maskOf(probes, side, row => row !== s + 1)]));
  const observed = probes.map(probe =>
    probe.argument.perExample === false
      ? probe
      : chooseRows(
          probe,
          masks[sideOf(probe.argument)]!.flatMap((on, row) => (on ? [row] : [])),
        ),
  );
  const wanted = valueAt(loss, observed);
  for (const filler of [0, 40, -40]) {
    const withFiller = probes.map(probe =>
      probe.argument.perExample === false || !isDifferentiated(probe) ? probe : fillRows(probe, masks, filler),
    );
    const got = valueAt(loss, withFiller, masks);
    if (!near(got, wanted, 1e-5)) fail(`${wanted}, the loss of the observed rows, with filler of ${filler}`, got);
    gradientsAt(loss, withFiller, masks).forEach((gradient, i) => {
      const {argument, shape} = probes[i]!;
      if (!gradient || argument.perExample === false) return;
      const width = gradient.length / shape[0]!;
      const mask = masks[sideOf(argument)]!;
      if (gradient.some((value, k) => mask[Math.floor(k / width)] === 0 && value !== 0))
        fail(`a gradient of 0 in the filler of ${argument.name}`, `[${gradient}]`);
    });
  }
  return {detail: sides.join(', ')};
}

export function zeroForFiller(loss: CheckedLoss, probes: readonly Probe[]): Finding {
  if (!loss.masked) throw new NotChecked('the loss takes no masks');
  const masks = Object.fromEntries(sidesOf(probes).map(side => [side, maskOf(probes, side, () => false)]));
  const value = valueAt(loss, probes, masks);
  if (value !== 0) fail('0 when nothing was observed', value);
  const bad = gradientsAt(loss, probes, masks).find(gradient => gradient?.some(slope => slope !== 0));
  if (bad) fail('gradients of 0 when nothing was observed', `[${bad}]`);
  return {detail: '0'};
}

function sidesOf(probes: readonly Probe[]): string[] {
  const rows = probes.filter(({argument}) => argument.perExample !== false);
  return [...new Set(rows.map(({argument}) => sideOf(argument)))];
}

function isOfSide({argument}: Probe, side: string): boolean {
  return argument.perExample !== false && sideOf(argument) === side;
}

function maskOf(probes: readonly Probe[], side: string, isObserved: (row: number) => boolean): number[] {
  const {shape} = probes.find(probe => isOfSide(probe, side))!;
  return Array.from({length: shape[0]!}, (_, row) => (isObserved(row) ? 1 : 0));
}

function fillRows(probe: Probe, masks: Readonly<Record<string, readonly number[]>>, filler: number): Probe {
  const mask = masks[sideOf(probe.argument)]!;
  const width = probe.values.length / probe.shape[0]!;
  return {...probe, values: probe.values.map((value, k) => (mask[Math.floor(k / width)] ? value : filler))};
}
