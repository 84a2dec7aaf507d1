/** docs/semi-supervised.md, from the runs of its benchmark. */
import {cpus} from 'node:os';
import {join} from 'node:path';
import {writeFileWhole} from '../../src/core/files';
import {seedInterval} from '../../src/evaluation/intervals';
import {defaultSemiSupervisedConfig, type SemiSupervisedConfig} from '../../src/tasks/semi-supervised';

interface Method {
  readonly title: string;
  readonly weights: Pick<SemiSupervisedConfig, 'game' | 'consistency'>;
}

const {game, consistency} = defaultSemiSupervisedConfig;

/** The GAN, and what is left of it without one or both of its unsupervised terms. All else is the same. */
export const methods = {
  supervised: {title: 'classifier on the labelled pictures alone', weights: {game: 0, consistency: 0}},
  game: {title: 'GAN: K + 1 classes, feature matching', weights: {game, consistency: 0}},
  agreement: {title: 'classifier that agrees with its average, no GAN', weights: {game: 0, consistency}},
  gan: {title: '**GAN: K + 1 classes, feature matching, agreement**', weights: {game, consistency}},
} satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

export interface SemiSupervisedRow {
  readonly method: MethodName;
  readonly seed: number;
  readonly steps: number;
  /** Labels of each class. */
  readonly perClass: number;
  /** Accuracy on 1,000 pictures. */
  readonly validation: number;
  /** Accuracy on 2,000 pictures; null where it was not asked for. */
  readonly test: number | null;
  /** Of training, of all threads. */
  readonly cpuMinutes: number;
  /** Of training, by the clock. */
  readonly minutes: number;
  readonly backend: string;
}

/** Mean test accuracy, %, with 100 labels. */
const goal = 97.5;
const allowedMinutes = 30;

