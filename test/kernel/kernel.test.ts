import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {contents, executeContent, Kernel, resultText, streamText} from './client';

let kernel: Kernel;
before(async () => {
  kernel = await Kernel.start();
});
after(() => kernel.stop());

const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

test('a cell is announced, answered and ended in the order of the protocol', async () => {
  const {content, outputs} = await kernel.execute("console.log('x');\n6 * 7");
  assert.deepEqual(
    outputs.map(({header}) => header.msg_type),
    ['status', 'execute_input', 'stream', 'execute_result', 'status'],
  );
  assert.equal(content['status'], 'ok');
  assert.equal(contents(outputs, 'execute_input')[0]!['execution_count'], content['execution_count']);
  assert.equal(resultText(outputs), '42');
});

test('a thrown error has a name, a message and the place in the cell, and hides the kernel', async () => {
  const {content, outputs} = await kernel.execute(
    [
      'interface Unused {',
      '  a: number;',
      '}',
      'function check(value: number): void {',
      "  if (value > 2) throw new RangeError('too large: ' + value);",
      '}',
      'check(3);',
    ].join('\n'),
  );
  const count = content['execution_count'];
  assert.equal(content['status'], 'error');
  assert.equal(content['ename'], 'RangeError');
  assert.equal(content['evalue'], 'too large: 3');
  assert.deepEqual(content['traceback'], [
    'RangeError: too large: 3',
    `    at check (cell ${count}:5:24)`,
    `    at cell ${count}:7:1`,
    '',
    `cell ${count}, line 5:`,
    "  5 |   if (value > 2) throw new RangeError('too large: ' + value);",
    '    |                        ^',
  ]);
  assert.deepEqual(contents(outputs, 'error')[0], {
    ename: content['ename'],
    evalue: content['evalue'],
    traceback: content['traceback'],
  });
});

test('after an await the place is right too', async () => {
  const {content} = await kernel.execute("await new Promise(done => setTimeout(done, 5));\nthrow new Error('late');");
  assert.match((content['traceback'] as string[])[1]!, new RegExp(`at cell ${content['execution_count']}:2:7$`));
});

test('a type error has code, line, column and a mark; types are strict', async () => {
  const {content} = await kernel.execute("const name: string | null = 'x' as string | null;\nname.length");
  const count = content['execution_count'];
  assert.equal(content['ename'], 'TypeScriptError');
  assert.equal(content['evalue'], `cell ${count}:2:1 - TS18047: 'name' is possibly 'null'.`);
  assert.deepEqual((content['traceback'] as string[]).slice(1), ['  2 | name.length', '    | ^^^^']);
});

test('thrown values that are no errors, or fight being shown, are reported', async () => {
  assert.equal((await kernel.execute("throw 'a text'")).content['evalue'], 'a text');
  assert.equal((await kernel.execute('throw null')).content['ename'], 'null');
  const hostile =
    "throw new Proxy({}, {get() { throw new Error('no'); }, getPrototypeOf() { throw new Error('no'); }})";
  assert.equal((await kernel.execute(hostile)).content['status'], 'error');
  assert.equal(resultText((await kernel.execute('1 + 1')).outputs), '2');
});

test('a rejection that nobody handles fails its cell', async () => {
  const {content} = await kernel.execute("void Promise.reject(new Error('lost'));\n5");
  assert.equal(content['status'], 'error');
  assert.equal(content['evalue'], 'lost');
});

test('an error in a timer fails the cell that is running, or else the next one', async () => {
  const during = await kernel.execute(
    "setTimeout(() => { throw new Error('timer') }, 10);\nawait new Promise(done => setTimeout(done, 5000));",
  );
  assert.equal(during.content['evalue'], 'timer');
  assert.equal(
    (await kernel.execute("setTimeout(() => { throw new Error('afterwards') }, 10); null")).content['status'],
    'ok',
  );
  await pause(100);
  assert.equal((await kernel.execute('1')).content['evalue'], 'afterwards');
  assert.equal((await kernel.execute('1')).content['status'], 'ok');
});

