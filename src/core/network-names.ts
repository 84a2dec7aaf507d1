/** Which networks a player can be made of, for each kind of modality; what stands in `networks` of a model config. */
import {UserError, unknownChoice} from './checks';
import type {Modalities, ModalitySpec} from './types';

type Kind = ModalitySpec['kind'];
const everyKind: readonly Kind[] = ['image', 'text', 'audio'];
const pictures: readonly Kind[] = ['image', 'audio'];

/** Networks of E and D, each with the kinds of modality that it takes. */
export const trunkKinds = {
  /** Two strided convolutions. */
  convolutional: pictures,
  /** One dense layer over words at places. */
  words: ['text'],
  perceptron: everyKind,
  residualPerceptron: everyKind,
  dcgan: pictures,
  /** Residual blocks, with spectral norm in D. */
  residual: pictures,
  /** The same with self-attention. */
  residualAttention: pictures,
  /** Token by token, frame by frame, or row by row. */
  lstm: everyKind,
  gru: everyKind,
} as const satisfies Record<string, readonly Kind[]>;

/** Networks of G, each with the kinds of modality that it makes. */
export const headKinds = {
  convolutional: pictures,
  perceptron: everyKind,
  residualPerceptron: everyKind,
  dcgan: pictures,
  residual: pictures,
  residualAttention: pictures,
  lstm: everyKind,
  gru: everyKind,
} as const satisfies Record<string, readonly Kind[]>;

export type TrunkName = keyof typeof trunkKinds;
export type HeadName = keyof typeof headKinds;

/** The network of each player for one modality. */
export interface PlayerNetworks {
  readonly encoder: TrunkName;
  readonly generator: HeadName;
  readonly discriminator: TrunkName;
}

/** One name for all three players, or one for some of them; the others keep the usual one. */
export type NetworkChoice = HeadName | Partial<PlayerNetworks>;

/** The usual networks, those of the flagship. */
export function usualNetworks(kind: Kind): PlayerNetworks {
  return kind === 'text'
    ? {encoder: 'words', generator: 'gru', discriminator: 'words'}
    : {encoder: 'convolutional', generator: 'convolutional', discriminator: 'convolutional'};
}

/** The networks of one modality. usualNetworks('text') with the choice 'lstm' are three LSTMs. */
export function networksOf(kind: Kind, choice: NetworkChoice | undefined): PlayerNetworks {
  if (typeof choice === 'string') return {encoder: choice, generator: choice, discriminator: choice};
  const usual = usualNetworks(kind);
  return {
    encoder: choice?.encoder ?? usual.encoder,
    generator: choice?.generator ?? usual.generator,
    discriminator: choice?.discriminator ?? usual.discriminator,
  };
}

/**
 * @throws UserError for a modality that is not there, for a name that no network has, and for a network that does not take the kind
 *   of its modality: 'Expected networks.caption.generator, for text, to be perceptron, residualPerceptron, lstm or gru, got "dcgan".'
 */
export function assertNetworksFit(modalities: Modalities, networks: Readonly<Record<string, NetworkChoice>>): void {
  for (const [name, choice] of Object.entries(networks)) {
    const spec = modalities[name];
    if (!spec) throw unknownChoice('modality in networks', name, Object.keys(modalities));
    for (const [player, network] of Object.entries(networksOf(spec.kind, choice))) {
      const kinds: Readonly<Record<string, readonly Kind[]>> = player === 'generator' ? headKinds : trunkKinds;
      if (!(network in kinds))
        throw unknownChoice(`network of networks.${name}.${player}`, network, Object.keys(kinds));
      if (kinds[network]!.includes(spec.kind)) continue;
      const fitting = Object.keys(kinds).filter(known => kinds[known]!.includes(spec.kind));
      const list = `${fitting.slice(0, -1).join(', ')} or ${fitting[fitting.length - 1]}`;
      throw new UserError(`Expected networks.${name}.${player}, for ${spec.kind}, to be ${list}, got "${network}".`);
    }
  }
}
