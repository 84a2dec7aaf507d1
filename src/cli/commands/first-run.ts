/** `npm start`: trains the flagship, evaluates it, and writes a report that a person can look at and listen to. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Command} from 'commander';
import {exitCodes} from '../../core/checks';
import {writeFileWhole} from '../../core/files';
import {assertReplaceable, putInPlace} from '../../core/folders';
import {tf} from '../../core/tensorflow';
import type {Dataset} from '../../datasets/dataset';
import {evaluateInterruptibly} from '../../evaluation/evaluate';
import type {EvaluationMetrics} from '../../evaluation/metrics-record';
import {disposeOracles, type Oracles, oraclesOf} from '../../evaluation/oracles';
import {buildReport, scoreTable} from '../../evaluation/report';
import {modelMark} from '../../model/serialization';
import {renderFigure} from '../../plots/render';
import {reportExamples} from '../../plots/report/examples';
import {writeHtmlReport} from '../../plots/report/report-html';
import {sampleGrid} from '../../plots/sample-grid';
import {loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {listenForInterrupt} from '../interrupt';
import {integerOption} from '../options';
import {reportMark, withSibling, writeFolderWhole} from '../output-folder';
import {saveTrained} from '../run-record';
import {writeSamples} from '../samples';
import {
  addTrainingOptions,
  planTraining,
  repeatCommand,
  runTraining,
  type TrainedRun,
  type TrainingPlan,
} from '../training-run';

/** As many as the report shows; the same seed draws the same ones. */
const numSamples = 24;

export function firstRunCommand(): Command {
  const command = new Command('first-run').description('Train, evaluate and write a report with samples (npm start)');
  return addTrainingOptions(command, path.join('out', 'first-run'))
    .option(
      '--evaluation-count <n>',
      'examples to generate for the scores, and the most real rows to use',
      integerOption('--evaluation-count', 2),
      2000,
    )
    .addHelpText(
      'after',
      '\nCtrl-C ends it early, also during the evaluation: the model so far is saved in OUT-interrupted, what stands in OUT stays, and the exit code is 130.',
    )
    .action((_, self: Command) => firstRun(self));
}

async function firstRun(command: Command): Promise<void> {
  const plan = planTraining(command);
  const {out} = plan.options;
  const interruptedOut = `${out}-interrupted`;
  assertReplaceable(out, reportMark);
  assertReplaceable(interruptedOut, modelMark, 'the folder for an interrupted run');
  const clock = stopwatch();
  const dataset = await loadDataset(plan.options);
  const backend = await startEngine(line => console.log(line));
  console.log(`Data: ${dataset.source} (${clock()} s)`);
  using interruption = listenForInterrupt(line => console.error(`\n${line}`));
  const {signal} = interruption;
  const trained = await runTraining(plan, dataset, backend, signal);
  const {result, record} = trained;
  if (signal.aborted) {
    await writeFolderWhole(interruptedOut, modelMark, folder => saveTrained(folder, result, record));
    console.log(`Stopped after ${result.steps} steps; the model so far is saved in ${interruptedOut}`);
    process.exitCode = exitCodes.interrupted;
    return;
  }
  console.log(`Trained: ${result.encoderSteps} steps of E, ${result.steps} of G and D (${clock()} s)`);

  const oracles = oraclesOf(dataset);
  // An older report stays until the new one is whole.
  await withSibling(out, async sibling => {
    const model = path.join(sibling, 'model');
    saveTrained(model, result, record);
    let whole = false;
    try {
      const metrics = await evaluateInterruptibly(result.model, dataset, oracles, {
        seed: result.trainConfig.seed,
        count: command.opts<{evaluationCount: number}>().evaluationCount,
        onStage: stage => console.error(`${stage} …`),
        signal,
      });
      if (metrics) console.log(`Evaluated (${clock()} s)`);
      whole = metrics !== null && (await writeReport(sibling, trained, dataset, oracles, metrics, signal));
      if (whole) {
        putInPlace(sibling, out, reportMark);
        console.log(`Report written (${clock()} s)\n\n${scoreTable(metrics!)}\n\n${nextSteps(plan, trained)}`);
        return;
      }
    } finally {
      // Minutes of training are not to be lost with a report, whatever went wrong with it.
      if (!whole && fs.existsSync(model)) {
        putInPlace(model, interruptedOut, modelMark);
        console.log(`Stopped before the report was whole; the trained model is saved in ${interruptedOut}`);
      }
    }
    process.exitCode = exitCodes.interrupted;
  });
  disposeOracles(oracles);
  result.model.dispose();
}

/** @returns false when it was interrupted before its end. */
async function writeReport(
  folder: string,
  {result, record}: TrainedRun,
  dataset: Dataset,
  oracles: Oracles,
  metrics: EvaluationMetrics,
  signal: AbortSignal,
): Promise<boolean> {
  const {model, history, trainConfig} = result;
  const evaluation = {backend: record.backend, dataset: dataset.name, source: dataset.source};
  const report = buildReport(record, evaluation, metrics);
  writeFileWhole(path.join(folder, reportMark.file), `${JSON.stringify(report, null, 2)}\n`);
  const samples = model.generate(numSamples, {seed: trainConfig.seed});
  await writeSamples(path.join(folder, 'samples'), samples, dataset.modalities, ['png', 'wav', 'txt']);
  const overview = await renderFigure(sampleGrid(samples, dataset.modalities, {columns: 12}));
  writeFileWhole(path.join(folder, 'samples', 'overview.png'), overview);
  tf.dispose(samples);
  if (await interrupted(signal)) return false;
  const examples = reportExamples(model, dataset, {seed: trainConfig.seed, oracles, numSamples});
  if (await interrupted(signal)) return false;
  const facts = {...record, metrics};
  await writeHtmlReport(path.join(folder, 'report.html'), {report: facts, history, dataset, examples});
  return !(await interrupted(signal));
}

/** Lets a signal that came during long work arrive. */
async function interrupted(signal: AbortSignal): Promise<boolean> {
  await new Promise(resolve => setImmediate(resolve));
  return signal.aborted;
}

function nextSteps(plan: TrainingPlan, {record}: TrainedRun): string {
  const steps = [
    [`open ${path.join(plan.options.out, 'report.html')}`, 'look at the samples, listen to them, compare the scores'],
    ['npm start -- --minutes 15', 'train longer: better in every score'],
    [repeatCommand('npm start --', plan, record), 'repeat this run exactly'],
    ['npm run lab', 'the course: how it works, step by step'],
    ['npx multimodal-gan generate --help', 'more samples, or complete one modality from another'],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return ['What to do next', ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)].join('\n');
}

/** Seconds since the last call, as text. */
function stopwatch(): () => string {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const text = ((now - last) / 1000).toFixed(1);
    last = now;
    return text;
  };
}