test('cells that wait behind a failing one are not run, cells sent afterwards are', async () => {
  const ids = [];
  for (const code of ["throw new Error('first')", '1', '2'])
    ids.push(await kernel.send('execute_request', executeContent(code)));
  const statuses = [];
  for (const id of ids) statuses.push((await kernel.answer(id)).content['status']);
  assert.deepEqual(statuses, ['error', 'aborted', 'aborted']);
  assert.equal((await kernel.execute('3')).content['status'], 'ok');
});

test('a skipped cell has no number, as it has not run', async () => {
  const failing = await kernel.send('execute_request', executeContent("throw new Error('first')"));
  const skipped = await kernel.send('execute_request', executeContent('1'));
  await kernel.answer(failing);
  assert.deepEqual((await kernel.answer(skipped)).content, {status: 'aborted'});
});

test('what is written before a loop that never pauses is heard while it runs', async () => {
  const id = await kernel.send('execute_request', executeContent("console.log('begun');\nfor (;;);"));
  await kernel.until(() => streamText(kernel.about(id)) === 'begun\n', 'the line before the loop', 5000);
  await kernel.ask('interrupt_request', {}, 'control');
  const {content} = await kernel.answer(id);
  assert.deepEqual(content['traceback'], ['KeyboardInterrupt: The cell was interrupted.']);
});

test('with stop_on_error false the cells behind a failing one run', async () => {
  const failing = await kernel.send(
    'execute_request',
    executeContent("throw new Error('first')", {stop_on_error: false}),
  );
  const next = await kernel.send('execute_request', executeContent('4 + 4'));
  assert.equal((await kernel.answer(failing)).content['status'], 'error');
  assert.equal(resultText((await kernel.answer(next)).outputs), '8');
});

test('a silent cell says nothing and counts nothing; an unstored one is only not counted', async () => {
  const {content: earlier} = await kernel.execute('0');
  const silent = await kernel.execute("console.log('unheard');\nprocess.env['SILENT'] = 'ran';\n5", {silent: true});
  assert.deepEqual(
    silent.outputs.map(({header}) => header.msg_type),
    ['status', 'status'],
  );
  assert.equal(silent.content['status'], 'ok');
  const unstored = await kernel.execute('7', {store_history: false});
  assert.equal(resultText(unstored.outputs), '7');
  const {content: later} = await kernel.execute('0');
  assert.equal(later['execution_count'], (earlier['execution_count'] as number) + 1);
  const history = (await kernel.ask('history_request', {hist_access_type: 'tail', n: 2, output: false, raw: true}))
    .content['history'];
  assert.deepEqual(
    (history as unknown[][]).map(row => row[2]),
    ['0', '0'],
  );
});

test('user expressions are evaluated after the cell, each with its own fate', async () => {
  const user_expressions = {sum: 'base + 1', unknown: 'nowhere', thrown: "(() => { throw new TypeError('t') })()"};
  const {content} = await kernel.execute('const base = 41;', {user_expressions});
  const results = content['user_expressions'] as Record<string, Record<string, unknown>>;
  assert.deepEqual(results['sum'], {status: 'ok', data: {'text/plain': '42'}, metadata: {}});
  assert.equal(results['unknown']!['ename'], 'TypeScriptError');
  assert.equal(results['thrown']!['ename'], 'TypeError');
});

test('a hundred thousand lines arrive whole and in order within five seconds', async () => {
  const started = Date.now();
  const {outputs} = await kernel.execute("for (let line = 0; line < 100_000; line++) console.log('line ' + line);");
  const seconds = (Date.now() - started) / 1000;
  const wanted = Array.from({length: 100_000}, (_, line) => `line ${line}\n`).join('');
  assert.ok(streamText(outputs) === wanted, 'lines are missing or out of order');
  assert.ok(seconds < 5, `${seconds} s`);
});

test('two thousand updates of one display end in the last state', async () => {
  const {outputs} = await kernel.execute(
    "kernel.display({'text/plain': 'start'}, {displayId: 'bar'});\nfor (let step = 1; step <= 2000; step++) kernel.display({'text/plain': String(step)}, {displayId: 'bar', update: true});",
  );
  const last = contents(outputs, 'update_display_data').at(-1)!;
  assert.deepEqual(last['data'], {'text/plain': '2000'});
  assert.deepEqual(last['transient'], {display_id: 'bar'});
});

