/** What a report shows of an inspection: parts of every class, the best and the worst, what was found in the codes. */
import {RandomStream} from '../../core/random';
import type {Modalities} from '../../core/types';
import {type Completion, type Inspection, type MadeParts, partValues, probabilityOf} from '../../evaluation/inspection';
import {rankedRows} from '../../evaluation/ranked-rows';
import {pickCodes} from '../../evaluation/retrieval-details';
import {FeatureCache} from '../../features/batch';
import {type ShownExample, type ShownPart, shownExample, shownPart} from '../report/examples';

/** Generated parts of a modality that its classifier sees as one class. */
export interface ClassRow {
  readonly name: string;
  readonly parts: readonly ShownPart[];
  /** All that there are. */
  readonly count: number;
}

export interface RankedExample {
  readonly example: ShownExample;
  /** Probability that all classifiers see the class that they see together most surely. */
  readonly agreement: number;
  /** What each sees: {image: 'seven', speech: 'one'}. */
  readonly seen: Readonly<Record<string, string>>;
}

export interface RankedCompletion {
  readonly given: ShownExample;
  readonly made: ShownPart;
  readonly truth: string;
  readonly seen: string;
  /** Probability that the classifier gives to the true class. */
  readonly probability: number;
}

export interface Exhibits {
  /** By modality; one row for all where there is no classifier. */
  readonly byClass: Readonly<Record<string, readonly ClassRow[]>>;
  readonly best: readonly RankedExample[];
  readonly worst: readonly RankedExample[];
  /** By direction. */
  readonly completions: Readonly<
    Record<
      string,
      {readonly target: string; readonly best: readonly RankedCompletion[]; readonly worst: readonly RankedCompletion[]}
    >
  >;
  /** By direction: what the codes of `to` hold nearest to a query from `from`, the same row left out. */
  readonly gallery: Readonly<
    Record<
      string,
      {
        readonly from: string;
        readonly to: string;
        readonly rows: readonly {
          readonly query: ShownPart;
          readonly found: readonly {readonly part: ShownPart; readonly isRight: boolean}[];
        }[];
      }
    >
  >;
  /** Sounds of each class, made and real, as values of their spectrograms. */
  readonly sounds: Readonly<
    Record<
      string,
      readonly {
        readonly name: string;
        readonly made: {readonly values: Float32Array; readonly part: ShownPart} | null;
        readonly real: {readonly values: Float32Array; readonly part: ShownPart} | null;
      }[]
    >
  >;
}

const perClass = {image: 10, text: 4, audio: 4} as const;
const numRanked = 8;
const numCompletions = 4;
const numQueries = 4;
const numFound = 5;
const numSounds = 3;

export function exhibits(inspection: Inspection): Exhibits {
  const cache = new FeatureCache(inspection.modalities);
  const ranked = rankedExamples(inspection);
  return {
    byClass: byClass(inspection),
    best: ranked.slice(0, numRanked),
    worst: ranked.slice(numRanked).slice(-numRanked).reverse(),
    completions: Object.fromEntries(
      inspection.completions
        .filter(({given}) => given.length === 1)
        .flatMap(completion => rankedCompletions(inspection, completion, cache)),
    ),
    gallery: gallery(inspection, cache),
    sounds: sounds(inspection, cache),
  };
}

function byClass({generated, classNames, modalities}: Inspection): Record<string, ClassRow[]> {
  return Object.fromEntries(
    Object.entries(generated ?? {}).map(([name, parts]) => {
      const most = perClass[modalities[name]!.kind];
      const labels = parts.judgement?.labels;
      if (!labels) {
        const count = parts.values.length / parts.size;
        const rows = Array.from({length: Math.min(count, 2 * most)}, (_, row) => row);
        return [name, [{name: 'all', parts: rows.map(row => show(parts, row, name, modalities)), count}]];
      }
      const rows = classNames.map((className, label): ClassRow => {
        const of = Array.from(labels, (own, row) => (own === label ? row : -1)).filter(row => row >= 0);
        return {
          name: className,
          count: of.length,
          // The first ones: neither the best nor the worst.
          parts: of.slice(0, most).map(row => show(parts, row, name, modalities)),
        };
      });
      return [name, rows];
    }),
  );
}

/** Best first; empty with fewer than two classifiers. Every shown part is decoded, so only those that may be shown are. */
function rankedExamples({generated, classNames, modalities}: Inspection): RankedExample[] {
  const judged = Object.entries(generated ?? {}).filter(([, parts]) => parts.judgement);
  if (judged.length < 2) return [];
  const count = judged[0]![1].judgement!.labels.length;
  const agreement = Float64Array.from({length: count}, (_, row) =>
    Math.max(
      ...classNames.map((_, label) =>
        judged.reduce((product, [, parts]) => product * probabilityOf(parts.judgement!, row, label), 1),
      ),
    ),
  );
  const order = Array.from(agreement, (_, row) => row).sort((a, b) => agreement[b]! - agreement[a]! || a - b);
  // The best of all are alike in their certainty: one of each class, as far as they go.
  const best = oneOfEachClass(order, judged[0]![1].judgement!.labels).slice(0, numRanked);
  const worst = order.filter(row => !best.includes(row)).slice(-numRanked);
  return [...best, ...worst].map(row => ({
    agreement: agreement[row]!,
    example: Object.fromEntries(
      Object.entries(generated!).map(([name, parts]) => [name, show(parts, row, name, modalities)]),
    ),
    seen: Object.fromEntries(judged.map(([name, parts]) => [name, classNames[parts.judgement!.labels[row]!]!])),
  }));
}

