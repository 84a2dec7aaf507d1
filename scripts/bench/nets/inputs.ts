/** What the networks are fed: a few batches from fixed seeds, the same for every engine. */
import {RandomStream} from '../../../src/core/random';
import type {StoredTensor} from '../../../src/model/weights';
import type {Game, InputSpec} from './game';

export type HostBatch = Readonly<Record<string, StoredTensor>>;

/** Enough that no step sees the data of the one before it. */
const numBatches = 4;

export function drawBatches(name: string, inputs: Game['inputs']): HostBatch[] {
  return Array.from({length: numBatches}, (_, i) =>
    Object.fromEntries(
      Object.entries(inputs).map(([input, spec]) => [
        input,
        {shape: [...spec.shape], data: draw(spec, new RandomStream(i, `bench/${name}/${input}`))},
      ]),
    ),
  );
}

function draw({kind, shape}: InputSpec, stream: RandomStream): Float32Array {
  const size = shape.reduce((product, count) => product * count, 1);
  switch (kind) {
    case 'normal':
      return stream.normals(size);
    case 'picture':
      return stream.normals(size).map(Math.tanh);
    case 'uniform':
      return Float32Array.from({length: size}, () => stream.uniform());
    case 'words': {
      const words = shape.at(-1)!;
      const values = new Float32Array(size);
      for (let row = 0; row < size; row += words) values[row + stream.integer(words)] = 1;
      return values;
    }
  }
}
