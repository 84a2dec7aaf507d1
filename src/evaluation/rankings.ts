/** What the discriminator can tell apart: rows that were put together wrongly, and generated from real ones. */
import {quantile} from '../core/quantile';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import type {Interval} from './intervals';
import type {Maker} from './maker';
import {gatherRows, type RealRows, rowNumbers} from './real-rows';
import {auroc, averagePrecision, rocCurve} from './roc';

/** How well a score ranks positives above negatives. */
export interface Ranking {
  readonly name: string;
  readonly meaning: string;
  readonly auroc: number;
  /** Over draws of positives and negatives. */
  readonly ci95: Interval;
  readonly averagePrecision: number;
  readonly positives: number;
  readonly negatives: number;
  /** The curve, at most 200 points. */
  readonly curve: {readonly falsePositiveRate: readonly number[]; readonly truePositiveRate: readonly number[]};
}

/** Rows that are judged, each once as it is and once for every modality with a part exchanged. */
const mostRows = 1000;
const resamples = 200;

/**
 * 1. Mismatch: rows whose part of one modality was exchanged for one of another class, against the rows as they are; the score is
 *    -Σ agreement over the modalities. 2. Generated against real rows; the score is -Σ realism. In both 0.5 is chance; for the
 *    second, 0.5 is what a generator wants that its own discriminator cannot see through.
 */
export function rankings(
  discriminate: NonNullable<Maker['discriminate']>,
  real: RealRows,
  generated: Readonly<Record<string, tf.Tensor>> | null,
  seed: number,
): Ranking[] {
  const stream = new RandomStream(seed, 'evaluation/rankings');
  const whole = rowNumbers(real.size)
    .filter(row => real.labels[row]! >= 0 && real.names.every(name => real.shows(name, row)))
    .slice(0, mostRows);
  const classes = new Set(whole.map(row => real.labels[row]!));
  const score = (parts: Record<string, tf.Tensor>, of: 'agreement' | 'realism'): Float32Array =>
    tf.tidy(
      () =>
        tf
          .addN(Object.values(discriminate({parts})[of]))
          .neg()
          .dataSync() as Float32Array,
    );
  const own = Object.fromEntries(real.names.map(name => [name, gatherRows(real.parts[name]!, whole)]));
  const found: Ranking[] = [];
  if (real.names.length > 1 && classes.size > 1) {
    const matched = score(own, 'agreement');
    for (const name of real.names) {
      const others = whole.map(row => otherClass(row, whole, real.labels, stream));
      const swapped = score({...own, [name]: gatherRows(real.parts[name]!, others)}, 'agreement');
      const meaning = `${name} exchanged for one of another class, told by D's agreement`;
      found.push(ranking(`mismatched ${name}`, meaning, swapped, matched, stream));
    }
  }
  if (generated && whole.length > 1) {
    const count = Math.min(mostRows, Object.values(generated)[0]!.shape[0]!);
    const drawn = Object.fromEntries(Object.entries(generated).map(([name, part]) => [name, part.slice(0, count)]));
    const meaning = "generated told from real by D's realism; 0.5 where D cannot";
    found.push(ranking('generated', meaning, score(drawn, 'realism'), score(own, 'realism'), stream));
  }
  return found;
}

function otherClass(row: number, rows: readonly number[], labels: ArrayLike<number>, stream: RandomStream): number {
  for (;;) {
    const other = stream.choice(rows);
    if (labels[other] !== labels[row]) return other;
  }
}

/** @param positives, negatives scores; higher is more positive. */
export function ranking(
  name: string,
  meaning: string,
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  stream: RandomStream,
): Ranking {
  const [p, n] = [positives.length, negatives.length];
  const scores = [...Array.from(positives), ...Array.from(negatives)];
  const labels = scores.map((_, i) => (i < p ? 1 : 0));
  // Positives and negatives are drawn by themselves, so that a resample never lacks a class.
  const drawn = (): number => {
    const rows = scores.map((_, i) => (i < p ? stream.integer(p) : p + stream.integer(n)));
    return auroc(
      labels,
      Float64Array.from(rows, row => scores[row]!),
    );
  };
  const draws = Array.from({length: resamples}, drawn).sort((a, b) => a - b);
  const {falsePositiveRate, truePositiveRate} = rocCurve(labels, scores);
  const every = Math.ceil(falsePositiveRate.length / 200);
  const thin = (values: readonly number[]): number[] =>
    values.filter((_, i) => i % every === 0 || i === values.length - 1);
  return {
    name,
    meaning,
    auroc: auroc(labels, scores),
    ci95: [quantile(draws, 0.025), quantile(draws, 0.975)],
    averagePrecision: averagePrecision(labels, scores),
    positives: p,
    negatives: n,
    curve: {falsePositiveRate: thin(falsePositiveRate), truePositiveRate: thin(truePositiveRate)},
  };
}