function oneOfEachClass(order: readonly number[], labels: ArrayLike<number>): number[] {
  const firsts = new Map<number, number>();
  for (const row of order) if (!firsts.has(labels[row]!)) firsts.set(labels[row]!, row);
  const chosen = [...firsts.values()];
  return [...chosen, ...order.filter(row => !chosen.includes(row))];
}

function rankedCompletions(
  inspection: Inspection,
  {given, rows, made}: Completion,
  cache: FeatureCache,
): [string, Exhibits['completions'][string]][] {
  const {classNames, examples, labels, modalities} = inspection;
  return Object.entries(made).flatMap(([target, parts]): [string, Exhibits['completions'][string]][] => {
    const {judgement} = parts;
    if (!judgement) return [];
    const probability = (i: number): number => probabilityOf(judgement, i, labels[rows[i]!]!);
    const order = Array.from(rows, (_, i) => i).sort((a, b) => probability(b) - probability(a) || a - b);
    const shown = (i: number): RankedCompletion => {
      const example = examples[rows[i]!]!;
      const parts = Object.fromEntries(given.map(name => [name, example.parts[name]!]));
      return {
        given: shownExample({...example, parts}, modalities, cache),
        made: show(made[target]!, i, target, modalities),
        truth: classNames[labels[rows[i]!]!]!,
        seen: classNames[judgement.labels[i]!]!,
        probability: probability(i),
      };
    };
    const best = oneOfEachClass(
      order,
      Array.from(rows, row => labels[row]!),
    ).slice(0, numCompletions);
    const worst = order.filter(i => !best.includes(i)).slice(-numCompletions);
    return [[`${given.join('+')}→${target}`, {target, best: best.map(shown), worst: worst.reverse().map(shown)}]];
  });
}

function gallery({codes, examples, labels, modalities, seed}: Inspection, cache: FeatureCache): Exhibits['gallery'] {
  if (!codes) return {};
  const names = Object.keys(codes.real);
  const result: Record<string, Exhibits['gallery'][string]> = {};
  for (const from of names) {
    for (const to of names) {
      const shared = Array.from(codes.real[from]!.rows).filter(row => codes.real[to]!.rows.includes(row));
      if (from === to || shared.length <= numFound) continue;
      const queries = oneOfEachClass(
        new RandomStream(seed, `report/gallery/${from}/${to}`).shuffle([...shared]),
        labels,
      ).slice(0, numQueries);
      const [asked, pool] = [pickCodes(codes.real[from]!, queries), pickCodes(codes.real[to]!, shared)];
      const part = (row: number, name: string): ShownPart => {
        const example = examples[row]!;
        return shownExample({...example, parts: {[name]: example.parts[name]!}}, modalities, cache)[name]!;
      };
      const rows = queries.map((query, i) => {
        const ranked = rankedRows(asked, i, pool).map(place => shared[place]!);
        // Another row with the same part is no other find: a clip stands in many rows.
        const seen = new Set<unknown>();
        const found = ranked.filter(row => {
          const own = examples[row]!.parts[to];
          if (seen.has(own)) return false;
          seen.add(own);
          return true;
        });
        return {
          query: part(query, from),
          found: found.slice(0, numFound).map(row => ({part: part(row, to), isRight: labels[row]! === labels[query]!})),
        };
      });
      result[`${from}→${to}`] = {from, to, rows};
    }
  }
  return result;
}

function sounds(
  {generated, examples, labels, classNames, modalities}: Inspection,
  cache: FeatureCache,
): Exhibits['sounds'] {
  const names = Object.keys(modalities).filter(name => modalities[name]!.kind === 'audio');
  return Object.fromEntries(
    names.map(name => {
      const made = generated?.[name];
      const rows = classNames.flatMap((className, label) => {
        const place = made?.judgement ? made.judgement.labels.indexOf(label) : -1;
        const real = examples.find((example, row) => labels[row] === label && example.parts[name] !== undefined);
        if (place < 0) return [];
        return [
          {
            name: className,
            made: {values: partValues(made!, place), part: show(made!, place, name, modalities)},
            real: real
              ? {
                  values: cache.encode(name, real.parts[name]!),
                  part: shownExample({...real, parts: {[name]: real.parts[name]!}}, modalities, cache)[name]!,
                }
              : null,
          },
        ];
      });
      // From the beginning, the middle and the end of the classes.
      const chosen = rows.filter((_, i) => i % Math.max(1, Math.floor(rows.length / numSounds)) === 0);
      return [name, chosen.slice(0, numSounds)];
    }),
  );
}

function show(parts: MadeParts, row: number, name: string, modalities: Modalities): ShownPart {
  return shownPart(partValues(parts, row), modalities[name]!);
}
