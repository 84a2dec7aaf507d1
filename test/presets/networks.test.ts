/** The presets' own networks keep the rules that every network keeps; what they take from `networks` is checked there. */
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import type {ModalitySpec} from '../../src/core/types';
import {partShape} from '../../src/core/types';
import {checkNetwork} from '../../src/networks/check/check-network';
import type {NetworkDefinition} from '../../src/networks/check/network-type';
import {
  codeJudge,
  type Pair,
  pairEncoder,
  pairGenerator,
  pairJudge,
} from '../../src/presets/cross-modal-encoder/players';
import {jointNetwork} from '../../src/presets/dcgan/joint-model';
import {pictureJudge} from '../../src/presets/dcgan/picture-game';
import {textJudge} from '../../src/presets/dcgan/text-game';
import {denseStack} from '../../src/presets/deep-stack/stack';
import {twoLayers} from '../../src/presets/embedding/picture-network';
import {embeddingStack} from '../../src/presets/embedding/players';
import {perceptron} from '../../src/presets/perceptron/game';
import {smallImage, smallText} from '../networks/specs';

const specs = [smallImage, smallText] as const;
const shapes = specs.map(spec => partShape(spec));
const players = {specs, latentDim: 3, units: 5};

/** Values of a picture and probabilities of words, then masks: which of the two are shown. */
function examples(kinds: readonly ModalitySpec[], masks = 0): Pick<NetworkDefinition, 'inputs' | 'sample'> {
  const inputs = [...kinds.map(spec => partShape(spec)), ...new Array<number[]>(masks).fill([1])];
  return {
    inputs,
    sample: (stream, count) =>
      inputs.map((shape, i) => {
        const values = tf.tensor(stream.normals(shape.reduce((product, n) => product * n, count)), [count, ...shape]);
        return kinds[i]?.kind === 'text' ? tf.softmax(values, -1) : tf.tanh(values);
      }),
  };
}

/** A mask's input moves nothing but where it crosses a bound: the picture is left out in some rows, the text in others. */
function shownBy(side: tf.Tensor): [image: tf.Tensor1D, text: tf.Tensor1D] {
  const mask = (bound: tf.Tensor) => bound.cast('float32').reshape([-1]) as tf.Tensor1D;
  return [mask(side.greater(-0.5)), mask(side.less(0.5))];
}

const definitions: readonly NetworkDefinition[] = [
  ...[true, false].map(
    (residual): NetworkDefinition => ({
      name: `deep-stack, ${residual ? 'with a way round each layer' : 'plain'}`,
      inputs: [[4]],
      outputs: [2],
      build(p) {
        const stack = denseStack(p, 'stack', {inputs: 4, outputs: 2, depth: 3, units: 6, residual});
        return ([x]) => stack(x as tf.Tensor2D);
      },
    }),
  ),
  {
    name: 'perceptron',
    inputs: [[4]],
    outputs: [2],
    build(p) {
      const network = perceptron(p, 'player', 4, 2);
      return ([x]) => network(x!);
    },
  },
  {
    name: 'embedding',
    inputs: [[4]],
    outputs: [2],
    build(p) {
      const network = embeddingStack(p, 'player', 4, 2);
      return ([x]) => network(x!);
    },
  },
  {
    name: 'embedding, half of the autoencoder',
    inputs: [[4]],
    outputs: [2],
    build(p) {
      const network = twoLayers(p, ['hidden', 'code'], 4, 2);
      return ([x]) => network(x!);
    },
  },
  {
    name: 'cross-modal-encoder, G',
    inputs: [[3]],
    outputs: {image: shapes[0]!, text: shapes[1]!},
    build(p) {
      const generate = pairGenerator(p, players);
      return ([z]) => {
        const [image, text] = generate(z!);
        return {image, text};
      };
    },
  },
  {
    name: 'cross-modal-encoder, E',
    ...examples(specs, 1),
    outputs: [3],
    batchSize: 8,
    build(p) {
      const encode = pairEncoder(p, players);
      return ([image, text, side]) => encode([image!.add(side!.mul(0).reshape([-1, 1, 1, 1])), text!], shownBy(side!));
    },
  },
  {
    name: 'cross-modal-encoder, D of codes',
    inputs: [[3]],
    outputs: [1],
    build(p) {
      const judge = codeJudge(p, players);
      return ([codes]) => judge(codes!);
    },
  },
  {
    name: 'cross-modal-encoder, D of pairs',
    ...examples(specs),
    outputs: [1],
    build(p) {
      const judge = pairJudge(p, players);
      return pair => judge(pair as unknown as Pair);
    },
  },
  {
    name: 'dcgan, D of pictures',
    ...examples([smallImage]),
    outputs: [1],
    build(p) {
      const judge = pictureJudge(p, smallImage, 2);
      return ([x], {mode}) => judge(x!, mode);
    },
  },
  {
    name: 'dcgan, D of texts',
    ...examples([smallText]),
    outputs: [1],
    build(p) {
      const judge = textJudge(p, smallText);
      return ([x]) => judge(x!);
    },
  },
  {
    name: 'dcgan, the joint model',
    ...examples(specs, 1),
    outputs: {first: [2], second: [3]},
    batchSize: 8,
    build(p) {
      const questions = [{numAnswers: 2}, {numAnswers: 3}];
      const {fuse, ask} = jointNetwork(p, {
        specs: {image: smallImage, text: smallText},
        fusion: 'productOfExperts',
        questions,
      });
      return ([image, text, side]) => {
        const code = fuse([image!.add(side!.mul(0).reshape([-1, 1, 1, 1])), text!], shownBy(side!));
        const [first, second] = ask(code) as [tf.Tensor, tf.Tensor];
        return {first, second};
      };
    },
  },
];

for (const definition of definitions)
  test(`${definition.name}: keeps every rule`, async () => {
    await selectBackend();
    checkNetwork(definition);
  });
