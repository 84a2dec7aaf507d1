/** The loop that presets play in: means by epoch, and an end with exit code 5 as soon as a loss is no number. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {NotFiniteError, watchForNaN} from '../../src/backend/debug-nan';
import {selectBackend} from '../../src/backend/select';
import {exitCodes} from '../../src/core/checks';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {playPerceptrons} from '../../src/presets/perceptron/game';
import {toyPoints} from '../../src/presets/perceptron/toy-points';
import {playEpochs} from '../../src/presets/play';
import {DivergenceError} from '../../src/training/progress';

before(async () => {
  await selectBackend();
});

/** A turn whose losses are told, one after the other. */
function told(losses: readonly number[]): () => Record<string, tf.Scalar> {
  let turn = 0;
  return () => ({D: tf.scalar(2), G: tf.scalar(losses[turn++]!)});
}

test('means of the losses of each epoch; nothing is left', async () => {
  const alive = tf.memory().numTensors;
  const history = await playEpochs(told([1, 4, -2, 0]), 2, 2, {});
  assert.deepEqual(history, [
    {epoch: 1, losses: {D: 2, G: 2.5}},
    {epoch: 2, losses: {D: 2, G: -1}},
  ]);
  assert.equal(tf.memory().numTensors, alive);
});

test('a loss that is no number ends it at once, by its name, turn and epoch, with the exit code of a divergence', async () => {
  const alive = tf.memory().numTensors;
  for (const [wrong, text] of [
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ] as const) {
    const epochs: number[] = [];
    const playing = playEpochs(told([1, 4, 3, wrong]), 9, 2, {onEpoch: ({epoch}) => epochs.push(epoch)});
    await assert.rejects(playing, (error: DivergenceError) => {
      assert.ok(error instanceof DivergenceError);
      assert.equal(error.exitCode, exitCodes.diverged);
      assert.match(error.message, new RegExp(`^The G loss became ${text} in turn 2 of epoch 2; another seed .*\\.$`));
      return true;
    });
    assert.deepEqual(epochs, [1]);
  }
  assert.equal(tf.memory().numTensors, alive);
});

test('a preset that diverges says so, and under watch the layer where it begins', async () => {
  const points = toyPoints(new RandomStream(1, 'toy'), 64);
  const play = () => playPerceptrons(points, {loss: 'crossEntropy', epochs: 3, seed: 2, learningRate: 1e30});
  await assert.rejects(play, /^DivergenceError: The \w+ loss became \S+ in turn \d of epoch \d; /);
  const stop = watchForNaN();
  try {
    await assert.rejects(play, (error: NotFiniteError) => {
      assert.ok(error instanceof NotFiniteError);
      assert.match(error.message, /(generator|discriminator)\/dense\d/);
      return true;
    });
  } finally {
    stop();
  }
});
