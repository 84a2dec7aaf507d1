/**
 * Measures mode collapse: a ring of 8 and a grid of 25 Gaussians, the plain GAN and five cures, several seeds, one budget. Writes
 * docs/modes.md, modes.json and modes.png. Runs that modes.json holds already are not made again.
 *
 * Called as:  npm run bench:modes
 *             npm run bench:modes -- --seeds 10 --updates 20000 --settings plain,r1 --problems grid --fresh --no-page --out DIR
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {backendInfo, selectBackend} from '../src/backend/select';
import {type ModeProblem, type ModeSettingName, modeProblems, modeSettings, runModes} from '../src/tasks/mode-collapse';
import {KeptRows} from './kept-rows';
import {pageOf} from './modes/page';
import type {ModeRow} from './modes/rows';

/** Steps of D and G together. Packing needs the longer one to find the grid's modes. */
const usualUpdates: Readonly<Record<ModeProblem, number>> = {ring: 20_000, grid: 60_000};

async function main(): Promise<void> {
  const {values} = parseArgs({
    allowNegative: true,
    options: {
      seeds: {type: 'string', default: '5'},
      updates: {type: 'string'},
      problems: {type: 'string', default: Object.keys(modeProblems).join(',')},
      settings: {type: 'string', default: Object.keys(modeSettings).join(',')},
      fresh: {type: 'boolean', default: false},
      page: {type: 'boolean', default: true},
      out: {type: 'string', default: join(__dirname, '..', 'docs')},
    },
  });
  // Networks as small as these are done sooner than several threads have agreed on who does what.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  await selectBackend();
  mkdirSync(values.out, {recursive: true});
  const rows = new KeptRows<ModeRow>(join(values.out, 'modes.json'), values.fresh);
  // Seed by seed, so that a bench that is stopped has all settings equally often.
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const problem of values.problems.split(',') as ModeProblem[]) {
      for (const setting of values.settings.split(',') as ModeSettingName[]) {
        const updates = Number(values.updates ?? usualUpdates[problem]);
        if (rows.has({problem, setting, seed, updates})) continue;
        const row = await measure(problem, setting, seed, updates);
        rows.add(row);
        console.log(
          `${problem} ${setting} seed ${seed}: ${row.modes} modes, ${row.highQuality} near one, ${row.cpuSeconds} s`,
        );
      }
    }
  }
  if (values.page) await pageOf(rows.all(), values.out);
}

async function measure(
  problem: ModeProblem,
  setting: ModeSettingName,
  seed: number,
  updates: number,
): Promise<ModeRow> {
  const before = process.cpuUsage();
  const run = await runModes({problem, setting, seed, updates});
  const {user, system} = process.cpuUsage(before);
  return {
    problem,
    setting,
    seed,
    updates,
    modes: run.modes,
    highQuality: rounded(run.highQuality, 4),
    divergence: rounded(run.divergence, 4),
    counts: run.counts,
    cpuSeconds: rounded((user + system) / 1e6, 1),
    backend: backendInfo().name,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

void main();
