/** The scores of a model: the `metrics` object of report.json. Keys are stable; a key for which nothing could be judged is null or absent, never NaN. */
import type {SplitName} from '../core/types';
import type {ClassSpread} from './classes';
import type {Interval} from './intervals';
import type {Memorization} from './memorization';
import type {Prdc} from './nearest-neighbours';

/** A share in [0, 1], higher is better, between what chance and what real data score. */
export interface Score {
  readonly value: number;
  /** Completions: counted by different given parts, not rows; of two given modalities by the one with fewer. Conservative. */
  readonly ci95: Interval;
  /** The same of real rows: the ceiling that the classifiers allow. */
  readonly real: number;
  /** The same if the modalities had nothing to do with each other. */
  readonly chance: number;
}

/** From what was given to what was completed: 'image→speech', 'image+caption→speech'. */
export type Direction = `${string}→${string}`;

/** Coherence over all directions of one kind: mean, its interval, and the value of each direction. */
export interface CoherenceGroup {
  readonly mean: number;
  /** Of the mean; conservative: as many as there are different given parts in the direction that has the fewest of them. */
  readonly ci95: Interval;
  readonly real: number;
  readonly chance: number;
  readonly [direction: Direction]: number;
}

/** A Fréchet distance; lower is better. */
export interface FrechetScore {
  readonly value: number;
  readonly ci95: Interval;
  /** Of as many training parts to the same real parts: what the distance is for perfect samples. */
  readonly real: number;
  /** Of one training part a class, repeated: what a model of templates scores. Null where classes are not known. */
  readonly templates: number | null;
  /** Rows of each side. */
  readonly count: number;
  /** Of which features, for example 'digit features'. */
  readonly features: string;
  /** What this score is called: 'Fréchet distance, digit features', and 'FID' with Inception-v3 alone. */
  readonly name: string;
}

export interface TextScore {
  /** Share of generated sentences that occur, word for word, in the training split: they are sentences of its language. */
  readonly inTraining: number;
  readonly ci95: Interval;
  /** The same of the real rows. */
  readonly inTrainingReal: number;
  /** Different sentences among the generated, and among as many real ones. */
  readonly distinct: number;
  readonly distinctReal: number;
}

export interface EvaluationMetrics {
  readonly split: SplitName;
  readonly seed: number;
  /** Examples generated from the prior. */
  readonly generated: number;
  /** Real rows compared with and completed. */
  readonly rows: number;
  /** Share of generated examples on which the classifiers of all modalities agree; null with fewer than two classifiers. */
  readonly jointCoherence: Score | null;
  /** Share of completed parts that show the class of the row that was given; null where there is no such direction. */
  readonly coherence: {
    readonly oneGiven: CoherenceGroup | null;
    readonly twoGiven: CoherenceGroup | null;
    /** Every direction with its own interval, ceiling and chance. */
    readonly directions: Readonly<Record<Direction, Score>>;
  };
  readonly frechet: Readonly<Record<string, FrechetScore>>;
  /** Of generated examples, by the modality that shows the least; null without a classifier. */
  readonly classes:
    | (ClassSpread & {
        readonly of: number;
        readonly real: ClassSpread | null;
        readonly each: Readonly<Record<string, ClassSpread>>;
      })
    | null;
  /** Mean absolute difference of neighbours, against real: 1 as sharp as the world, less is blurred, more is noisy. */
  readonly sharpness: Readonly<Record<string, number>>;
  /** Mean distance of features within a class, against real ones, each different part once: 1 as varied as the world, 0 templates. Absent where no class has two different real parts. */
  readonly diversity: Readonly<Record<string, number>>;
  /** 95 % intervals of sharpness and diversity. */
  readonly intervals: {
    readonly sharpness: Readonly<Record<string, Interval>>;
    readonly diversity: Readonly<Record<string, Interval>>;
  };
  /** Overlap of generated with real features, each different part once, beside that of training parts; null with too few parts. */
  readonly overlap: Readonly<Record<string, (Prdc & {readonly real: Prdc}) | null>>;
  /** Nearest training part, against held-out real parts. */
  readonly memorization: Readonly<Record<string, Memorization>>;
  /** Does the code of one modality find a row of its class among the codes of another (recall@1)? Intervals count different parts, of the modality with fewer. */
  readonly retrieval: Readonly<
    Record<Direction, {readonly value: number; readonly ci95: Interval; readonly chance: number}>
  >;
  readonly text: Readonly<Record<string, TextScore>>;
  /** Modalities that could not be judged by class, and why. */
  readonly unavailable: Readonly<Record<string, string>>;
}
