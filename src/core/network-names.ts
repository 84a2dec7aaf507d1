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

/** A name that the user gave a network of their own. */
type OwnName = string & NonNullable<unknown>;

/** The network of each player for one modality. */
export interface PlayerNetworks {
  readonly encoder: TrunkName | OwnName;
  readonly generator: HeadName | OwnName;
  readonly discriminator: TrunkName | OwnName;
}

/** One name for all three players, or one for some of them; the others keep the usual one. */
export type NetworkChoice = HeadName | OwnName | Partial<PlayerNetworks>;

/** Trunks make E and D, heads make G. */
export type NetworkPart = 'trunk' | 'head';

const known: Readonly<Record<NetworkPart, Map<string, readonly Kind[]>>> = {
  trunk: new Map<string, readonly Kind[]>(Object.entries(trunkKinds)),
  head: new Map<string, readonly Kind[]>(Object.entries(headKinds)),
};

/** Makes a name of the user's own one that a config may hold. @throws UserError for a name of the package. */
export function addNetworkName(part: NetworkPart, name: string, kinds: readonly Kind[]): void {
  if (name in (part === 'trunk' ? trunkKinds : headKinds))
    throw new UserError(`Expected a ${part} of a name of its own, got "${name}", which the package has.`);
  known[part].set(name, kinds);
}

/** @throws UserError for a name that there is not, with those there are, and for one that does not take that kind, with those that do. */
export function assertNetworkFits(part: NetworkPart, name: string, kind: Kind, where: string): void {
  const kinds = known[part].get(name);
  if (!kinds) throw unknownChoice(`network of ${where}`, name, [...known[part].keys()]);
  if (kinds.includes(kind)) return;
  const fitting = [...known[part]].filter(([, taken]) => taken.includes(kind)).map(([other]) => other);
  const list = `${fitting.slice(0, -1).join(', ')} or ${fitting[fitting.length - 1]}`;
  throw new UserError(`Expected the network of ${where}, for ${kind}, to be ${list}, got "${name}".`);
}

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
 * @param modalities the modalities of the model; none when settings are looked at before the data are known: then names are checked
 *   alone.
 * @throws UserError for a modality that is not there, for a name that no network has, and for a network that does not take the kind
 *   of its modality: 'Expected the network of networks.caption.generator, for text, to be perceptron, … or gru, got "dcgan".'
 */
export function assertNetworksFit(modalities: Modalities, networks: Readonly<Record<string, NetworkChoice>>): void {
  const names = Object.keys(modalities);
  for (const [name, choice] of Object.entries(networks)) {
    const spec = modalities[name];
    if (!spec && names.length > 0) throw unknownChoice('modality in networks', name, names);
    const given = spec || typeof choice === 'string' ? networksOf(spec?.kind ?? 'image', choice) : choice;
    for (const [player, network] of Object.entries(given)) {
      const [part, where] = [player === 'generator' ? 'head' : 'trunk', `networks.${name}.${player}`] as const;
      if (spec) assertNetworkFits(part, network, spec.kind, where);
      else if (!known[part].has(network)) throw unknownChoice(`network of ${where}`, network, [...known[part].keys()]);
    }
  }
}
