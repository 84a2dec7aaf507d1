#!/usr/bin/env node
/** `multimodal-gan`: the verbs of the module from a terminal. */
import {Command} from 'commander';
import {exitCodes} from '../core/checks';
import {describeFailure, exitCodesText} from './report-error';
import {packageVersion} from './version';

/** Loaded when they are asked for: most of them bring TensorFlow.js along. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  'first-run': async () => (await import('./commands/first-run')).firstRunCommand(),
  train: async () => (await import('./commands/train')).trainCommand(),
  evaluate: async () => (await import('./commands/evaluate')).evaluateCommand(),
  compare: async () => (await import('./commands/compare')).compareCommand(),
  generate: async () => (await import('./commands/generate')).generateCommand(),
  data: async () => (await import('./commands/data')).dataCommand(),
  kernel: async () => (await import('./commands/kernel')).kernelCommand(),
  doctor: async () => (await import('./commands/doctor')).doctorCommand(),
};

/** @param args what stands after the program's name. @returns the exit code; errors are printed as one line, never thrown. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    const program = await buildProgram(args[0]);
    await program.parseAsync(args.length > 0 ? args : ['--help'], {from: 'user'});
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    const {exitCode, line} = describeFailure(error);
    if (line !== null) console.error(line);
    return exitCode;
  }
}

/** @param verb the command that is called; without one, or with an unknown one, all are there to be listed. */
async function buildProgram(verb: string | undefined): Promise<Command> {
  const program = new Command('multimodal-gan')
    .description('Generative adversarial networks over pictures, texts and sounds at once')
    .version(packageVersion())
    .addHelpText('after', `\n${exitCodesText}`);
  const called = verb === undefined ? undefined : commands[verb];
  for (const load of called ? [called] : Object.values(commands)) program.addCommand(await load());
  for (const command of [program, ...program.commands, ...program.commands.flatMap(each => each.commands)]) {
    // The error is thrown to runCli, which prints it as one line.
    command.exitOverride().configureOutput({outputError: () => {}});
  }
  for (const command of program.commands) command.addHelpText('after', `\n${exitCodesText}`);
  return program;
}

if (require.main === module) {
  // `multimodal-gan … | head` closes the pipe early; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.output),
  );
  void runCli(process.argv.slice(2)).then(code => {
    process.exitCode = code;
  });
}
