import assert from 'node:assert/strict';
import {test} from 'node:test';
import {scoreBars} from '../../src/plots/bars';
import {curves, type LossRecord, lossCurves, movingMean, transparent} from '../../src/plots/curves';
import {compactFigure} from '../../src/plots/figure';
import {fontStatus} from '../../src/plots/fonts';
import {imageGrid, wrap} from '../../src/plots/image-grid';
import {matrix} from '../../src/plots/matrix';
import {latentMap, pointClouds} from '../../src/plots/points';
import {decibels, spectrograms} from '../../src/plots/spectrogram';
import {textWidth} from '../../src/plots/text-width';
import {colours} from '../../src/plots/theme';
import {clip, everyFigure, rampTile} from './figures';

test('every figure is plain JSON, states its font, and has its title as an object', () => {
  for (const [name, figure] of Object.entries(everyFigure())) {
    const layout = figure.layout as {font: {family: string}; title?: {text: string}};
    assert.match(layout.font.family, /^DejaVu Sans, /, name);
    if (layout.title !== undefined) assert.equal(typeof layout.title.text, 'string', name);
    const again = JSON.parse(JSON.stringify(figure)) as unknown;
    assert.deepEqual(JSON.parse(JSON.stringify(again)), again, name);
    assert.ok(JSON.stringify(figure).length < 100_000, `${name} is ${JSON.stringify(figure).length} characters long`);
  }
});

test('compactFigure rounds to significant digits, keeps whole numbers, drops what is undefined', () => {
  const figure = {
    data: [{x: [2.23606797, 12345678, -0.000123456, Number.NaN]}],
    layout: {title: undefined, a: '1.23456'},
  };
  assert.deepEqual(compactFigure(figure), {data: [{x: [2.236, 12345678, -0.0001235, null]}], layout: {a: '1.23456'}});
});

test('movingMean, worked by hand', () => {
  assert.deepEqual(movingMean([2, 4, 9], 2), [2, 3, 6.5]);
  assert.deepEqual(movingMean([5, 1], 1), [5, 1]);
});

test('lossCurves: a faint and a strong line each, in the colour of the player, gaps skipped', () => {
  const history: LossRecord[] = [
    {step: 0, losses: {generator: 1, discriminatorReal: 2}},
    {step: 1, losses: {generator: 3}},
    {step: 2, losses: {generator: 8, discriminatorReal: 4}},
  ];
  const figure = lossCurves(history, {window: 2});
  const strong = figure.data.filter(trace => trace['name']) as unknown as {
    name: string;
    x: number[];
    y: number[];
    line: {color: string};
  }[];
  assert.deepEqual(
    strong.map(({name, x, y}) => ({name, x, y})),
    [
      {name: 'generator', x: [0, 1, 2], y: [1, 2, 5.5]},
      {name: 'discriminatorReal', x: [0, 2], y: [2, 3]},
    ],
  );
  assert.deepEqual(
    strong.map(trace => trace.line.color),
    [colours.generator, colours.discriminator],
  );
  assert.equal(figure.data.length, 4);
});

test('a level on a logarithmic axis stands at its value, its label at the logarithm', () => {
  const {layout} = curves([{name: 'a', x: [1], y: [1]}], {logY: true, levels: [{value: 100, label: 'hundred'}]});
  assert.equal((layout['shapes'] as {y0: number}[])[0]!.y0, 100);
  assert.equal((layout['annotations'] as {y: number}[])[0]!.y, 2);
});

test('curves refuse lists of different lengths by the name of the curve', () => {
  assert.throws(() => curves([{name: 'D', x: [0, 1], y: [0]}]), {message: 'Expected curve "D" to be 2 values, got 1.'});
});

test('scoreBars: bars with their intervals as distances, strokes for what is known', () => {
  const {data} = scoreBars([
    {name: 'joint', value: 0.9, ci95: [0.84, 0.93], real: 0.98},
    {name: 'pair', value: 0.5},
  ]);
  assert.deepEqual(
    data.map(trace => trace['name']),
    ['generated', 'real data'],
  ); // no chance was given
  const {array, arrayminus} = data[0]!['error_x'] as {array: number[]; arrayminus: number[]};
  for (const [got, wanted] of [
    [array[0], 0.03],
    [arrayminus[0], 0.06],
  ] as const) {
    assert.ok(Math.abs(got! - wanted) < 1e-12);
  }
  assert.deepEqual([array[1], arrayminus[1]], [null, null]); // no interval was given
  assert.deepEqual([data[1]!['x'], data[1]!['y']], [[0.98], ['joint']]);
});

test('matrix: NaN becomes an empty cell, the shape is checked', () => {
  const {data, layout} = matrix(
    ['a', 'b'],
    ['x', 'y', 'z'],
    [
      [1, Number.NaN, 3],
      [4, 5, 6],
    ],
  );
  assert.deepEqual(data[0]!['z'], [
    [1, null, 3],
    [4, 5, 6],
  ]);
  assert.equal(data[0]!['zmax'], 6);
  assert.equal((layout['yaxis'] as {autorange: string}).autorange, 'reversed');
  assert.throws(() => matrix(['a'], ['x', 'y'], [[1]]), {message: 'Expected each row to be 2 values, got 1.'});
  assert.throws(() => matrix(['a'], ['x'], []), {message: 'Expected values to be 1 rows, got 0.'});
});

