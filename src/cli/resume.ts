/** What decides the data of a run, from the command line into its checkpoint and back. */
import {resolve} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {Command} from 'commander';
import {UserError} from '../core/checks';
import {type MissingRates, ratesText} from '../datasets/missing';
import type {Checkpoint, DataOrigin} from '../training/checkpoint';
import {type DataOptions, isDatasetName} from './data-options';

/** The config file is needed to repeat the run, not to go on. */
type OriginOptions = DataOptions & {readonly config?: string};
const names = ['data', 'dataConfig', 'images', 'speech', 'config'] as const;

export function originOf(options: OriginOptions, missing: MissingRates): DataOrigin {
  const given = names.flatMap(name => {
    const value = options[name];
    return value === undefined ? [] : [[name, fromRoot(name, value)]];
  });
  return {options: Object.fromEntries(given), missing};
}

/**
 * The options and missing rates that a run goes on with: those of its checkpoint, where that holds them.
 *
 * @throws UserError when the command line says others.
 */
export function resumeData<O extends OriginOptions & {readonly missing?: MissingRates}>(
  command: Command,
  options: O,
  {origin}: Checkpoint,
): {options: O; missing: MissingRates} {
  if (!origin) return {options, missing: options.missing ?? {}};
  for (const {long, name} of names.map(name => ({name, long: longName(command, name)}))) {
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const [got, held] = [fromRoot(name, options[name]!), origin.options[name]];
    if (got !== held) throw conflict(`${long} ${held ?? 'left out'}`, `${long} ${got}`);
  }
  if (options.missing && !isDeepStrictEqual(options.missing, origin.missing))
    throw conflict(hiddenText(origin.missing), hiddenText(options.missing));
  const held = Object.fromEntries(names.map(name => [name, origin.options[name]]));
  return {options: {...options, ...held}, missing: origin.missing};
}

function conflict(held: string, got: string): UserError {
  return new UserError(`Expected --resume with the data of its checkpoint (${held}), got ${got}.`);
}

function hiddenText(rates: MissingRates): string {
  return `${ratesText(rates) || 'nothing'} hidden`;
}

function longName(command: Command, name: string): string {
  return command.options.find(option => option.attributeName() === name)?.long ?? name;
}

function fromRoot(name: string, value: string): string {
  return name === 'data' && isDatasetName(value) ? value : resolve(value);
}