export function pageOf(rows: readonly SemiSupervisedRow[], folder: string): void {
  const engines = [...new Set(rows.map(({backend}) => backend))].join(', ');
  const budgets = [...new Set(rows.map(({perClass, steps}) => `${perClass}/${steps}`))];
  const sections = budgets.map(budget => {
    const own = rows.filter(({perClass, steps}) => `${perClass}/${steps}` === budget);
    const {perClass, steps} = own[0]!;
    const lines = (Object.keys(methods) as MethodName[]).flatMap(method => {
      const runs = own.filter(row => row.method === method);
      return runs.length < 2 ? [] : [line(method, runs)];
    });
    return `## ${10 * perClass} labels, ${steps.toLocaleString('en')} steps

| trained as | seeds | test accuracy, % | lowest–highest | validation, % | minutes of CPU a run |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
  });
  writeFileWhole(
    join(folder, 'semi-supervised.md'),
    `# Semi-supervised digits

Made by \`npm run bench:semi-supervised\` (16,000 steps unless told); every run is in [semi-supervised.json](semi-supervised.json). Engine: ${engines}, one thread, ${cpus()[0]?.model.trim() ?? 'an unknown processor'}.

Of the 7,000 training pictures a few of each class keep their labels, chosen by the seed; all 7,000 are seen without. Test: the 2,000 pictures of the embedded test split, so one
picture is .05 points. Mean ± standard deviation over seeds, each with labels, start and order of its own. Settings were chosen on the validation split alone; no step of a run was picked: what is
scored is the average of weights at the last step. *Game* is L_unsupervised with a weight of ${game}, risen over the first half; *agreement* has the weight ${consistency}.

${sections.join('\n')}
*K + 1 classes, feature matching*: Salimans et al. 2016, sections 3.1 and 5 ([arXiv:1606.03498](https://arxiv.org/abs/1606.03498)). *Agreement*: where the averaged classifier is surer than .95 about a picture,
the classifier says the same of a changed copy (Sohn et al. 2020, [arXiv:2001.07685](https://arxiv.org/abs/2001.07685)). Every row has the same network, the same changed copies (turned, sheared, scaled, moved, bent), noise, steps, optimizer and average.
A method with fewer than two runs at a budget has no row: the game alone and agreement alone have not been measured; below is what validation said of agreement alone. Of the game alone there is no run.

## How the settings were chosen

On the 1,000 validation pictures, with the labels of seed 3 where no other is told; one run each, so that half a point says little. *Shown* is the validation accuracy at the end; two runs that were
stopped after 1,000 steps are left out. The noise was chosen from seed 3 alone.

| steps | game | noise | changed besides | shown, % |
|---|---|---|---|---|
| 2,000 | 1, from the start | 0 | | 92.5 |
| 2,000 | 1, from the start | 0 | alignment of the guesses' shares of classes (ReMixMatch) | 92.4 |
| 16,000 | 1, from the start | 0 | seed 1 | 97.8 |
| 16,000 | 1, from the start | 0 | seed 2 | 95.6 |
| 3,000 | 1, rising | 0 | alignment | 94.3 |
| 3,000 | 0.3, from the start | 0 | alignment | 94.5 |
| 3,000 | 0.1, from the start | 0 | alignment | 94.2 |
| 3,000 | 1, from the start | 0 | alignment; realness as an output of its own beside the K classes | 91.1 |
| 3,000 | 0.1, rising | 0 | seed 2 | 95.8 |
| 3,000 | none | 0 | | 96.2 |
| 3,000 | none | 0 | alignment | 96.1 |
| 3,000 | none | 0 | alignment; pictures bent 1.7 times as much | 96.0 |
| 2,000 | none | 0 | alignment; 192 unlabelled pictures a step | 96.0 |
| 3,000 | none | 0 | alignment; a square of 12×12 pixels erased in copies (Cutout) | 94.4 |
| 2,000 | none | 0.5 | | 96.9 |
| 2,000 | 0.3, rising | 0.5 | | 96.7 |
| 16,000 | 0.3, rising | 0.5 | seed 1 | 98.1 |
| 16,000 | 0.3, rising | 0.5 | seed 2 | 97.9 |

On three seeds, test included, without noise and with the game's weight 1 from the start, 2,000 steps: 95.87 ± 1.35 % (95.35, 94.85 and 97.40; validation 94.20 ± 1.93 %), and the labelled pictures alone
93.82 ± 0.53 % (two seeds). These runs are not in the file. The present settings were chosen after that, on validation alone; so was the number of steps, from the last two rows.
Left out: at the end the mean of what the classifier says of a picture and of four changed copies (2,500 steps, seeds 1 and 2: 94.9 and 95.1 % of validation instead of 96.0 and 96.2 %).

Without noise some eighty of the 700 unlabelled sevens are surely taken for twos (seed 2: for threes), and agreement teaches it further; noise on what the classifier learns from, not on what its average judges, leaves three of them,
and took from the game most of the harm that it did (validation of seed 3 only), presumably because D can no longer tell generated pictures by their grain. Against the settings before, the mean over three seeds rises more on validation than on test.
${goalOf(rows)}
The published 98.5 % to 99.1 % with 100 labels are of MNIST's 60,000 training and 10,000 test pictures and 100 to 300 epochs; here are 7,000 and 2,000 of them.
`,
  );
}

/** Whether the GAN's mean on the test split is what is asked for, at its longest budget. */
function goalOf(rows: readonly SemiSupervisedRow[]): string {
  const tested = rows.filter(({method, perClass, test}) => method === 'gan' && perClass === 10 && test !== null);
  const steps = Math.max(...tested.map(row => row.steps));
  const own = tested.filter(row => row.steps === steps);
  if (own.length < 2) return '';
  const mean = seedInterval(own.map(({test}) => 100 * test!)).mean;
  const minutes = Math.max(...own.map(({cpuMinutes}) => cpuMinutes));
  return `
Asked for are ${goal} % within ${allowedMinutes} minutes of CPU a run: ${mean >= goal ? 'reached' : '**not reached**'} (${mean.toFixed(2)} % over ${own.length} seeds, at most ${minutes.toFixed(1)} minutes a run).
`;
}

function line(method: MethodName, runs: readonly SemiSupervisedRow[]): string {
  const tested = runs.flatMap(({test}) => (test === null ? [] : [100 * test]));
  const cells = [
    methods[method].title,
    runs.length,
    tested.length < 2 ? '–' : spread(tested),
    tested.length < 2 ? '–' : `${Math.min(...tested).toFixed(2)}–${Math.max(...tested).toFixed(2)}`,
    spread(runs.map(({validation}) => 100 * validation)),
    (runs.reduce((sum, {cpuMinutes}) => sum + cpuMinutes, 0) / runs.length).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function spread(values: readonly number[]): string {
  const {mean, standardDeviation} = seedInterval(values);
  return `${mean.toFixed(2)} ± ${standardDeviation.toFixed(2)}`;
}
