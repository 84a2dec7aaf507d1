/** G's part for one modality: content and style become an example. */
import {assertShape, unknownChoice} from '../core/checks';
import {type HeadName, headKinds, usualNetworks} from '../core/network-names';
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
  readonly network?: HeadName;
}

type Builder = (parameters: Parameters, path: string, spec: ModalitySpec, options: HeadSizes) => GeneratorHead;

const builders: Readonly<Record<HeadName, Builder>> = {
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
  const kinds: readonly string[] | undefined = headKinds[network];
  if (!kinds?.includes(spec.kind)) {
    const fitting = Object.entries(headKinds).filter(([, made]) => (made as readonly string[]).includes(spec.kind));
    throw unknownChoice(
      `network of ${path}, for ${spec.kind},`,
      network,
      fitting.map(([name]) => name),
    );
  }
  const head = builders[network](parameters, path, spec, options);
  return {
    apply(u, mode, sampling) {
      assertShape(`the input of ${path}`, u.shape, [null, options.inputDim]);
      if (sampling) assertShape(`the Gumbel noise of ${path}`, sampling.gumbel.shape, [u.shape[0], ...partShape(spec)]);
      return head.apply(u, mode, sampling);
    },
  };
}
