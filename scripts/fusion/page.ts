/** docs/fusion-ablation.md from the rows of the runs. */
import {fusionMethods} from '../../src/core/fusion-names';
import {fusions} from '../../src/fusion/fusion';
import {ablationCount, ablationModel, ablationSeeds, ablationTraining, missingRates} from './budget';
import type {AblationRow, AblationScores} from './measure';

const columns: readonly (readonly [keyof AblationScores, string])[] = [
  ['joint', 'joint coherence'],
  ['oneGiven', 'coherence, one given'],
  ['twoGiven', 'coherence, two given'],
  ['retrievalFromOthers', 'retrieval, two → third'],
  ['retrievalFromOne', 'retrieval, one → other'],
];

export function ablationPage(rows: readonly AblationRow[], datasets: readonly string[]): string {
  const {steps, encoderSteps, batchSize, encoderBatchSize} = ablationTraining;
  const settings = datasets.flatMap(dataset => missingRates.map(missing => ({dataset, missing})));
  const wanted = settings.length * fusionMethods.length * ablationSeeds.length;
  const seconds = rows.map(row => row.cpuSeconds);
  return `${[
    '# Fusions, compared',
    '',
    'Every fusion in E and in D, same data, same networks, same budget; only `fusion` and `discriminatorFusion` differ. Mean ± standard deviation over the seeds; the best mean of a column is bold. [What the fusions are](fusion.md).',
    '',
    '```',
    'npm run ablation:fusion',
    '```',
    '',
    `Each run: E ${encoderSteps} steps of ${encoderBatchSize}, G and D ${steps} steps of ${batchSize}, small networks (${Object.entries(
      ablationModel,
    )
      .map(pair => pair.join(' '))
      .join(
        ', ',
      )}), nothing tuned for any of them. Scored on ${ablationCount} whole rows of the test split, always the same, and ${ablationCount} generated examples, by the shipped classifiers.`,
    `"50 % missing": half of the training parts of each modality are hidden at random; no example is discarded. Retrieval is recall@1 by class: the fused code of two modalities among the codes of the third; from one to another a fusion sees a single code, which the product of experts leaves as it is and a learnt one need not.`,
    'By chance: joint coherence 1/K², coherence with some given and retrieval 1/K; K is 10 for digits and 24 for shapes (a shape of a colour).',
    `So short a training says how fast a fusion becomes useful, not where it ends, and nothing of what the flagship reaches. A difference below the standard deviations of ${ablationSeeds.length} seeds is none.`,
    `A fusion with weights adds a term to E's loss, that what is seen of an example agrees with the whole of it; the product of experts has nothing to learn and no such term. weightedScores, the product of experts with one weight a modality, tells what the term alone does.`,
    'Why more than one seed: at 400 steps nothing but another rounding of sums (another number of threads, another kernel, β₁ = .50001) moved the joint coherence of one seed of the product of experts on digits from .54 to .93.',
    ...(rows.length < wanted ? ['', `**Not complete**: ${rows.length} of ${wanted} runs.`] : []),
    ...settings.flatMap(setting => ['', ...tableOf(rows, setting)]),
    '',
    '## What it shows',
    '',
    ...findings(rows, settings),
    '',
    `Seconds of CPU a run: ${Math.min(...seconds).toFixed(0)}–${Math.max(...seconds).toFixed(0)}, engine ${[...new Set(rows.map(row => row.backend))].join(', ')}. The rows: [fusion-ablation.json](fusion-ablation.json).`,
  ].join('\n')}\n`;
}

interface Setting {
  readonly dataset: string;
  readonly missing: number;
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}

export function spreadOf(
  rows: readonly AblationRow[],
  setting: Setting & {fusion: string},
  key: keyof AblationScores,
): Spread {
  const values = rows
    .filter(row => row.dataset === setting.dataset && row.missing === setting.missing && row.fusion === setting.fusion)
    .map(row => row[key]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Number.NaN,
    count: values.length,
  };
}

function tableOf(rows: readonly AblationRow[], setting: Setting): string[] {
  const done = fusionMethods.filter(fusion => spreadOf(rows, {...setting, fusion}, 'joint').count > 0);
  const title = `## ${setting.dataset}, ${titleOf(setting)}`;
  if (done.length === 0) return [title, '', 'No runs yet.'];
  const best = columns.map(([key]) => Math.max(...done.map(fusion => spreadOf(rows, {...setting, fusion}, key).mean)));
  return [
    title,
    '',
    `| level | fusion | ${columns.map(([, name]) => name).join(' | ')} | seeds |`,
    `|---|---|${columns.map(() => '---|').join('')}---|`,
    ...done.map(fusion => {
      const spreads = columns.map(([key]) => spreadOf(rows, {...setting, fusion}, key));
      const cells = spreads.map((spread, i) => (spread.mean === best[i] ? `**${textOf(spread)}**` : textOf(spread)));
      return `| ${fusions[fusion].level.replace('Level', '')} | ${fusion} | ${cells.join(' | ')} | ${spreads[0]!.count} |`;
    }),
  ];
}

function titleOf({missing}: Setting): string {
  return missing === 0 ? 'complete' : `${100 * missing} % missing`;
}

function textOf({mean, deviation}: Spread): string {
  const short = (value: number): string => value.toFixed(3).replace(/^0/, '');
  return Number.isNaN(deviation) ? short(mean) : `${short(mean)} ± ${short(deviation)}`;
}

/** Sentences that the rows themselves decide. */
function findings(rows: readonly AblationRow[], settings: readonly Setting[]): string[] {
  return settings.flatMap(setting => {
    const ranked = fusionMethods
      .map(fusion => ({fusion, ...spreadOf(rows, {...setting, fusion}, 'oneGiven')}))
      .filter(({count}) => count > 0)
      .sort((a, b) => b.mean - a.mean);
    const [first, ...others] = ranked;
    if (!first || others.length === 0) return [];
    const last = ranked[ranked.length - 1]!;
    const where = `- ${setting.dataset}, ${titleOf(setting)}: with one modality given, ${first.fusion} is first (${textOf(first)})`;
    const end = `${last.fusion} is last (${textOf(last)}).`;
    // One seed has no spread.
    if (ranked.some(({count}) => count < 2))
      return [`${where}, ${end} Not every fusion has two seeds: whether that is chance is not known.`];
    const near = others.filter(other => first.mean - other.mean <= Math.hypot(first.deviation, other.deviation));
    const rest =
      near.length === 0
        ? 'alone'
        : `with ${near.map(({fusion}) => fusion).join(', ')} within one standard deviation of the difference`;
    return [`${where}, ${rest}; ${end}`];
  });
}
