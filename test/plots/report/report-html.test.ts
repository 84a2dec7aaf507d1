import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import type {AudioModality, Example, Modalities} from '../../../src/core/types';
import type {Dataset} from '../../../src/datasets/dataset';
import {parseWav} from '../../../src/datasets/wav';
import type {GenerativeModel} from '../../../src/evaluation/evaluate';
import type {EvaluationMetrics, Score} from '../../../src/evaluation/metrics-record';
import {scoreRows} from '../../../src/evaluation/score-rows';
import {FeatureCache, toBatch} from '../../../src/features/batch';
import {type ReportExamples, reportExamples} from '../../../src/plots/report/examples';
import {escapeHtml} from '../../../src/plots/report/html';
import {duration, type ReportContent, reportHtml, writeHtmlReport} from '../../../src/plots/report/report-html';

const speech: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 512,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 8,
  minFrequencyHz: 60,
  maxFrequencyHz: 3800,
  floorDb: -60,
};
const modalities: Modalities = {
  image: {kind: 'image', height: 4, width: 4, channels: 1},
  caption: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'low', 'high', '&'], maxTokens: 2},
  speech,
};

function row(label: number, i: number): Example {
  const pixels = new Uint8Array(16).fill(label === 0 ? 20 : 200);
  pixels[i % 16] = 255;
  const samples = Float32Array.from(
    {length: 512},
    (_, t) => 0.5 * Math.sin((2 * Math.PI * t * (label === 0 ? 300 : 1500)) / 8000),
  );
  return {
    id: `row ${i}`,
    label,
    parts: {
      image: {height: 4, width: 4, channels: 1, pixels},
      caption: label === 0 ? 'low &' : 'high',
      speech: {sampleRateHz: 8000, samples},
    },
  };
}

const rows = Array.from({length: 12}, (_, i) => row(i % 2, i));
const dataset: Dataset = {
  name: 'tones <&>',
  modalities,
  classNames: ['low', 'high'],
  source: 'made for a test',
  pair: () => rows,
  rows: () => rows,
};

/** Answers with rows drawn by the seed; keeps what was given, as a model does. */
function standIn(): GenerativeModel & {asked: {given: string[]; count: number}[]} {
  const cache = new FeatureCache(modalities);
  const asked: {given: string[]; count: number}[] = [];
  const draw = (count: number, seed: number) => {
    const stream = new RandomStream(seed, 'stand-in');
    return toBatch(
      Array.from({length: count}, () => stream.choice(rows)),
      cache,
    ).parts as Record<string, tf.Tensor>;
  };
  return {
    config: {modalities},
    asked,
    generate: (count, {seed}) => draw(count, seed),
    complete: ({parts}, {seed}) => {
      const count = Object.values(parts)[0]!.shape[0]!;
      const given = Object.keys(parts);
      asked.push({given, count});
      return draw(count, seed);
    },
    encode: () => tf.zeros([1, 1]),
  };
}

const score = (value: number, chance: number): Score => ({
  value,
  ci95: [value - 0.02, value + 0.01],
  real: 0.98,
  chance,
});
const metrics: EvaluationMetrics = {
  split: 'test',
  seed: 1,
  generated: 1234,
  rows: 12,
  jointCoherence: score(0.912, 0.25),
  coherence: {
    oneGiven: {mean: 0.834, ci95: [0.81, 0.86], real: 0.98, chance: 0.5},
    twoGiven: null,
    directions: {'image→caption': score(0.7654, 0.5), 'image+caption→speech': score(0.5, 0.5)},
  },
  frechet: {
    image: {
      value: 12,
      ci95: [11, 13],
      real: 3,
      templates: 90,
      count: 12,
      features: 'test features',
      name: 'Fréchet distance, test features',
    },
  },
  classes: null,
  sharpness: {image: 0.99},
  diversity: {image: 0.8},
  intervals: {sharpness: {image: [0.98, 1]}, diversity: {}},
  overlap: {},
  memorization: {},
  retrieval: {},
  text: {},
  unavailable: {},
};

let examples: ReportExamples;
let content: ReportContent;
before(() => {
  examples = reportExamples(standIn(), dataset, {seed: 3, numSamples: 5});
  content = {
    report: {
      package: 'multimodal-gan',
      version: '9.8.7',
      backend: 'backend: <cpu>',
      seed: 77,
      steps: 4321,
      trainSeconds: 240,
      msPerStep: 12.4,
      parameters: 65432,
      metrics,
    },
    history: {
      encoder: [
        {step: 0, losses: {contrastive: 2}},
        {step: 1, losses: {contrastive: 1}},
      ],
      adversarial: [
        {step: 0, losses: {generator: 1, discriminator: 2}},
        {step: 1, losses: {generator: 2, discriminator: 1}},
      ],
    },
    dataset,
    examples,
  };
});

