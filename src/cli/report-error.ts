/** What the command line says when something goes wrong: one line, and an exit code that tells the kind. */
import {CommanderError} from 'commander';
import {exitCodes, UserError} from '../core/checks';

export interface Failure {
  readonly exitCode: number;
  /** Null where everything was said, for example after --help. */
  readonly line: string | null;
}

/** The exit codes, for --help. */
export const exitCodesText = `Exit codes: ${exitCodes.ok} done, ${exitCodes.usage} wrong option or config, ${exitCodes.input} input that cannot be used, ${exitCodes.output} results that cannot be written, ${exitCodes.diverged} a training that diverged, ${exitCodes.interrupted} interrupted (what was trained is saved), ${exitCodes.bug} a bug of ours.`;

export function describeFailure(error: unknown): Failure {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return {exitCode: exitCodes.ok, line: null};
    // A command without its sub-command has printed its help instead.
    if (error.code === 'commander.help') return {exitCode: exitCodes.usage, line: null};
    const message = oneLine(error.message.replace(/^error: /, ''));
    return {
      exitCode: exitCodes.usage,
      line: `${message[0]!.toUpperCase()}${message.slice(1)}; --help lists what there is.`,
    };
  }
  if (error instanceof UserError) return {exitCode: error.exitCode, line: oneLine(error.message)};
  if (process.env['MULTIMODAL_GAN_DEBUG'] && error instanceof Error)
    return {exitCode: exitCodes.bug, line: error.stack ?? error.message};
  const message = error instanceof Error ? error.message : String(error);
  return {exitCode: exitCodes.bug, line: `A bug of ours: ${oneLine(message)} (MULTIMODAL_GAN_DEBUG=1 shows where).`};
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
