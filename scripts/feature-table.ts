/**
 * Prints what the features are, and how far they are from librosa, torch and scikit-learn. Ends with 1 where one is too far.
 * Called as: npm run -s features:table > docs/features.md
 */
import {RandomStream} from '../src/core/random';
import {loadShapes} from '../src/datasets/shapes';
import {griffinLim, spectralConvergence} from '../src/features/griffin-lim';
import {Stft} from '../src/features/stft';
import {learnWordEmbeddings} from '../src/features/word-embeddings';
import {featureCases, golden, sound} from '../test/features/golden-cases';

const versions = Object.entries(golden.versions).map(pair => pair.join(' '));
const cases = featureCases();
const lines = [
  '# Features',
  '',
  'What stands between a part of an example and a network. N examples, F frames, M mel bands, V words, D values.',
  '',
  '| feature | name | shape and units | inverse |',
  '|---|---|---|---|',
  '| picture | `buildCodec(imageModality)` | [H, W, C] in [-1, 1], -1 black | exact, to a step of 1/255 |',
  '| words at places | `buildCodec(textModality)` | [T, V], one-hot or probabilities | exact, but for unknown words |',
  '| bag of words, TF-IDF | `TfIdf` | [V], counts; or length 1 | `wordsOf`: the words and how often, without their order |',
  '| word embeddings | `learnWordEmbeddings`, `WordEmbeddings` | [D] a word; the mean of them a sentence | `nearest`: the nearest word |',
  '| image embedding | `networkEmbedding(model)` | [N, D], the penultimate layer of a network | none: the nearest of known pictures |',
  '| waveform | `Sound` | samples in [-1, 1] at `sampleRateHz` | itself |',
  '| spectrum | `Stft` | [F][window/2 + 1] complex, in units of the samples · window/4 for a sine | `inverse`, exact |',
  '| mel power | `LogMel.power`, `melFilters` | [F][M], squares of the above | `fromMel`, least squares |',
  '| log-mel | `LogMel` | [F][M] dB | `inverse`: least squares and Griffin–Lim |',
  '| log-mel for networks | `buildCodec(audioModality)` | [M, F, C] in [-1, 1], 1 the loudest cell or the reference, -1 the floor | the same |',
  '| MFCC | `Mfcc` | [F][coefficients], √M · dB | `inverse`: exact with all M, smoothed with fewer |',
  '| sound of magnitudes | `griffinLim` | [F][window/2 + 1] → samples | `Stft.forward`; how near: below |',
  '',
  '## Beside their references',
  '',
  `${versions.join(', ')}. The numbers are made by \`scripts/golden/features.py\` and kept in \`test/golden/features.json\`; the tests need no Python. Largest difference of all values of a case.`,
  '',
  '| feature | case | reference | values | largest difference | allowed |',
  '|---|---|---|---:|---|---|',
  ...cases.map(
    ({feature, case: name, reference, count, difference, allowed, unit}) =>
      `| ${feature} | ${name} | ${reference} | ${count} | ${difference.toExponential(1)} ${unit} | ${allowed.toExponential(0)} |`,
  ),
  '',
  '## Griffin–Lim',
  '',
  'Spectral convergence ‖ |STFT(x)| − S ‖ / ‖S‖ on the sound of the golden file, mean over five first phases (least … most).',
  '',
  '| iterations | momentum | ours | librosa |',
  '|---|---|---|---|',
  ...golden.griffinLim.map(({iterations, momentum, mean, least, most}) => {
    const ours = convergence(iterations, momentum);
    return `| ${iterations} | ${momentum} | ${spread(ours.mean, ours.least, ours.most)} | ${spread(mean, least, most)} |`;
  }),
  '',
  '## Nearest words',
  '',
  'Learnt from 1,440 captions of `shapes` in about a second (skip-gram with negative sampling, 16 values, 6 epochs, seed 1): words that may stand in the same place lie near each other.',
  'The preset `embedding` has a skip-gram of its own (`src/presets/embedding/word-table.ts`), with the whole softmax on tensors: nothing is sampled, and that is cheap only for the few words of captions. `learnWordEmbeddings` is for vocabularies of any size.',
  '',
  '| word | nearest |',
  '|---|---|',
  ...nearest(['red', 'circle', 'small', 'top', 'left']),
];
console.log(lines.join('\n'));
process.exitCode = cases.every(({difference, allowed}) => difference <= allowed) ? 0 : 1;

function convergence(iterations: number, momentum: number) {
  const stft = new Stft({
    numSamples: sound.length,
    windowLengthSamples: 256,
    hopLengthSamples: 64,
    framing: 'centre',
  });
  const {re, im} = stft.forward(sound);
  const magnitude = re.map((value, i) => Math.hypot(value, im[i]!));
  const errors = [0, 1, 2, 3, 4].map(seed => {
    const samples = griffinLim(magnitude, stft, new RandomStream(seed, 'phase'), {iterations, momentum});
    return spectralConvergence(samples, magnitude, stft);
  });
  const mean = errors.reduce((a, b) => a + b, 0) / errors.length;
  return {mean, least: Math.min(...errors), most: Math.max(...errors)};
}

function spread(mean: number, least: number, most: number): string {
  return `${mean.toFixed(3)} (${least.toFixed(3)} … ${most.toFixed(3)})`;
}

function nearest(chosen: readonly string[]): string[] {
  const captions = loadShapes({counts: {train: 1440}}).rows('train').map(({parts}) => String(parts['caption'])); // biome-ignore format: one thing
  const words = learnWordEmbeddings(captions, {dim: 16, epochs: 6, seed: 1});
  return chosen.map(word => {
    const found = words.nearest(word, 4).map(({word: near, similarity}) => `${near} ${similarity.toFixed(2)}`);
    return `| ${word} | ${found.join(', ')} |`;
  });
}
