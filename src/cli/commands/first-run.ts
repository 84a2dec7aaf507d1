/** `npm start`: trains the flagship, evaluates it, and writes a report that a person can look at and listen to. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Command} from 'commander';
import {exitCodes} from '../../core/checks';
import {writeFileWhole} from '../../core/files';
import {tf} from '../../core/tensorflow';
import type {Dataset} from '../../datasets/dataset';
import {evaluateModel} from '../../evaluation/evaluate';
import type {EvaluationMetrics} from '../../evaluation/metrics-record';
import {disposeOracles, loadOracles, type Oracles} from '../../evaluation/oracles';
import {buildReport, scoreTable} from '../../evaluation/report';
import {reportExamples} from '../../plots/report/examples';
import {writeHtmlReport} from '../../plots/report/report-html';
import {loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {assertReplaceable, writeFolderWhole} from '../output-folder';
import {saveTrained} from '../run-record';
import {writeSamples} from '../samples';
import {addTrainingOptions, planTraining, runTraining, type TrainedRun} from '../training-run';

/** Where the folder has its model: there as soon as the training is done, before the report. */
const marker = path.join('model', 'config.json');
/** As many as the report shows; the same seed draws the same ones. */
const numSamples = 24;

export function firstRunCommand(): Command {
  const command = new Command('first-run').description('Train, evaluate and write a report with samples (npm start)');
  return addTrainingOptions(command, path.join('out', 'first-run'))
    .addHelpText(
      'after',
      '\nCtrl-C ends the training early: what was reached is saved beside --out, and the exit code is 130.',
    )
    .action((_, self: Command) => firstRun(self));
}

async function firstRun(command: Command): Promise<void> {
  const plan = planTraining(command);
  const {out} = plan.options;
  const interruptedOut = `${out}-interrupted`;
  assertReplaceable(out, marker);
  assertReplaceable(interruptedOut, 'config.json');
  const clock = stopwatch();
  const dataset = loadDataset(plan.options);
  const backend = await startEngine(line => console.log(line));
  console.log(`Data: ${dataset.source} (${clock()} s)`);
  const trained = await runTraining(plan, dataset, backend);
  const {result, record} = trained;
  if (result.interrupted) {
    await writeFolderWhole(interruptedOut, 'config.json', folder => saveTrained(folder, result, record));
    console.log(`Stopped after ${result.steps} steps; the model so far is saved in ${interruptedOut}`);
    process.exitCode = exitCodes.interrupted;
    return;
  }
  await writeFolderWhole(out, marker, folder => saveTrained(path.join(folder, 'model'), result, record));
  console.log(
    `Trained: ${result.encoderSteps} steps of E, ${result.steps} of G and D (${clock()} s); the model is in ${path.join(out, 'model')}`,
  );

  const oracles = loadOracles();
  const {seed} = result.trainConfig;
  const metrics = evaluateModel(result.model, dataset, oracles, {seed, onStage: stage => console.error(`${stage} …`)});
  console.log(`Evaluated (${clock()} s)`);
  await writeFolderWhole(out, marker, async folder => {
    fs.cpSync(path.join(out, 'model'), path.join(folder, 'model'), {recursive: true});
    await writeReport(folder, trained, dataset, oracles, metrics);
  });
  console.log(`Report written (${clock()} s)\n\n${scoreTable(metrics)}\n\n${nextSteps(out)}`);
  disposeOracles(oracles);
  result.model.dispose();
}

async function writeReport(
  folder: string,
  {result, record}: TrainedRun,
  dataset: Dataset,
  oracles: Oracles,
  metrics: EvaluationMetrics,
): Promise<void> {
  const {model, history, trainConfig} = result;
  const report = buildReport(record, metrics);
  writeFileWhole(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  const samples = model.generate(numSamples, {seed: trainConfig.seed});
  await writeSamples(path.join(folder, 'samples'), samples, dataset.modalities, ['png', 'wav', 'txt']);
  tf.dispose(samples);
  const examples = reportExamples(model, dataset, {seed: trainConfig.seed, oracles, numSamples});
  const facts = {...report, encoderSteps: record.encoderSteps};
  await writeHtmlReport(path.join(folder, 'report.html'), {report: facts, history, dataset, examples});
}

function nextSteps(out: string): string {
  const steps = [
    [`open ${path.join(out, 'report.html')}`, 'look at the samples, listen to them, compare the scores'],
    ['npm start -- --minutes 15', 'train longer: better in every score'],
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
