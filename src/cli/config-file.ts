/**
 * `--config FILE`: a JSON object with the command's own options by their long names in camelCase. What stands on the
 * command line wins over the file, the file wins over the defaults.
 */
import type {Command} from 'commander';
import {badInput, UserError, unknownChoice} from '../core/checks';
import {readFileOrFail} from '../core/files';

/**
 * Sets the command's options from the file.
 *
 * @param sections further keys that the command reads itself, for example 'model' and 'training'; each must hold an object.
 * @returns the sections that the file has.
 * @throws UserError that names the file and an unknown key or a value of the wrong kind.
 */
export function applyConfigFile<S extends string = never>(
  command: Command,
  file: string,
  sections: readonly S[] = [],
): Partial<Record<S, Record<string, unknown>>> {
  const found: Partial<Record<S, Record<string, unknown>>> = {};
  const options = command.options.filter(option => option.attributeName() !== 'config');
  for (const [key, value] of Object.entries(readObject(file))) {
    const section = sections.find(name => name === key);
    if (section) {
      if (!isObject(value)) throw badInput(`"${key}" in ${file}`, 'an object', value);
      found[section] = value;
      continue;
    }
    const option = options.find(candidate => candidate.attributeName() === key);
    if (!option) {
      const known = [...new Set([...options.map(candidate => candidate.attributeName()), ...sections])];
      throw new UserError(`${file}: ${unknownChoice('key', key, known).message}`);
    }
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw badInput(`"${key}" in ${file}`, 'a text, a number or a truth value', value);
    if (option.isBoolean() !== (typeof value === 'boolean')) {
      throw badInput(`"${key}" in ${file}`, option.isBoolean() ? 'true or false' : 'a text or a number', value);
    }
    const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
    if (!parse && !option.isBoolean() && typeof value !== 'string')
      throw badInput(`"${key}" in ${file}`, 'a text', value);
    if (command.getOptionValueSource(key) === 'cli') continue;
    command.setOptionValueWithSource(
      key,
      parse && !option.isBoolean() ? parse(String(value), undefined) : value,
      'config',
    );
  }
  return found;
}

function readObject(file: string): Record<string, unknown> {
  const text = readFileOrFail(file, 'the config file').toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badInput(file, 'JSON', (error as Error).message.replaceAll('\n', ' '));
  }
  if (!isObject(json)) throw badInput(file, 'a JSON object', json);
  return json;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
