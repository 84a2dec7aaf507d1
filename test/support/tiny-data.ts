/** A tiny world with two kinds of things, two pictures of different size and a text: enough to train every player in seconds. */
import {RandomStream} from '../../src/core/random';
import type {Example, Modalities, Part} from '../../src/core/types';
import type {PartEncoder, TrainingData} from '../../src/training/example-stream';

export const tinyModalities: Modalities = {
  front: {kind: 'image', height: 8, width: 8, channels: 1},
  side: {kind: 'image', height: 8, width: 12, channels: 3},
  name: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'left', 'right'], maxTokens: 2},
};

/** Settings small enough for tests. */
export const tinyModel = {
  contentDim: 8,
  styleDim: 4,
  encoderChannels: 4,
  encoderHiddenUnits: 16,
  generatorChannels: 16,
  generatorHiddenUnits: 16,
  discriminatorChannels: 8,
  discriminatorHiddenUnits: 16,
  minibatchGroup: 4,
  priorComponents: 3,
};
export const tinyTrain = {
  seed: 3,
  steps: 6,
  encoderSteps: 6,
  batchSize: 8,
  encoderBatchSize: 8,
  statisticsBatches: 2,
  r1Interval: 2,
};

const values = new Map<Part, Float32Array>();
const stream = new RandomStream(1, 'tiny');

/** Left things are bright on the left. The picture's values stand for the encoded part. */
function picture(height: number, width: number, channels: number, label: number): Part {
  const part = {height, width, channels, pixels: new Uint8Array(0)};
  const out = new Float32Array(height * width * channels);
  for (let i = 0; i < out.length; i++) {
    const left = Math.floor(i / channels) % width < width / 2;
    out[i] = Math.max(-1, Math.min(1, (left === (label === 0) ? 0.7 : -0.8) + 0.2 * stream.normal()));
  }
  values.set(part, out);
  return part;
}

const examples: Example[] = Array.from({length: 24}, (_, i) => {
  const label = i % 2;
  return {
    id: String(i),
    label,
    parts: {front: picture(8, 8, 1, label), side: picture(8, 12, 3, label), name: label === 0 ? 'left' : 'right'},
  };
});

export const tinyData: TrainingData = {modalities: tinyModalities, pair: (_, by) => by.shuffle([...examples])};

/** The same world with a part missing here and there; no example is empty. */
export const tinyIncompleteData: TrainingData = {
  modalities: tinyModalities,
  pair: (split, by) =>
    tinyData.pair(split, by).map((example, i) => {
      const {[Object.keys(tinyModalities)[i % 3]!]: _, ...parts} = example.parts;
      return i % 4 === 0 ? {...example, parts} : example;
    }),
};

export const tinyFeatures: PartEncoder = {
  encode(_, part) {
    if (typeof part !== 'string') return values.get(part)!;
    const out = new Float32Array(8);
    out[part === 'left' ? 2 : 3] = 1;
    out[4] = 1;
    return out;
  },
};