test('what a cell writes after its end goes under that cell', async () => {
  const first = await kernel.send(
    'execute_request',
    executeContent("setTimeout(() => console.log('from the first'), 150); null"),
  );
  await kernel.answer(first);
  const second = await kernel.execute(
    "await new Promise(done => setTimeout(done, 300));\nconsole.log('from the second');",
  );
  assert.equal(streamText(second.outputs), 'from the second\n');
  assert.equal(streamText(kernel.about(first)), 'from the first\n');
});

const endless = {
  'a loop that never pauses': 'while (true) {}',
  'a loop that awaits': 'for (;;) await new Promise(done => setTimeout(done, 5));',
  'a loop that never pauses after an await': 'await new Promise(done => setTimeout(done, 5));\nwhile (true) {}',
  'a loop in a timer':
    'setTimeout(() => { while (true) {} }, 5);\nawait new Promise(done => setTimeout(done, 100_000));',
  'a promise that never settles': 'await new Promise(() => {});',
  'a result that takes for ever': 'new Promise(() => {})',
};
for (const [name, code] of Object.entries(endless)) {
  test(`an interrupt ends ${name}, and the next cell runs`, async () => {
    const id = await kernel.send('execute_request', executeContent(code));
    await kernel.until(() => contents(kernel.about(id), 'execute_input').length > 0, 'the start of the cell');
    await pause(200);
    const {content: interrupted} = await kernel.ask('interrupt_request', {}, 'control');
    assert.equal(interrupted['status'], 'ok');
    assert.equal((await kernel.answer(id)).content['ename'], 'KeyboardInterrupt');
    const {outputs} = await kernel.execute("await new Promise(done => setTimeout(done, 5));\n'goes on'");
    assert.equal(resultText(outputs), "'goes on'");
  });
}

test('a plain SIGINT ends synchronous and awaited loops', {skip: process.platform === 'win32'}, async () => {
  for (const code of ['while (true) {}', 'for (;;) await new Promise(done => setTimeout(done, 5));']) {
    const id = await kernel.send('execute_request', executeContent(code));
    await kernel.until(() => contents(kernel.about(id), 'execute_input').length > 0, 'the start of the cell');
    await pause(300);
    kernel.child.kill('SIGINT');
    assert.equal((await kernel.answer(id)).content['ename'], 'KeyboardInterrupt');
  }
  assert.equal(resultText((await kernel.execute('1')).outputs), '1');
});

test('an interrupted cell is told by its signal and not heard again', async () => {
  const code =
    "const {signal} = kernel;\nsignal.addEventListener('abort', () => { process.env['TOLD'] = 'yes'; });\nfor (let tick = 0; ; tick++) {\n  await new Promise(done => setTimeout(done, 5));\n  console.log(tick);\n}";
  const id = await kernel.send('execute_request', executeContent(code));
  await kernel.until(() => streamText(kernel.about(id)).length > 0, 'a first tick');
  await kernel.ask('interrupt_request', {}, 'control');
  await kernel.answer(id);
  const heard = kernel.about(id).length;
  const {outputs} = await kernel.execute("await new Promise(done => setTimeout(done, 100));\nprocess.env['TOLD']");
  assert.equal(resultText(outputs), "'yes'");
  assert.equal(kernel.about(id).length, heard);
});

test('an interrupt while no cell runs does nothing', async () => {
  await kernel.ask('interrupt_request', {}, 'control');
  assert.equal((await kernel.execute('1')).content['status'], 'ok');
});

test('while a cell computes without a pause, the kernel answers who it is and its heart beats', async () => {
  const id = await kernel.send(
    'execute_request',
    executeContent('const end = Date.now() + 1500;\nwhile (Date.now() < end);'),
  );
  await kernel.until(() => contents(kernel.about(id), 'execute_input').length > 0, 'the start of the cell');
  const info = await kernel.ask('kernel_info_request');
  assert.equal(info.content['protocol_version'], '5.4');
  await kernel.heart.send('beat');
  assert.equal(String((await kernel.heart.receive())[0]), 'beat');
  assert.equal(contents(kernel.about(id), 'status').at(-1)!['execution_state'], 'busy');
  assert.equal((await kernel.answer(id)).content['status'], 'ok');
});

