/** How values on the command line are read: each error names the option. */
import {expected, unknownChoice} from '../core/checks';

/** integerOption('--count', 1)('0') throws "Expected --count to be an integer of at least 1, got "0"." */
export function integerOption(name: string, least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw expected(name, least === Number.MIN_SAFE_INTEGER ? 'an integer' : `an integer of at least ${least}`, text);
    }
    return value;
  };
}

export function positiveOption(name: string): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw expected(name, 'a number above 0', text);
    return value;
  };
}

export function choiceOption<T extends string>(what: string, choices: readonly T[]): (text: string) => T {
  return text => {
    if (!choices.includes(text as T)) throw unknownChoice(what, text, choices);
    return text as T;
  };
}

/** One or more of the choices, with commas between them. */
export function listOption<T extends string>(what: string, choices: readonly T[] | null): (text: string) => T[] {
  return text => {
    const names = text.split(',').map(name => name.trim());
    for (const name of names) {
      if (name === '') throw expected(`--${what}`, 'names with commas between them', text);
      if (choices && !choices.includes(name as T)) throw unknownChoice(what, name, choices);
    }
    return [...new Set(names)] as T[];
  };
}
