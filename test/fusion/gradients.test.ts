/** Every fusion keeps the rules of a network: gradients of first and second order, saving and loading, leaks, on each backend. */
import {fusionMethods} from '../../src/core/fusion-names';
import type {tf} from '../../src/core/tensorflow';
import {buildFusion} from '../../src/fusion/fusion';
import {checkNetwork} from '../../src/networks/check/check-network';
import type {NetworkDefinition} from '../../src/networks/check/network-type';
import {testOnEachBackend} from '../backend/support';

/** The third input says in which rows a or b is absent: it moves nothing but where it crosses a bound. */
const definitions = fusionMethods.map(
  (name): NetworkDefinition => ({
    name,
    inputs: [[4], [4], [1]],
    outputs: [4],
    batchSize: 12,
    build(parameters) {
      const fusion = buildFusion(name, parameters, 'f', {modalities: ['a', 'b'], embeddingDim: 4});
      return ([a, b, side]) => {
        const mask = (bound: tf.Tensor) => bound.cast('float32').reshape([-1]) as tf.Tensor1D;
        const present = {a: mask(side!.greater(-0.5)), b: mask(side!.less(0.5))};
        return fusion.fuse({a: a!.add(side!.mul(0)) as tf.Tensor2D, b: b as tf.Tensor2D}, present);
      };
    },
  }),
);

testOnEachBackend('every fusion keeps every rule', () => {
  for (const definition of definitions) checkNetwork(definition);
});