test('completion and inspection answer while a cell awaits', async () => {
  const id = await kernel.send('execute_request', executeContent('await new Promise(done => setTimeout(done, 1000));'));
  const completion = await kernel.ask('complete_request', {code: 'Math.ma', cursor_pos: 7});
  assert.deepEqual(completion.content['matches'], ['max']);
  assert.equal((await kernel.answer(id)).content['status'], 'ok');
});

test('declarations go on in later cells, and a const may be declared again', async () => {
  await kernel.execute('const size = 3;\nclass Box {\n  constructor(readonly side: number) {}\n}');
  assert.equal(resultText((await kernel.execute('new Box(size).side')).outputs), '3');
  await kernel.execute("const size = 'large';");
  assert.equal(resultText((await kernel.execute('size.length')).outputs), '5');
});

test('input asks the client; without one it says so', async () => {
  const id = await kernel.send(
    'execute_request',
    executeContent("const name = await input('Name: ');\n'hello ' + name", {allow_stdin: true}),
  );
  const request = kernel.open((await kernel.stdin.receive()) as Buffer[]);
  assert.equal(request.header.msg_type, 'input_request');
  assert.deepEqual(request.content, {prompt: 'Name: ', password: false});
  await kernel.stdin.send(kernel.frames({...kernel.message('input_reply', {value: 'Ada'}), parent: request.header}));
  assert.equal(resultText((await kernel.answer(id)).outputs), "'hello Ada'");
  const refused = await kernel.execute('await input()');
  assert.match(String(refused.content['evalue']), /input\(\) needs a page/);
});

test('questions are asked one after the other', async () => {
  const id = await kernel.send(
    'execute_request',
    executeContent("(await Promise.all([input('a'), input('b')])).join(' ')", {allow_stdin: true}),
  );
  for (const prompt of ['a', 'b']) {
    const request = kernel.open((await kernel.stdin.receive()) as Buffer[]);
    assert.equal(request.content['prompt'], prompt);
    const parents = prompt === 'a' ? [{...request.header, msg_id: 'of an earlier cell'}, request.header] : [{}];
    for (const parent of parents)
      await kernel.stdin.send(
        kernel.frames({...kernel.message('input_reply', {value: `${prompt} of ${parents.length}`}), parent}),
      );
  }
  assert.equal(resultText((await kernel.answer(id)).outputs), "'a of 2 b of 1'");
});

test("tslab's display and kernel.display both show", async () => {
  const {outputs} = await kernel.execute(
    "import {display} from 'tslab';\ndisplay.html('<b>x</b>');\nkernel.display({'image/png': new Uint8Array([1, 2, 3]), 'text/plain': 'p'}, {metadata: {'image/png': {width: 5}}});",
  );
  const [first, second] = contents(outputs, 'display_data');
  assert.deepEqual(first!['data'], {'text/html': '<b>x</b>'});
  assert.deepEqual(second, {
    data: {'image/png': 'AQID', 'text/plain': 'p'},
    metadata: {'image/png': {width: 5}},
    transient: {},
  });
});

test('malformed execute requests are answered, not fatal', async () => {
  const {content} = await kernel.ask('execute_request', {});
  assert.equal(content['status'], 'error');
  const unknown = await kernel.ask('nonsense_request', {});
  assert.equal(unknown.content['ename'], 'UnknownRequest');
  // There is no debugger, and the kernel says so before it is asked.
  const {content: info} = await kernel.ask('kernel_info_request');
  assert.deepEqual([info['debugger'], info['supported_features']], [false, []]);
  assert.equal((await kernel.ask('debug_request', {command: 'debugInfo'}, 'control')).content['status'], 'error');
});

test('a comm that nobody serves is closed, and comm_info has its own reply', async () => {
  const before = kernel.heard.length;
  await kernel.send('comm_open', {comm_id: 'c1', target_name: 'jupyter.widget', data: {}});
  await kernel.until(
    () => kernel.heard.slice(before).some(({header}) => header.msg_type === 'comm_close'),
    'the end of the comm',
  );
  assert.deepEqual((await kernel.ask('comm_info_request')).content, {status: 'ok', comms: {}});
});
