/** Every layer, network and fusion can stand in a step that is recorded once and replayed, and then learns the same to the last bit. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compileStep} from '../../src/backend/compile/compile-step';
import {selectBackend} from '../../src/backend/select';
import {headKinds, trunkKinds} from '../../src/core/network-names';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {buildFusion, fusionMethods} from '../../src/fusion/fusion';
import type {NetworkDefinition} from '../../src/networks/check/network-type';
import {
  discriminatorDefinition,
  encoderDefinition,
  headDefinition,
  trunkDefinition,
} from '../../src/networks/check/parts';
import {Parameters} from '../../src/networks/parameters';
import {Sgd} from '../../src/training/optimizers/sgd';
import {valueAndGradients} from '../../src/training/value-and-gradients';
import {backends} from '../backend/support';
import {layerDefinitions} from './layers/definitions';
import {smallAudio, smallImage, smallText} from './specs';

/** A step that moves the network's weights, and every weight and state after three of them. */
function learn({name, build, inputs, sample, batchSize = 4}: NetworkDefinition, compiled: boolean): number[] {
  const parameters = new Parameters(new RandomStream(1, name));
  const network = build(parameters);
  const learns = Object.keys(parameters.trainable).length > 0;
  const optimizer = learns ? new Sgd(parameters.trainable) : null;
  const step = compileStep(
    (...x: tf.Tensor[]) => {
      const answer = () => {
        const output = network(x, {mode: 'batch'});
        const parts = output instanceof tf.Tensor ? [output] : Object.values(output);
        return tf.addN(parts.map(part => part.square().mean())) as tf.Scalar;
      };
      if (!optimizer) return answer();
      const {value, gradients} = valueAndGradients(parameters.trainable, answer);
      optimizer.apply(gradients, 0.01);
      return value;
    },
    {enabled: compiled, strict: compiled, audit: 0},
  );
  const stream = new RandomStream(2, name);
  const draw = () =>
    sample?.(stream, batchSize) ??
    inputs.map(shape => {
      const size = shape.reduce((product, n) => product * n, batchSize);
      return tf.tensor(stream.normals(size), [batchSize, ...shape]);
    });
  const values: number[] = [];
  // One runs as usual, two are recorded and compared, the others are replayed.
  for (let i = 0; i < 5; i++) tf.tidy(() => values.push(step(...draw()).dataSync()[0]!));
  for (const variable of Object.values(parameters.all())) values.push(...variable.dataSync());
  assert.equal(step.refusal, null, name);
  if (compiled) assert.match(step.explain(), /replays/, name);
  for (const each of [step, optimizer, parameters]) each?.dispose();
  return values;
}

const kinds = [smallImage, smallText, smallAudio];
const takes = (taken: Readonly<Record<string, readonly string[]>>, kind: string) =>
  Object.keys(taken).filter(network => taken[network]!.includes(kind));
const groups: Readonly<Record<string, readonly NetworkDefinition[]>> = {
  layers: layerDefinitions,
  heads: kinds.flatMap(spec => takes(headKinds, spec.kind).map(network => headDefinition(spec, network))),
  trunks: kinds.flatMap(spec =>
    takes(trunkKinds, spec.kind).flatMap(network =>
      (['encoder', 'discriminator'] as const).map(role => trunkDefinition(spec, network, role)),
    ),
  ),
  'parts of E and D': kinds.flatMap(spec => [encoderDefinition(spec), discriminatorDefinition(spec)]),
  fusions: fusionMethods.map(name => ({
    name,
    inputs: [[4], [4]],
    outputs: [4],
    build(parameters) {
      const fusion = buildFusion(name, parameters, 'f', {modalities: ['a', 'b'], embeddingDim: 4});
      const present = {a: tf.tensor1d([1, 0, 1, 1]), b: tf.tensor1d([1, 1, 0, 1])};
      return ([a, b]) => fusion.apply({codes: {a: a as tf.Tensor2D, b: b as tf.Tensor2D}, present});
    },
  })),
};

if (backends.includes('native'))
  for (const [group, definitions] of Object.entries(groups))
    test(`native: ${group} are recorded, and learn as without`, async () => {
      await selectBackend({prefer: 'native'});
      assert.ok(definitions.length >= 3);
      for (const definition of definitions)
        assert.deepEqual(learn(definition, true), learn(definition, false), definition.name);
    });
