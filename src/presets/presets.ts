/** The classic systems by name. */
import {unknownChoice} from '../core/checks';
import {crossModalEncoderPreset} from './cross-modal-encoder/cross-modal-encoder';
import {dcganPreset} from './dcgan/dcgan';
import {deepStackPreset} from './deep-stack/deep-stack';
import {embeddingPreset} from './embedding/embedding';
import {perceptronPreset} from './perceptron/perceptron';
import type {Preset} from './preset-type';

const list: readonly Preset[] = [
  deepStackPreset,
  perceptronPreset,
  dcganPreset,
  embeddingPreset,
  crossModalEncoderPreset,
];

export const presetNames: readonly string[] = list.map(({name}) => name);

/** @throws UserError for a name that is not in `presetNames`. */
export function presetOf(name: string): Preset {
  const found = list.find(preset => preset.name === name);
  if (!found) throw unknownChoice('preset', name, presetNames);
  return found;
}
