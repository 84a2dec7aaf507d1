/** A small world of pictures and captions: bars that stand on the left or on the right, drawn by chance. */
import {RandomStream} from '../../src/core/random';
import type {Example, Modalities} from '../../src/core/types';
import type {Dataset} from '../../src/datasets/dataset';

/** @param channels 1 grey, 3 RGB: left bars are red then, right ones blue. */
export function barsDataset({side = 8, channels = 1, count = 128} = {}): Dataset {
  const modalities: Modalities = {
    image: {kind: 'image', height: side, width: side, channels},
    caption: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'a', 'bar', 'left', 'right', 'on', 'the'], maxTokens: 5},
  };
  const rows = (split: string, size: number): Example[] => {
    const stream = new RandomStream(1, `bars/${split}`);
    return Array.from({length: size}, (_, i) => {
      const label = i % 2;
      const pixels = new Uint8Array(side * side * channels);
      const from = label * (side / 2) + stream.integer(side / 2 - 1);
      for (let p = 0; p < side * side; p++) {
        const lit = p % side === from || p % side === from + 1;
        for (let c = 0; c < channels; c++) {
          const tint = channels === 1 || c === (label === 0 ? 0 : 2) ? 1 : 0.2;
          pixels[p * channels + c] = Math.round((lit ? 230 * tint : 10) + 20 * stream.uniform());
        }
      }
      const caption = `a bar on the ${label === 0 ? 'left' : 'right'}`;
      const attributes = {place: from, inset: from % (side / 2), id: `${split}-${i}`};
      return {
        id: `${split}-${i}`,
        label,
        parts: {image: {height: side, width: side, channels, pixels}, caption},
        attributes,
      };
    });
  };
  const splits = {train: rows('train', count), validation: rows('validation', 16), test: rows('test', 64)};
  return {
    name: 'bars',
    modalities,
    classNames: ['left', 'right'],
    source: 'drawn for tests',
    rows: split => splits[split],
    pair: (split, stream, options) =>
      options?.shuffle === false ? [...splits[split]] : stream.shuffle([...splits[split]]),
  };
}
