/** Throws damaged and invented files at the readers: each must be read, or refused by a UserError, in bounded memory. */
import fc from 'fast-check';
import {UserError} from '../../src/core/checks';
import {defaultModelConfig, parseModelConfig, trainConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {parseManifest} from '../../src/datasets/folder/manifest';
import {readSound} from '../../src/datasets/folder/read-sound';
import {parseSettings} from '../../src/datasets/folder/settings';
import {formatIdx, parseIdx} from '../../src/datasets/idx';
import {formatWav, parseWav} from '../../src/datasets/wav';

export interface FuzzCount {
  readonly reader: string;
  readonly inputs: number;
  /** Read without a complaint, and refused by a UserError; together all of them. */
  readonly accepted: number;
  readonly refused: number;
}

interface Target {
  readonly reader: string;
  /** Real files to be damaged. */
  readonly real: readonly Uint8Array[];
  /** Files that were never right. */
  readonly invented: fc.Arbitrary<Uint8Array>;
  readonly read: (bytes: Uint8Array) => unknown;
}

/** @param inputs for each reader, half damaged and half invented. @throws what is no UserError, with the input that caused it. */
export async function fuzzReaders(inputs: number, seed = 1): Promise<FuzzCount[]> {
  const counts: FuzzCount[] = [];
  for (const target of targets()) {
    const stream = new RandomStream(seed, `fuzz/${target.reader}`);
    const invented = fc.sample(target.invented, {numRuns: Math.floor(inputs / 2), seed});
    let accepted = 0;
    for (let i = 0; i < inputs; i++) {
      const bytes = i < invented.length ? invented[i]! : damage(stream.choice(target.real), stream);
      try {
        await target.read(bytes);
        accepted++;
      } catch (error) {
        const isTyped = error instanceof UserError && !error.message.includes('\n');
        if (!isTyped) {
          const input = Buffer.from(bytes).toString('base64').slice(0, 2000);
          throw new Error(`${target.reader}: input ${i} (${input}) ended in ${(error as Error).stack}`);
        }
      }
    }
    counts.push({reader: target.reader, inputs, accepted, refused: inputs - accepted});
  }
  return counts;
}

/** One to four changes: a bit, a byte, a field of four bytes, a cut, a repetition, a stretch of noise. */
export function damage(file: Uint8Array, stream: RandomStream): Uint8Array {
  let bytes = Buffer.from(file);
  for (let changes = 1 + stream.integer(4); changes > 0 && bytes.length > 0; changes--) {
    // Headers stand at the beginning: half of the changes are made there.
    const at = stream.integer(stream.uniform() < 0.5 ? Math.min(64, bytes.length) : bytes.length);
    switch (stream.integer(6)) {
      case 0:
        bytes[at]! ^= 1 << stream.integer(8);
        break;
      case 1:
        bytes[at] = stream.choice([0, 1, 34, 44, 10, 127, 128, 255]);
        break;
      case 2:
        if (at + 4 <= bytes.length)
          bytes.writeUInt32LE(stream.choice([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, bytes.length]), at);
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 40))]);
        break;
      default:
        for (let i = at; i < Math.min(bytes.length, at + 16); i++) bytes[i] = stream.integer(256);
    }
  }
  return bytes;
}

function targets(): Target[] {
  return [
    wav(),
    idx(),
    csv(),
    json('dataset.json', realSettings, parseSettings),
    json('model config', [model], readModel),
    json('train config', [train], readTrain),
  ];
}

function wav(): Target {
  const samples = Float32Array.from({length: 200}, (_, n) => Math.sin(n));
  const plain = formatWav({sampleRateHz: 8000, samples});
  const float = Buffer.from(plain);
  float.writeUInt16LE(3, 20);
  float.writeUInt32LE(32_000, 28);
  float.writeUInt16LE(4, 32);
  float.writeUInt16LE(32, 34);
  const stereo = formatWav({sampleRateHz: 44100, samples, channels: 2});
  const spec = {
    kind: 'audio',
    sampleRateHz: 8000,
    clipSamples: 100,
    windowLengthSamples: 64,
    hopLengthSamples: 32,
    numMelBands: 8,
    minFrequencyHz: 0,
    maxFrequencyHz: 4000,
    floorDb: -60,
  } as const;
  const header = fc
    .record({
      tag: fc.constantFrom(1, 3, 0xfffe, 7),
      channels: fc.nat(9),
      rate: fc.nat(500_000),
      bits: fc.constantFrom(8, 12, 16, 24, 32, 64),
      size: fc.nat(400),
      body: fc.uint8Array({maxLength: 300}),
    })
    .map(({tag, channels, rate, bits, size, body}) => {
      const bytes = Buffer.concat([plain.subarray(0, 44), body]);
      bytes.writeUInt16LE(tag, 20);
      bytes.writeUInt16LE(channels, 22);
      bytes.writeUInt32LE(rate, 24);
      // Contradictions are refused at once; most of these are to get further.
      const frameBytes = size % 7 ? (channels * bits) >> 3 : 2;
      bytes.writeUInt32LE(rate * frameBytes, 28);
      bytes.writeUInt16LE(frameBytes, 32);
      bytes.writeUInt16LE(bits, 34);
      bytes.writeUInt32LE(size % 3 ? 36 + body.length : 0, 4);
      bytes.writeUInt32LE(size % 2 ? body.length : size, 40);
      return new Uint8Array(bytes);
    });
  return {
    reader: 'WAV',
    real: [plain, float, stereo],
    invented: fc.oneof(fc.uint8Array({maxLength: 200}), header, header),
    read: bytes => {
      const {samples: got} = parseWav(bytes, 'x.wav', {channels: 'kept'});
      if (got.length > bytes.length || got.some(sample => !(Math.abs(sample) <= 1)))
        throw new Error('samples out of bounds');
      readSound(bytes, spec, 'x.wav');
    },
  };
}

