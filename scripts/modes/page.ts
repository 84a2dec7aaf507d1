/** docs/modes.md and its figure, from the runs of the mode benchmark. */
import {cpus} from 'node:os';
import {join} from 'node:path';
import {writeFileWhole} from '../../src/core/files';
import {RandomStream} from '../../src/core/random';
import {drawPoints} from '../../src/datasets/gaussian-mixtures';
import {seedInterval} from '../../src/evaluation/intervals';
import type {Point} from '../../src/plots/figure';
import {pointPanels} from '../../src/plots/point-panels';
import {renderFigure} from '../../src/plots/render';
import {
  type ModeProblem,
  type ModeSetting,
  type ModeSettingName,
  modeProblems,
  modeSettings,
  runModes,
} from '../../src/tasks/mode-collapse';
import type {ModeRow} from './rows';

/** The figure trains the two runs that it shows once more. */
export async function pageOf(rows: readonly ModeRow[], folder: string): Promise<void> {
  const shown = await writeFigure(rows, join(folder, 'modes.png'));
  const engines = [...new Set(rows.map(({backend}) => backend))].join(', ');
  const sections = (Object.keys(modeProblems) as ModeProblem[]).map(problem => section(problem, rows));
  const longest = Math.max(...rows.map(({updates}) => updates));
  const minutes = rows.reduce((sum, {cpuSeconds}) => sum + cpuSeconds, 0) / 60;
  const page = `# Mode collapse, measured

Made by \`npm run bench:modes\`; every run is in [modes.json](modes.json). Engine: ${engines}, one thread, ${cpus()[0]?.model.trim() ?? 'an unknown processor'}; ${minutes.toFixed(0)} minutes of CPU in all.

A *mode* counts when at least one of 2,500 generated points lies within three standard deviations of its centre. *High quality* is the share of points that
lie so near to any mode (.989 of real points do). *Divergence* is the Kullback–Leibler divergence, in nats, of the points' nearest modes from an even choice: 0 when
each mode is drawn equally often. Mean ± standard deviation over seeds, with the range of modes.

${sections.join('\n')}
![${shown.alt}](modes.png)

${shown.caption}

## Protocol

That of PacGAN (Lin et al. 2018, section 4.1, [arXiv:1712.04086](https://arxiv.org/abs/1712.04086)), with the numbers of [its authors' code](https://github.com/fjxmlzn/PacGAN/tree/master/synthetic_data_experiments):
ring of radius 1 with deviation .01, grid with distance 2 and deviation .05, z of two dimensions, batches of 100 (with packing, of 100 packs), 2,500 points counted once after training.

| | theirs | here |
|---|---|---|
| G | 4 hidden layers of 400, ReLU, batch norm | 3 of 128, ReLU, no norm |
| D | 3 hidden layers of 200, maxout of 5 | 3 of 128, leaky ReLU |
| updates | about 400,000 of each player at once, Adam 1e-4, β₁ = .8 | those above, of D and G in turn, Adam 1e-3 falling to a fiftieth over the second half, β₁ = .5 (WGAN-GP: 0) |
| real points | 100,000 drawn once | drawn anew |
| runs | 10 | one for each seed |
| divergence | of points of high quality (Jensen–Shannon in their code) | of all points |

All settings share networks, batches, learning rates and the budget; no setting was tuned beyond the weight of its penalty.
Their networks are larger and their training is longer (${longest.toLocaleString('en')} updates here are ${(longest / 2).toLocaleString('en')} of each player), so these rows are not to be compared with theirs one by one.
The grid is judged by the longer budget: with the shorter one packing has hardly any point near a mode yet.
`;
  writeFileWhole(join(folder, 'modes.md'), page);
}

function section(problem: ModeProblem, rows: readonly ModeRow[]): string {
  const own = rows.filter(row => row.problem === problem);
  const budgets = [...new Set(own.map(({updates}) => updates))].sort((a, b) => b - a);
  return budgets
    .map(updates => {
      const lines = (Object.keys(modeSettings) as ModeSettingName[]).flatMap(setting => {
        const runs = own.filter(row => row.setting === setting && row.updates === updates);
        return runs.length < 2 ? [] : [line(setting, runs)];
      });
      const of = modeProblems[problem].centres.length;
      return `## ${problem === 'ring' ? 'Ring' : 'Grid'} of ${of}, ${updates.toLocaleString('en')} updates

| setting | seeds | modes of ${of} | fewest–most | high quality | divergence | CPU s a run |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
    })
    .join('\n');
}

function line(setting: ModeSettingName, runs: readonly ModeRow[]): string {
  const {title} = modeSettings[setting] as ModeSetting;
  const modes = runs.map(run => run.modes);
  const cells = [
    title,
    runs.length,
    spread(modes, 1),
    `${Math.min(...modes)}–${Math.max(...modes)}`,
    spread(
      runs.map(run => run.highQuality),
      2,
    ),
    spread(
      runs.map(run => run.divergence),
      2,
    ),
    (runs.reduce((sum, run) => sum + run.cpuSeconds, 0) / runs.length).toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function spread(values: readonly number[], digits: number): string {
  const {mean, standardDeviation} = seedInterval(values);
  const text = (value: number) => value.toFixed(digits).replace(/^0\./, '.');
  return `${text(mean)} ± ${text(standardDeviation)}`;
}

/** The plain run with the fewest modes of the grid, beside the cured one with the most. */
async function writeFigure(rows: readonly ModeRow[], file: string): Promise<{alt: string; caption: string}> {
  const all = rows.filter(({problem}) => problem === 'grid');
  const longest = Math.max(...all.map(({updates}) => updates));
  const grid = all.filter(({updates}) => updates === longest);
  const order = [...grid].sort((a, b) => a.modes - b.modes || a.highQuality - b.highQuality);
  const collapsed = order.find(({setting}) => setting === 'plain');
  const cured = order.filter(({setting}) => setting !== 'plain').pop();
  if (!collapsed || !cured) return {alt: 'no runs on the grid', caption: ''};
  const panels = [];
  const {centres, deviation} = modeProblems.grid;
  const real = drawPoints({centres, deviation}, 1000, new RandomStream(1, 'modes/figure'));
  const realPoints = Array.from({length: 1000}, (_, i): Point => [real[2 * i]!, real[2 * i + 1]!]);
  for (const row of [collapsed, cured]) {
    const run = await runModes(row);
    const name = `${(modeSettings[row.setting] as ModeSetting).title}: ${run.modes} of 25 modes`;
    const generated = run.points.slice(0, 1000);
    panels.push({
      name,
      clouds: [
        {name: 'real', points: realPoints},
        {name: 'generated', points: generated},
      ],
    });
  }
  writeFileWhole(file, await renderFigure(pointPanels(panels, {extent: 5.2})));
  const [left, right] = [collapsed, cured].map(({setting, seed, modes}) => `${setting}, seed ${seed}, ${modes} modes`);
  return {
    alt: 'Points of the grid of 25, real and generated, by a collapsed GAN and by a cured one',
    caption: `After ${longest.toLocaleString('en')} updates: a thousand real and a thousand generated points. Left: the plain run with the fewest modes (${left}). Right: the cured run with the most (${right}).`,
  };
}
