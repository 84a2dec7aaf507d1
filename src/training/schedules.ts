/** Learning rates over the course of a training; `done` is the share of the steps behind us, 0 to 1. */

/** Full rate for the first half, then straight down to `finalShare` of it. linearFall(0.75, 0.02) is 0.51. */
export function linearFall(done: number, finalShare: number): number {
  if (done <= 0.5) return 1;
  return 1 + (finalShare - 1) * Math.min(1, (done - 0.5) * 2);
}

/**
 * One cycle: a cosine rise from 1/25 to 1 over the first 30 %, then a cosine fall to 1/250,000.
 *
 * Source: Smith & Topin 2018, section 3 (arXiv:1708.07120), in the shape of PyTorch's OneCycleLR. oneCycle(0.3) is 1.
 */
export function oneCycle(done: number): number {
  const rise = 0.3;
  const between = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
  return done < rise
    ? between(1 / 25, 1, done / rise)
    : between(1, 1 / 250_000, Math.min(1, (done - rise) / (1 - rise)));
}
