/** TensorFlow.js 4.22 on wasm with nothing of ours but the networks' definitions. */
import {tf} from '../../src/core/tensorflow';
import {adamSettings} from '../bench/nets/game';
import {drawBatches} from '../bench/nets/inputs';
import {buildGame, type GameName} from '../bench/nets/nets';

export async function useStock(): Promise<string> {
  require('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  tf.registerKernel({kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: filterGradient});
  return `TensorFlow.js ${tf.version['tfjs-core']}, ${tf.getBackend()}, nothing replaced`;
}

export function stockSubject(name: GameName, batch: number): {run(): number[]; stepsPerCall: 1; dispose(): void} {
  const game = buildGame(name, batch);
  const {learningRate, beta1, beta2, epsilon} = adamSettings;
  const optimizers = {
    D: tf.train.adam(learningRate, beta1, beta2, epsilon),
    G: tf.train.adam(learningRate, beta1, beta2, epsilon),
  };
  const batches = drawBatches(name, game.inputs).map(host =>
    Object.fromEntries(Object.entries(host).map(([key, {data, shape}]) => [key, tf.tensor(data, shape)])),
  );
  let next = 0;
  return {
    stepsPerCall: 1,
    run: () => {
      const inputs = batches[next++ % batches.length]!;
      return game.moves.map(({player, loss}) =>
        tf.tidy(() => {
          const variables = Object.values(game.players[player].trainable);
          const {value, grads} = tf.variableGrads(() => loss(inputs), variables);
          optimizers[player].applyGradients(grads as never);
          return value.dataSync()[0]!;
        }),
      );
    },
    dispose: () => {
      for (const optimizer of Object.values(optimizers)) optimizer.dispose();
      for (const parameters of Object.values(game.players)) parameters.dispose();
      tf.dispose(batches as never);
    },
  };
}

/** dw[r, q] = (x at the places that tap (r, q) meets)ᵀ · dy. */
function filterGradient({inputs, attrs}: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const {x, dy} = inputs as {x: tf.Tensor4D; dy: tf.Tensor4D};
  const {strides, pad, filterShape} = attrs as unknown as {
    strides: number | [number, number];
    pad: 'same' | 'valid';
    filterShape: [number, number, number, number];
  };
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const {padInfo, strideHeight, strideWidth, outHeight, outWidth, batchSize, inChannels, outChannels} = info;
    const around: [number, number][] = [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ];
    const padded = tf.pad(x, around);
    const slopes = tf.reshape(dy, [-1, outChannels]);
    const taps: tf.Tensor[] = [];
    for (let r = 0; r < filterShape[0]; r++) {
      for (let q = 0; q < filterShape[1]; q++) {
        const end = [
          batchSize,
          r + (outHeight - 1) * strideHeight + 1,
          q + (outWidth - 1) * strideWidth + 1,
          inChannels,
        ];
        const seen = tf.stridedSlice(padded, [0, r, q, 0], end, [1, strideHeight, strideWidth, 1]);
        taps.push(tf.matMul(tf.reshape(seen, [-1, inChannels]), slopes, true, false));
      }
    }
    return tf.reshape(tf.stack(taps), filterShape);
  });
}
