/** `multimodal-gan train`: the flagship, trained and saved as a folder. */
import {Command} from 'commander';
import {exitCodes, UserError} from '../../core/checks';
import {assertReplaceable} from '../../core/folders';
import {modelMark} from '../../model/serialization';
import {presetNames, presetOf} from '../../presets/presets';
import {loadDataset} from '../data-options';
import {startEngine} from '../engine';
import {listenForInterrupt} from '../interrupt';
import {integerOption} from '../options';
import {writeFolderWhole} from '../output-folder';
import {trainPreset} from '../preset-run';
import {saveTrained} from '../run-record';
import {addTrainingOptions, dataArguments, planTraining, repeatCommand, runTraining} from '../training-run';

/** Options that mean something with --preset only. */
const ofPresets: Readonly<Record<string, string>> = {asPublished: '--as-published', epochs: '--epochs', loss: '--loss'};

/** 'perceptron: crossEntropy or meanSquaredError'. */
const withLosses = presetNames
  .flatMap(name => (presetOf(name).losses ? `${name}: ${presetOf(name).losses!.join(' or ')}` : []))
  .join('; ');

export function trainCommand(): Command {
  const command = new Command('train').description('Train a model and save it as a folder');
  return addTrainingOptions(command, 'out/model')
    .option('--preset <name>', `a classic system instead of the flagship: ${presetNames.join(', ')}`)
    .option('--as-published', 'with --preset: with the errors that it was published with')
    .option(
      '--epochs <n>',
      "with --preset: rounds over the data; the preset's own unless told",
      integerOption('--epochs', 1),
    )
    .option('--loss <name>', `with --preset ${withLosses}, unless --as-published; the first unless told`)
    .addHelpText('after', '\nCtrl-C ends the training early: what was reached is saved, and the exit code is 130.')
    .action((_, self: Command) => (self.opts()['preset'] === undefined ? train(self) : trainPreset(self)));
}

async function train(command: Command): Promise<void> {
  const alone = Object.keys(ofPresets).find(key => command.getOptionValueSource(key) === 'cli');
  if (alone) throw new UserError(`Expected --preset with ${ofPresets[alone]}, got none.`);
  const plan = planTraining(command);
  if (command.opts()['preset'] !== undefined)
    throw new UserError('Expected --preset on the command line, got it in the config file.');
  const {out} = plan.options;
  assertReplaceable(out, modelMark);
  const dataset = await loadDataset(plan.options);
  const backend = await startEngine();
  using interruption = listenForInterrupt(line => console.error(`\n${line}`));
  const {result, record} = await runTraining(plan, dataset, backend, interruption.signal);
  await writeFolderWhole(out, modelMark, folder => saveTrained(folder, result, record));
  result.model.dispose();
  if (result.interrupted) {
    console.log(`Stopped after ${result.steps} steps; the model so far is saved in ${out}`);
    process.exitCode = exitCodes.interrupted;
    return;
  }
  console.log(`Trained ${result.steps} steps in ${result.seconds.total.toFixed(0)} s; the model is in ${out}`);
  console.log(`Repeat exactly: ${repeatCommand('multimodal-gan train', plan, record)}`);
  const evaluate = ['multimodal-gan evaluate', `--model ${out}`, ...dataArguments(plan.options)].join(' ');
  console.log(`Next: ${evaluate}, multimodal-gan generate --model ${out}`);
}
