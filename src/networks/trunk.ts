/** What E and D do first with a modality: an example becomes a small grid of features. */
import {assertShape} from '../core/checks';
import {
  addNetworkName,
  assertNetworkFits,
  type PlayerNetworks,
  type TrunkName,
  usualNetworks,
} from '../core/network-names';
import {type ModalitySpec, partShape} from '../core/types';
import type {Parameters} from './parameters';
import {convolutionalTrunk} from './trunks/convolutional';
import {dcganTrunk} from './trunks/dcgan';
import {perceptronTrunk, residualPerceptronTrunk} from './trunks/perceptron';
import {recurrentTrunk} from './trunks/recurrent';
import {residualTrunk} from './trunks/residual';
import type {TrunkOptions as SizeOptions, Trunk, TrunkRole} from './trunks/trunk-type';
import {wordsTrunk} from './trunks/words';

export type {Trunk, TrunkRole} from './trunks/trunk-type';

export interface TrunkOptions extends SizeOptions {
  /** The flagship's unless told. */
  readonly network?: PlayerNetworks['discriminator'];
}

/** Makes its variables in `parameters`, under `path`. */
export type TrunkBuilder = (
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: SizeOptions & {readonly role: TrunkRole},
) => Trunk;

const builtIn: Readonly<Record<TrunkName, TrunkBuilder>> = {
  convolutional: convolutionalTrunk,
  words: wordsTrunk,
  perceptron: perceptronTrunk,
  residualPerceptron: residualPerceptronTrunk,
  dcgan: dcganTrunk,
  residual: (parameters, path, spec, options) => residualTrunk(parameters, path, spec, {...options, attention: false}),
  residualAttention: (parameters, path, spec, options) =>
    residualTrunk(parameters, path, spec, {...options, attention: true}),
  lstm: (parameters, path, spec, options) => recurrentTrunk(parameters, path, spec, {...options, cell: 'lstm'}),
  gru: (parameters, path, spec, options) => recurrentTrunk(parameters, path, spec, {...options, cell: 'gru'}),
};

const builders: Record<string, TrunkBuilder> = {...builtIn};

/**
 * Adds a trunk of one's own, for E and D, to those that a config may name. A model that was saved with it can be loaded once it is
 * registered again.
 *
 * @param kinds the kinds of modality that it takes.
 * @throws UserError for a name that the package has.
 */
export function registerTrunk(name: string, kinds: readonly ModalitySpec['kind'][], build: TrunkBuilder): void {
  addNetworkName('trunk', name, kinds);
  builders[name] = build;
}

/**
 * The trunk of that name for one modality.
 *
 * @param path begins the names of its parameters, and names the modality in errors, such as `discriminator/image`.
 * @throws UserError for a name that there is not, or one that does not take the modality's kind; later for an input of another shape.
 */
export function buildTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {network = usualNetworks(spec.kind).discriminator, ...options}: TrunkOptions & {readonly role: TrunkRole},
): Trunk {
  assertNetworkFits('trunk', network, spec.kind, path);
  const trunk = builders[network]!(parameters, path, spec, options);
  return {
    ...trunk,
    apply(x, mode, present) {
      assertShape(path, x.shape, [null, ...partShape(spec)]);
      return trunk.apply(x, mode, present);
    },
  };
}
