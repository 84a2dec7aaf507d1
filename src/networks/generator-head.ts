/** G's part for one modality: content and style become an example. */
import {assertShape} from '../core/checks';
import {
  addNetworkName,
  assertNetworkFits,
  type HeadName,
  type PlayerNetworks,
  usualNetworks,
} from '../core/network-names';
import {type ModalitySpec, partShape} from '../core/types';
import {convolutionalHead} from './heads/convolutional';
import {dcganHead} from './heads/dcgan';
import type {GeneratorHead, HeadSizes} from './heads/head-type';
import {perceptronHead, residualPerceptronHead} from './heads/perceptron';
import {recurrentHead} from './heads/recurrent';
import {residualHead} from './heads/residual';
import type {Parameters} from './parameters';

export {type GeneratorHead, planGrowth, planGrowthFrom4, type WordSampling} from './heads/head-type';

export interface GeneratorHeadOptions extends HeadSizes {
  /** The flagship's unless told. */
  readonly network?: PlayerNetworks['generator'];
}

/** Makes its variables in `parameters`, under `path`. */
export type HeadBuilder = (
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: HeadSizes,
) => GeneratorHead;

const builtIn: Readonly<Record<HeadName, HeadBuilder>> = {
  convolutional: convolutionalHead,
  perceptron: perceptronHead,
  residualPerceptron: residualPerceptronHead,
  dcgan: dcganHead,
  residual: (parameters, path, spec, options) => residualHead(parameters, path, spec, {...options, attention: false}),
  residualAttention: (parameters, path, spec, options) =>
    residualHead(parameters, path, spec, {...options, attention: true}),
  lstm: (parameters, path, spec, options) => recurrentHead(parameters, path, spec, {...options, cell: 'lstm'}),
  gru: (parameters, path, spec, options) => recurrentHead(parameters, path, spec, {...options, cell: 'gru'}),
};

const builders: Record<string, HeadBuilder> = {...builtIn};

/**
 * Adds a head of one's own, for G, to those that a config may name. A model that was saved with it can be loaded once it is
 * registered again.
 *
 * @param kinds the kinds of modality that it makes.
 * @throws UserError for a name that the package has.
 */
export function registerHead(name: string, kinds: readonly ModalitySpec['kind'][], build: HeadBuilder): void {
  addNetworkName('head', name, kinds);
  builders[name] = build;
}

/**
 * The head of that name for one modality.
 *
 * @param path begins the names of its parameters, and names the modality in errors, such as `generator/image`.
 * @throws UserError for a name that there is not, or one that does not make the modality's kind; later for an input of another shape.
 */
export function buildGeneratorHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {network = usualNetworks(spec.kind).generator, ...options}: GeneratorHeadOptions,
): GeneratorHead {
  assertNetworkFits('head', network, spec.kind, path);
  const head = builders[network]!(parameters, path, spec, options);
  return {
    apply(u, mode, sampling) {
      assertShape(`the input of ${path}`, u.shape, [null, options.inputDim]);
      if (sampling) assertShape(`the Gumbel noise of ${path}`, sampling.gumbel.shape, [u.shape[0], ...partShape(spec)]);
      return head.apply(u, mode, sampling);
    },
  };
}
