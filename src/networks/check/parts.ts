/** The parts of the players as networks to be checked, with the sizes that a check needs to be quick. */
import {networksOf, type PlayerNetworks} from '../../core/network-names';
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {buildDiscriminatorTrunk} from '../discriminator-trunk';
import {buildEncoder} from '../encoder';
import {buildGeneratorHead} from '../generator-head';
import {Parameters} from '../parameters';
import {buildTrunk, type TrunkRole} from '../trunk';
import type {NetworkDefinition} from './network-type';

const sizes = {channels: 3, hiddenUnits: 6};
const inputDim = 5;

/** A head of G by its name, of the package or registered: u → an example of that modality. */
export function headDefinition(spec: ModalitySpec, network: PlayerNetworks['generator']): NetworkDefinition {
  // Few values and few examples: at each kink of an activation a difference is wrong, and there are fewer of them.
  const options = {...sizes, channels: 8, inputDim, network};
  return {
    name: `${network} head for ${spec.kind}`,
    inputs: [[inputDim]],
    outputs: partShape(spec),
    batchSize: 2,
    build(parameters) {
      const head = buildGeneratorHead(parameters, `generator/${spec.kind}`, spec, options);
      return ([u], {mode}) => head.apply(u as tf.Tensor2D, mode);
    },
  };
}

/** A trunk of E or D by its name, of the package or registered: an example → a grid of features. */
export function trunkDefinition(
  spec: ModalitySpec,
  network: PlayerNetworks['discriminator'],
  role: TrunkRole = 'discriminator',
): NetworkDefinition {
  const build = (parameters: Parameters) =>
    buildTrunk(parameters, `${role}/${spec.kind}`, spec, {...sizes, network, role});
  const probe = new Parameters(new RandomStream(1, 'check/probe'));
  const {height, width, channels} = build(probe);
  probe.dispose();
  return {
    name: `${network} trunk of the ${role} for ${spec.kind}`,
    ...examples(spec),
    outputs: [height, width, channels],
    build(parameters) {
      const trunk = build(parameters);
      return ([x], {mode, present}) => trunk.apply(x!, mode, present);
    },
  };
}

/** E's whole part for one modality. */
export function encoderDefinition(
  spec: ModalitySpec,
  network = networksOf(spec.kind, undefined).encoder,
): NetworkDefinition {
  return {
    name: `encoder for ${spec.kind} on a ${network} trunk`,
    ...examples(spec),
    outputs: [4],
    build(parameters) {
      const encoder = buildEncoder(parameters, `encoder/${spec.kind}`, spec, {...sizes, embeddingDim: 4, network});
      return ([x]) => encoder.apply(x!);
    },
  };
}

/** D's whole part for one modality. */
export function discriminatorDefinition(
  spec: ModalitySpec,
  network = networksOf(spec.kind, undefined).discriminator,
): NetworkDefinition {
  const options = {...sizes, contentDim: 4, styleDim: 2, groupSize: 2, network};
  return {
    name: `discriminator for ${spec.kind} on a ${network} trunk`,
    ...examples(spec),
    outputs: {realism: [], projection: [4], ...(spec.kind === 'text' ? {} : {style: [2]})},
    build(parameters) {
      const trunk = buildDiscriminatorTrunk(parameters, `discriminator/${spec.kind}`, spec, options);
      return ([x], {mode, present}) => {
        const {style, ...rest} = trunk.apply(x!, mode, present);
        const outputs: Record<string, tf.Tensor> = {...rest};
        return style ? {...outputs, style} : outputs;
      };
    },
  };
}

/** Inputs in the modality's units: probabilities for text, values in (-1, 1) else. */
function examples(spec: ModalitySpec): Pick<NetworkDefinition, 'inputs' | 'sample' | 'masked'> {
  const shape = partShape(spec);
  return {
    inputs: [shape],
    masked: true,
    sample(stream, count) {
      const size = shape.reduce((product, n) => product * n, count);
      const values = tf.tensor(stream.normals(size), [count, ...shape]);
      return [spec.kind === 'text' ? tf.softmax(values, -1) : tf.tanh(values)];
    },
  };
}
