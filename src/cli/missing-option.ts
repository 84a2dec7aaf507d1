/** `--missing image=0.5,caption=0.2`, and the same as JSON in a config file, there by class too. */
import {badInput, expected} from '../core/checks';
import {type MissingRates, missingRatesSchema} from '../datasets/missing';

/** missingOption('image=0.5,caption=0.2') is {image: 0.5, caption: 0.2}. */
export function missingOption(text: string): MissingRates {
  const pairs = text.split(',').map(pair => {
    const [name = '', rate = ''] = pair.split('=').map(side => side.trim());
    const value = Number(rate);
    if (name === '' || rate === '' || !(value >= 0 && value <= 1))
      throw expected('--missing', 'such as image=0.5,caption=0.2, with shares from 0 to 1', text);
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

/** missingText({image: 0.5}) is 'image=0.5', as the command line takes it; null without rates, and by class, which a config file says. */
export function missingText(rates: MissingRates): string | null {
  const shares = Object.values(rates);
  if (shares.length === 0 || shares.some(rate => typeof rate !== 'number')) return null;
  return Object.entries(rates)
    .map(([name, rate]) => `${name}=${rate}`)
    .join(',');
}

/** @param where for the message. */
export function parseMissing(json: unknown, where: string): MissingRates {
  const parsed = missingRatesSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw badInput(where, 'shares from 0 to 1 by modality, or by modality and class', JSON.stringify(json));
}
