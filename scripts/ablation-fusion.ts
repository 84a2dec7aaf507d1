/**
 * The ablation of fusions: every method in E and in D, on digits and shapes, complete and with half of the training parts missing, the
 * same budget, three seeds. Writes docs/fusion-ablation.md and fusion-ablation.json; runs that the JSON holds are not made again.
 *
 * Called as:  npm run ablation:fusion
 *             npm run ablation:fusion -- --datasets digits --fusions gated,tensorFusion --seeds 1,2 --fresh --out DIR --page-only
 */
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {backendInfo, selectBackend} from '../src/backend/select';
import {writeFileWhole} from '../src/core/files';
import {type FusionMethod, fusionMethods} from '../src/core/fusion-names';
import type {Dataset} from '../src/datasets/dataset';
import {loadDigits} from '../src/datasets/digits';
import {loadShapes} from '../src/datasets/shapes';
import {disposeOracles, loadOracles, shippedOraclesFolder} from '../src/evaluation/oracles';
import {FeatureCache} from '../src/features/batch';
import {ablationSeeds, ablationTraining, missingRates} from './fusion/budget';
import {type AblationRow, trainAndScore} from './fusion/measure';
import {ablationPage} from './fusion/page';
import {KeptRows} from './kept-rows';

const datasets: Readonly<Record<string, () => Dataset>> = {digits: loadDigits, shapes: loadShapes};

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      datasets: {type: 'string', default: Object.keys(datasets).join(',')},
      fusions: {type: 'string', default: fusionMethods.join(',')},
      seeds: {type: 'string', default: ablationSeeds.join(',')},
      missing: {type: 'string', default: missingRates.join(',')},
      fresh: {type: 'boolean', default: false},
      'page-only': {type: 'boolean', default: false},
      out: {type: 'string', default: join(__dirname, '..', 'docs')},
    },
  });
  const rows = new KeptRows<AblationRow>(join(values.out, 'fusion-ablation.json'), values.fresh);
  const writePage = () =>
    writeFileWhole(join(values.out, 'fusion-ablation.md'), ablationPage(rows.all(), Object.keys(datasets)));
  if (!values['page-only']) {
    // Networks as small as these are done sooner than several threads have agreed on who does what.
    process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
    process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
    await selectBackend();
    for (const name of values.datasets.split(',')) {
      const dataset = datasets[name]!();
      const cache = new FeatureCache(dataset.modalities);
      const oracles = loadOracles(shippedOraclesFolder(name));
      // Seed by seed, so that an ablation that is stopped has all fusions equally often.
      for (const seed of values.seeds.split(',').map(Number)) {
        for (const missing of values.missing.split(',').map(Number)) {
          for (const fusion of values.fusions.split(',') as FusionMethod[]) {
            const {steps, encoderSteps} = ablationTraining;
            const setting = {dataset: name, fusion, missing, seed, steps, encoderSteps};
            if (rows.has(setting)) continue;
            const before = process.cpuUsage();
            const scores = await trainAndScore(dataset, cache, oracles, setting);
            const {user, system} = process.cpuUsage(before);
            const rounded = Object.fromEntries(Object.entries(scores).map(([key, value]) => [key, round(value, 4)]));
            rows.add({
              ...setting,
              ...(rounded as unknown as typeof scores),
              cpuSeconds: round((user + system) / 1e6, 1),
              backend: backendInfo().name,
            });
            console.log(JSON.stringify(rows.all().at(-1)));
            writePage();
          }
        }
      }
      disposeOracles(oracles);
    }
  }
  writePage();
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

void main();