test('reportExamples asks for every single part and every pair, and shows only what was made', () => {
  assert.deepEqual(
    examples.completions.map(group => group.given),
    [['image'], ['caption'], ['speech'], ['image', 'caption'], ['image', 'speech'], ['caption', 'speech']],
  );
  for (const group of examples.completions) {
    assert.equal(group.rows.length, 4);
    for (const {truth, completed} of group.rows) {
      assert.deepEqual(Object.keys(truth), ['image', 'caption', 'speech']);
      assert.deepEqual(
        Object.keys(completed),
        Object.keys(modalities).filter(name => !group.given.includes(name)),
      );
    }
  }
  assert.equal(examples.samples.length, 5);
  assert.deepEqual([examples.draws!.given, examples.draws!.made], ['caption', 'image']);
  assert.ok(examples.draws!.rows.every(r => r.drawn.length === 8));
  assert.equal(examples.classShares, null); // no classifiers were given
});

test('reportExamples shows the model exactly the given parts, and leaves no tensors', () => {
  const model = standIn();
  const before = tf.memory().numTensors;
  reportExamples(model, dataset, {seed: 3, numSamples: 2});
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(
    model.asked.map(ask => ask.given.join()),
    ['image', 'caption', 'speech', 'image,caption', 'image,speech', 'caption,speech', 'caption'],
  );
  assert.deepEqual(
    model.asked.map(ask => ask.count),
    [4, 4, 4, 4, 4, 4, 16],
  );
});

test('real parts of a draw row are of its class', () => {
  for (const {given, real} of examples.draws!.rows) {
    const low = given.kind === 'text' && given.text.startsWith('low');
    for (const part of real) {
      // Pixels are 20 or 200 but for one of 255.
      const dark = part.kind === 'image' && part.tile.rgb.filter(v => v === 20).length > 30;
      assert.equal(dark, low);
    }
  }
});

test('the page asks nothing of the network', async () => {
  const html = await reportHtml(content);
  const addresses = [...html.matchAll(/(?:src|href|action|data|poster)="([^"]*)"/g)].map(match => match[1]!);
  assert.ok(addresses.length > 20);
  for (const address of addresses) assert.match(address, /^data:(image\/png|audio\/wav);base64,/);
  assert.ok(!/url\(|@import|https?:|<link|<iframe|fetch\(/.test(html));
});

test('the page says what was trained, and shows every score beside real data and chance', async () => {
  const html = await reportHtml(content);
  for (const text of [
    '4,321',
    '65,432',
    'made for a test',
    '9.8.7',
    '4.0 min',
    '0.912',
    '0.892 … 0.922',
    '0.980',
    '0.250',
    '0.834',
    '4.0 times that of real training data',
    '1,234 generated examples',
  ]) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(
    html.includes('A multimodal GAN on tones &#60;&#38;&#62;') && !html.includes('tones <&>'),
    'names are text, not HTML',
  );
  assert.ok(html.includes('backend: &#60;cpu&#62;'));
});

test('every sound of the page is a WAV file that can be read', async () => {
  const html = await reportHtml(content);
  const sounds = [...html.matchAll(/data-wav="([^"]+)"/g)].map(match => parseWav(Buffer.from(match[1]!, 'base64')));
  // 5 samples; given or true speech in every row of completions, made speech where it was not given: 6·4 + 3·4.
  assert.equal(sounds.length, 5 + 24 + 12);
  assert.ok(sounds.every(sound => sound.sampleRateHz === 8000 && sound.samples.length === 512));
});

test('same content, same bytes; the file is written whole', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
  const file = path.join(folder, 'report.html');
  await writeHtmlReport(file, content);
  assert.equal(fs.readFileSync(file, 'utf8'), await reportHtml(content));
  assert.deepEqual(fs.readdirSync(folder), ['report.html']);
});

test('sections without content are left out', async () => {
  const bare: EvaluationMetrics = {
    ...metrics,
    jointCoherence: null,
    coherence: {oneGiven: null, twoGiven: null, directions: {}},
  };
  const html = await reportHtml({
    ...content,
    report: {...content.report, metrics: bare},
    history: {encoder: [], adversarial: []},
    examples: {...examples, completions: [], draws: null},
  });
  assert.ok(!/<h2>(Losses|Completed|Does it repeat)/.test(html));
  assert.ok(html.includes('<h2>Samples</h2>'));
});

test('scoreRows keeps intervals and says what stands in the place of chance', () => {
  const table = scoreRows(metrics);
  assert.deepEqual(
    table.map(r => r.name),
    [
      'joint coherence',
      'coherence, one given',
      'Fréchet distance, test features, image',
      'sharpness, image',
      'diversity, test features, image',
    ],
  );
  const frechet = table[2]!;
  assert.deepEqual([frechet.value, frechet.real, frechet.chance, frechet.floorName], [12, 3, 90, 'templates']);
  assert.deepEqual(table[3]!.ci95, [0.98, 1]);
  assert.equal(table[4]!.ci95, undefined);
});

test('duration and escapeHtml', () => {
  assert.deepEqual([duration(59.6), duration(119), duration(240)], ['60 s', '119 s', '4.0 min']);
  assert.equal(escapeHtml(`<a b="c">'&`), '&#60;a b=&#34;c&#34;&#62;&#39;&#38;');
});
