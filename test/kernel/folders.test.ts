import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {contents, Kernel, resultText} from './client';

test('packages with exports, ESM-only packages and this package import; sources outside the folder say what to do', async () => {
  const kernel = await Kernel.start(join(__dirname, 'fixtures', 'packages'));
  try {
    const cells: [string, string][] = [
      ["import {double} from 'with-exports/sub';\ndouble(4)", '8'],
      ["import {triple} from 'only-esm';\ntriple(4)", '12'],
      [
        "import {expected} from 'multimodal-gan/dist/core/checks';\nexpected('a', 'b', 1).message",
        "'Expected a to be b, got 1.'",
      ],
    ];
    for (const [code, wanted] of cells) {
      const {content, outputs} = await kernel.execute(code);
      assert.equal(resultText(outputs), wanted, JSON.stringify(content));
    }
    // With this package in sight, Plotly's plain JSON is a picture too.
    const figure =
      "({data: [{y: new Float32Array([1, 3, 2])}], layout: {title: {text: 'three'}, width: 400, height: 300}})";
    const {outputs} = await kernel.execute(`import {colours} from 'multimodal-gan';\nvoid colours;\n${figure}`);
    const [shown] = contents(outputs, 'execute_result') as [{data: Record<string, unknown>; metadata: unknown}];
    assert.deepEqual(Object.keys(shown.data), ['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
    assert.equal(shown.data['text/plain'], 'three');
    assert.deepEqual(shown.metadata, {'image/png': {width: 400, height: 300}});
    const {content} = await kernel.execute("import {Kernel} from '../../client';");
    assert.equal(content['ename'], 'TypeScriptError');
    assert.match(String(content['evalue']), /import it by its name instead/);
  } finally {
    await kernel.stop();
  }
});

test('shutdown answers, says so on IOPub and ends the process; a restart says that it is one', async () => {
  for (const restart of [false, true]) {
    const kernel = await Kernel.start();
    try {
      await kernel.execute("process.on('exit', () => console.log('farewell'));");
      const {content} = await kernel.ask('shutdown_request', {restart}, 'control');
      assert.deepEqual(content, {status: 'ok', restart});
      if (kernel.ended === null) await new Promise(done => kernel.child.once('exit', done));
      assert.equal(kernel.ended, 0, kernel.log);
    } finally {
      await kernel.stop();
    }
  }
});

test('a kernel whose cell computes without a pause ends on shutdown too', async () => {
  const kernel = await Kernel.start();
  try {
    await kernel.send('execute_request', {code: 'while (true) {}'});
    await kernel.until(
      () => kernel.heard.some(({header}) => header.msg_type === 'execute_input'),
      'the start of the cell',
    );
    await kernel.ask('shutdown_request', {restart: false}, 'control');
    await new Promise(done => kernel.child.once('exit', done));
  } finally {
    await kernel.stop();
  }
});

test('what a cell showed before process.exit arrives', async () => {
  const kernel = await Kernel.start();
  try {
    await kernel.send('execute_request', {code: "console.log('last words');\nprocess.exit(3);"});
    await new Promise(done => kernel.child.once('exit', done));
    assert.equal(kernel.ended, 3, kernel.log);
    await new Promise(done => setTimeout(done, 100));
    assert.ok(kernel.heard.some(({content}) => content['text'] === 'last words\n'));
  } finally {
    await kernel.stop();
  }
});
