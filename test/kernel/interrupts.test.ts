import assert from 'node:assert/strict';
import {test} from 'node:test';
import {contents, executeContent, Kernel, resultText} from './client';

/** Everything here refuses to pause, each in another part of Node's event loop, or writes so much that the kernel's own code is often on the stack. */
const stubborn = [
  'while (true) {}',
  'await new Promise(done => setTimeout(done, 5));\nwhile (true) {}',
  'setTimeout(() => { while (true) {} }, 5);\nawait new Promise(() => {});',
  'setImmediate(() => { while (true) {} });\nawait new Promise(() => {});',
  'process.nextTick(() => { while (true) {} });\nawait new Promise(() => {});',
  'Promise.resolve().then(() => { while (true) {} });\nawait new Promise(() => {});',
  "await new Promise(done => setTimeout(done, 5));\nfor (;;) console.log('x'.repeat(100));",
  "await new Promise(done => setTimeout(done, 5));\nfor (;;) kernel.display({'text/plain': 'x'}, {displayId: 'd', update: true});",
  'for (;;) await new Promise(done => setTimeout(done, 5));',
];
const rounds = 3;

test(`${rounds * stubborn.length} interrupts in a row each end one cell, and never the kernel or the next cell`, async () => {
  const kernel = await Kernel.start();
  try {
    for (let turn = 0; turn < rounds * stubborn.length; turn++) {
      const code = stubborn[turn % stubborn.length]!;
      const id = await kernel.send('execute_request', executeContent(code));
      await kernel.until(() => contents(kernel.about(id), 'execute_input').length > 0, 'the start of the cell');
      // At different moments: while the cell is compiled, while it starts, while it runs.
      await new Promise(done => setTimeout(done, 37 * (turn % 7)));
      await kernel.ask('interrupt_request', {}, 'control');
      const answer = await Promise.race([kernel.answer(id), new Promise<null>(done => setTimeout(done, 20_000, null))]);
      assert.equal(answer?.content['ename'], 'KeyboardInterrupt', `${code} in turn ${turn}`);
      const {content, outputs} = await kernel.execute(
        "console.log('heard');\nawait new Promise(done => setTimeout(done, 5));\n'goes on'",
      );
      assert.equal(resultText(outputs), "'goes on'", `${code}: ${JSON.stringify(content)}`);
      kernel.heard.length = 0;
    }
  } finally {
    await kernel.stop();
  }
});