test('latentMap: a trace a class, its name at the median of its points', () => {
  const {data, layout} = latentMap(
    [
      [0, 0],
      [1, 5],
      [9, 1],
      [7, 7],
    ],
    [0, 0, 0, 1],
    ['zero', 'one', 'none'],
  );
  assert.deepEqual(
    data.map(trace => (trace['x'] as number[]).length),
    [3, 1, 0],
  );
  assert.deepEqual(
    (layout['annotations'] as {x: number; y: number; text: string}[]).map(({x, y, text}) => [x, y, text]),
    [
      [1, 1, '<b>zero</b>'],
      [7, 7, '<b>one</b>'],
    ],
  );
});

test('pointClouds: the field is asked over the whole square and cut to its range', () => {
  const {data} = pointClouds([{name: 'real', points: [[1, 2]]}], {
    extent: 2,
    field: {f: (x, y) => 10 * x + y, low: -1, high: 1},
  });
  const [field, cloud] = data as unknown as [{x: number[]; z: number[][]}, {marker: {line: {color: string}}}];
  assert.deepEqual([field.x[0], field.x[60]], [-2, 2]);
  assert.equal(field.z[0]![0], -1);
  assert.equal(field.z[60]![60], 1);
  assert.ok(Math.abs(field.z[33]![30]! - 0.2) < 1e-12); // x = 0, y = -2 + 4·33/60
  assert.equal(cloud.marker.line.color, colours.real);
});

test('pointClouds: a legend of two lines gets the room of a second one, below the title', () => {
  const top = (names: string[]) => {
    const clouds = names.map(name => ({name, points: [[1, 2] as const]}));
    return (pointClouds(clouds, {title: 'Clouds', widthPx: 520}).layout as {margin: {t: number}}).margin.t;
  };
  assert.equal(top(['real', 'generated']), 60);
  // 440 pixels hold two of three entries of about 155.
  assert.equal(top(['real', 'generated, step 300', 'generated, step 350', 'generated, step 400']), 79);
});

test('spectrograms: 1 is 0 dB and -1 the floor; the clip ends where its last frame begins', () => {
  assert.equal(decibels(1, -80), 0);
  assert.equal(decibels(-1, -80), -80);
  assert.equal(decibels(0.5, -80), -20);
  const values = new Float32Array(32).fill(-1);
  values[1 * 4 + 2] = 0.5; // band 1, frame 2
  const {data} = spectrograms([{name: 'a', values}], clip);
  const trace = data[0] as unknown as {x: number[]; z: number[][]};
  assert.deepEqual(trace.x, [0, 0.016, 0.032, 0.048]);
  assert.equal(trace.z[1]![2], -20);
  assert.equal(trace.z[2]![1], -80);
  assert.throws(() => spectrograms([{name: 'a', values: [1]}], clip), {
    message: 'Expected spectrogram "a" to be 8×4 numbers, got 1.',
  });
});

test('imageGrid: one picture a row, captions under their tiles', () => {
  const {layout} = imageGrid([{tiles: [rampTile(), rampTile()], captions: ['one', 'two']}, {tiles: [rampTile()]}], {
    tilePx: 50,
  });
  const images = layout['images'] as {x: number; y: number; sizex: number; source: string}[];
  assert.equal(images.length, 2);
  assert.deepEqual([images[0]!.sizex, images[1]!.sizex], [106, 106]);
  assert.ok(images.every(image => image.source.startsWith('data:image/png;base64,')));
  const captions = layout['annotations'] as {x: number; y: number}[];
  assert.deepEqual(
    captions.map(c => c.x),
    [8 + 25, 8 + 56 + 25],
  );
  assert.ok(captions.every(c => c.y > images[0]!.y + 50 - 1 && c.y < images[1]!.y));
  assert.throws(() => imageGrid([]), {message: 'Expected rows to be a non-empty list, got [].'});
});

test('wrap breaks between words and never inside one', () => {
  assert.deepEqual(wrap('a thin slanted seven', 8), ['a thin', 'slanted', 'seven']);
  assert.deepEqual(wrap('extraordinary', 4), ['extraordinary']);
});

test('textWidth: DejaVu Sans by hand', () => {
  // i 278 + m 974 thousandths of 10 px
  assert.ok(Math.abs(textWidth('im', 10, false) - 12.52) < 1e-9);
  assert.ok(Math.abs(textWidth('im', 10, true) - 13.822) < 0.01);
  assert.ok(Math.abs(textWidth('→', 10, false) - 8.38) < 1e-9);
});

test('transparent', () => {
  assert.equal(transparent('#D55E00', 0.2), 'rgba(213,94,0,0.2)');
});

test('the packaged font is found', () => {
  const {folder, line} = fontStatus();
  assert.ok(folder?.endsWith('ttf'), line);
  assert.match(line, /DejaVu Sans/);
});