function idx(): Target {
  const shape = [5, 4, 3];
  const data = Uint8Array.from({length: 60}, (_, i) => i);
  const header = fc
    .record({
      rank: fc.nat(5),
      sizes: fc.array(fc.oneof(fc.nat(6), fc.nat(0x7fffffff)), {maxLength: 5}),
      body: fc.uint8Array({maxLength: 250}),
    })
    .map(({rank, sizes, body}) => {
      const head = Buffer.alloc(4 + 4 * sizes.length);
      head[2] = 8;
      head[3] = rank;
      sizes.forEach((size, i) => {
        head.writeUInt32BE(size, 4 + 4 * i);
      });
      return new Uint8Array(Buffer.concat([head, body]));
    });
  return {
    reader: 'IDX',
    real: [
      formatIdx({shape, data}),
      formatIdx({shape, data}, {gzip: true}),
      formatIdx({shape: [60], data}, {gzip: true}),
    ],
    invented: fc.oneof(fc.uint8Array({maxLength: 200}), header, header),
    read: bytes => {
      const {shape: got, data: values} = parseIdx(bytes, 'x.idx');
      if (got.reduce((product, size) => product * size, 1) !== values.length)
        throw new Error('shape and values differ');
    },
  };
}

function csv(): Target {
  const text = [
    'id,split,label,photo,words',
    'a,train,x,a.png,"one, two"',
    'b,test,y,b.png,"a ""quoted"" word\nover two lines"',
    'c,,z,ü.png,日本語の文',
  ].join('\r\n');
  const cell = fc.oneof(
    fc.string({maxLength: 12, unit: 'binary'}),
    fc.constantFrom('"', '""', ',', '\n', '\r', '\u0000', '\ufeff', 'a.png', '  '),
  );
  const table = fc
    .array(fc.array(cell, {maxLength: 6}), {maxLength: 8})
    .map(rows => new TextEncoder().encode(rows.map(row => row.join(',')).join('\n')));
  return {
    reader: 'CSV',
    real: [Buffer.from(text), Buffer.from(`\ufeff${text}`)],
    invented: fc.oneof(fc.uint8Array({maxLength: 200}), table, table),
    read: async bytes => {
      // In pieces, as a file comes: a character of several bytes may lie across two.
      const pieces = async function* () {
        for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
      };
      const {columns, rows} = await parseManifest(pieces(), 'x.csv');
      for await (const row of rows) {
        if (!(row.line >= 1)) throw new Error(`line ${row.line}`);
        if ('cells' in row && row.cells.length !== columns.length) throw new Error('cells and columns differ');
      }
    },
  };
}

const realSettings = [
  {columns: {photo: {kind: 'image', height: 32, width: 32, channels: 3}, note: 'ignore'}, maxBadShare: 0.5},
  {
    columns: {
      voice: {kind: 'audio', sampleRateHz: 8000, seconds: 1, floorDb: -60},
      words: {kind: 'text', tokens: 'characters'},
    },
  },
];
const model = {
  ...defaultModelConfig,
  modalities: {
    image: {kind: 'image', height: 8, width: 8, channels: 1},
    words: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'a'], maxTokens: 3},
  },
};
const train = {
  seed: 3,
  minutes: 1,
  batchSize: 32,
  learningRate: 0.001,
  styleDeviations: {image: 1, text: 1, audio: 1},
  encoderSteps: null,
};
const readModel = (bytes: Uint8Array) => parseModelConfig(parseJson(bytes), 'x.json');
const readTrain = (bytes: Uint8Array) => trainConfig(parseJson(bytes) as Parameters<typeof trainConfig>[0]);

/** Readers that get a value: text that is no JSON is refused before them. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new UserError('Expected x.json to be JSON, got other text.');
  }
}

function json(reader: string, real: readonly unknown[], read: (bytes: Uint8Array) => unknown): Target {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...real).chain(each => mutated(each)),
  );
  return {
    reader,
    real: real.map(each => Buffer.from(JSON.stringify(each))),
    invented: fc.oneof(
      {weight: 1, arbitrary: fc.uint8Array({maxLength: 80})},
      {weight: 6, arbitrary: value.map(each => new TextEncoder().encode(JSON.stringify(each)))},
    ),
    read,
  };
}

/** The value with one of its entries, at any depth, replaced by another value, or with a key too many. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const other = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom(-1, 0, 1e308, null, '__proto__', [], {}));
  if (typeof value !== 'object' || value === null) return other;
  const keys = [...Object.keys(value), 'unheard-of', '__proto__', 'constructor'];
  return fc.constantFrom(...keys).chain(key => {
    const inner = (value as Record<string, unknown>)[key];
    const next = Object.hasOwn(value, key) ? fc.oneof(other, mutated(inner)) : other;
    return next.map(each => Object.assign(Object.create(null), value, {[key]: each}));
  });
}
