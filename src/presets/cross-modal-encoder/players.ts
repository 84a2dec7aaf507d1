/** G, E and two kinds of D over a picture and a text, all of them perceptrons. */

import {RandomStream} from '../../core/random';
import {mapRecord} from '../../core/records';
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
  const named = {image: specs[0], text: specs[1]};
  const sizes = {channels: 0, hiddenUnits: units};
  const heads = mapRecord(named, (spec, name) =>
    buildGeneratorHead(generator, `generator/${name}`, spec, {...sizes, inputDim: latentDim, network: 'perceptron'}),
  );
  const read = readers(encoder, 'encoder', named, units);
  const code = dense(encoder, 'encoder/code', 2 * (units + 1), latentDim);
  const readForD = judges === 'pairs' ? readers(discriminator, 'discriminator', named, units) : null;
  const scoreLayers =
    judges === 'pairs'
      ? [dense(discriminator, 'discriminator/joint', 2 * units, units)]
      : [
          dense(discriminator, 'discriminator/dense1', latentDim, units),
          dense(discriminator, 'discriminator/dense2', units, units),
        ];
  const score = dense(discriminator, 'discriminator/score', units, 1);
  const judge = (h: tf.Tensor) => score(scoreLayers.reduce((x, layer) => leakyRelu(layer(x)), h));
  return {
    generator,
    discriminator,
    encoder,
    generate: z => [heads['image']!.apply(z as tf.Tensor2D, 'batch'), heads['text']!.apply(z as tf.Tensor2D, 'batch')],
    encode: (pair, shown) =>
      tf.tidy(() => {
        const masks = pair.map((x, i) => (shown?.[i] ?? tf.ones([x.shape[0]!])).reshape([x.shape[0]!, 1]));
        // What is not shown is 0, and the network is told so.
        const seen = read(pair).map((h, i) => h.mul(masks[i]!));
        return code(tf.concat([...seen, ...masks], 1));
      }),
    judgeCodes: codes => {
      if (judges !== 'codes') throw new Error('Expected a D of codes, got one of pairs.');
      return judge(codes);
    },
    judgePairs: pair => {
      if (!readForD) throw new Error('Expected a D of pairs, got one of codes.');
      return judge(tf.concat(readForD(pair), 1));
    },
  };
}

/** Two hidden layers for each part, [N, units] each. */
function readers(parameters: Parameters, path: string, specs: Readonly<Record<string, ModalitySpec>>, units: number) {
  const trunks = Object.entries(specs).map(([name, spec]) =>
    buildTrunk(parameters, `${path}/${name}`, spec, {
      channels: 0,
      hiddenUnits: units,
      network: 'perceptron',
      role: 'encoder',
    }),
  );
  const sizes = Object.values(specs).map(spec => partShape(spec));
  return (pair: Pair): tf.Tensor[] =>
    trunks.map((trunk, i) => {
      const n = pair[i]!.shape[0]!;
      return trunk.apply(pair[i]!.reshape([n, ...sizes[i]!]), 'stored').reshape([n, units]);
    });
}
