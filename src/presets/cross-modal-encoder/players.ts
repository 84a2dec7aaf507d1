/** G, E and two kinds of D over a picture and a text, all of them perceptrons. */

import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {buildGeneratorHead} from '../../networks/generator-head';
import {leakyRelu} from '../../networks/layers/activations';
import {dense} from '../../networks/layers/dense';
import {Parameters} from '../../networks/parameters';
import {buildTrunk} from '../../networks/trunk';

/** A picture [N, H, W, C] and a text [N, T, V]. */
export type Pair = readonly [image: tf.Tensor, text: tf.Tensor];
/** Which of them is shown, [N] each: 1 observed, 0 not. */
export type Shown = readonly [image: tf.Tensor, text: tf.Tensor];

export interface EncoderPlayers {
  readonly generator: Parameters;
  readonly discriminator: Parameters;
  readonly encoder: Parameters;
  /** z [N, Z] → a pair. */
  readonly generate: (z: tf.Tensor) => Pair;
  /** A pair, or what is shown of it → its code, [N, Z]: z and codes are of one space. */
  readonly encode: (pair: Pair, shown?: Shown) => tf.Tensor2D;
  /** Logits [N, 1] of codes. */
  readonly judgeCodes: (codes: tf.Tensor) => tf.Tensor2D;
  /** Logits [N, 1] of pairs. */
  readonly judgePairs: (pair: Pair) => tf.Tensor2D;
}

export interface EncoderPlayerOptions {
  readonly specs: readonly [image: ModalitySpec, text: ModalitySpec];
  readonly latentDim: number;
  readonly units: number;
  /** What D looks at; the other of its two forms throws. */
  readonly judges: 'codes' | 'pairs';
  readonly seed: number;
}

export function encoderPlayers({specs, latentDim, units, judges, seed}: EncoderPlayerOptions): EncoderPlayers {
  const [generator, discriminator, encoder] = ['generator', 'discriminator', 'encoder'].map(
    player => new Parameters(new RandomStream(seed, `cross-modal-encoder/${player}`)),
  ) as [Parameters, Parameters, Parameters];
  const sizes = {specs, latentDim, units};
  const generate = pairGenerator(generator, sizes);
  const encode = pairEncoder(encoder, sizes);
  const judge = judges === 'pairs' ? pairJudge(discriminator, sizes) : codeJudge(discriminator, sizes);
  return {
    generator,
    discriminator,
    encoder,
    generate,
    encode,
    judgeCodes: codes => {
      if (judges !== 'codes') throw new Error('Expected a D of codes, got one of pairs.');
      return (judge as ReturnType<typeof codeJudge>)(codes);
    },
    judgePairs: pair => {
      if (judges !== 'pairs') throw new Error('Expected a D of pairs, got one of codes.');
      return (judge as ReturnType<typeof pairJudge>)(pair);
    },
  };
}

type Sizes = Pick<EncoderPlayerOptions, 'specs' | 'latentDim' | 'units'>;

export function pairGenerator(parameters: Parameters, {specs, latentDim, units}: Sizes): EncoderPlayers['generate'] {
  const sizes = {channels: 0, hiddenUnits: units, inputDim: latentDim, network: 'perceptron'};
  const heads = ['image', 'text'].map((name, i) =>
    buildGeneratorHead(parameters, `generator/${name}`, specs[i]!, sizes),
  );
  return z => heads.map(head => head.apply(z as tf.Tensor2D, 'batch')) as unknown as Pair;
}

export function pairEncoder(parameters: Parameters, {specs, latentDim, units}: Sizes): EncoderPlayers['encode'] {
  const read = readers(parameters, 'encoder', specs, units);
  const code = dense(parameters, 'encoder/code', 2 * (units + 1), latentDim);
  return (pair, shown) =>
    tf.tidy(() => {
      const masks = pair.map((x, i) => (shown?.[i] ?? tf.ones([x.shape[0]!])).reshape([x.shape[0]!, 1]));
      // What is not shown is 0, and the network is told so.
      const seen = read(pair).map((h, i) => h.mul(masks[i]!));
      return code(tf.concat([...seen, ...masks], 1));
    });
}

export function codeJudge(parameters: Parameters, {latentDim, units}: Sizes): EncoderPlayers['judgeCodes'] {
  const first = dense(parameters, 'discriminator/dense1', latentDim, units);
  const second = dense(parameters, 'discriminator/dense2', units, units);
  const score = dense(parameters, 'discriminator/score', units, 1);
  return codes => score(leakyRelu(second(leakyRelu(first(codes)))));
}

export function pairJudge(parameters: Parameters, {specs, units}: Sizes): EncoderPlayers['judgePairs'] {
  const read = readers(parameters, 'discriminator', specs, units);
  const joint = dense(parameters, 'discriminator/joint', 2 * units, units);
  const score = dense(parameters, 'discriminator/score', units, 1);
  return pair => score(leakyRelu(joint(tf.concat(read(pair), 1))));
}

/** Two hidden layers for each part, [N, units] each. */
function readers(parameters: Parameters, path: string, specs: Sizes['specs'], units: number) {
  const trunks = ['image', 'text'].map((name, i) =>
    buildTrunk(parameters, `${path}/${name}`, specs[i]!, {
      channels: 0,
      hiddenUnits: units,
      network: 'perceptron',
      role: 'encoder',
    }),
  );
  return (pair: Pair): tf.Tensor[] =>
    trunks.map((trunk, i) => {
      const n = pair[i]!.shape[0]!;
      return trunk.apply(pair[i]!.reshape([n, ...partShape(specs[i]!)]), 'stored').reshape([n, units]);
    });
}
