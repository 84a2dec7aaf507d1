import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {interruptSignal, nextTurn} from '../../src/core/interruption';

const place = globalThis as Record<symbol, unknown>;
const kernelSymbol = Symbol.for('Jupyter.kernel');
afterEach(() => delete place[kernelSymbol]);

test('without a kernel there is no signal; with one it is that of the running cell, read anew each time', () => {
  assert.equal(interruptSignal(), undefined);
  const [first, second] = [new AbortController(), new AbortController()];
  let running = first;
  place[kernelSymbol] = {
    get signal() {
      return running.signal;
    },
  };
  assert.equal(interruptSignal(), first.signal);
  running = second;
  assert.equal(interruptSignal(), second.signal);
});

test('a kernel of another make, without such a signal, is no obstacle', () => {
  for (const kernel of [null, 5, {}, {signal: 'SIGINT'}]) {
    place[kernelSymbol] = kernel;
    assert.equal(interruptSignal(), undefined);
  }
});

test('a loop that awaits turns lets a timer in', async () => {
  let rung = false;
  setTimeout(() => {
    rung = true;
  }, 1);
  const end = Date.now() + 5000;
  while (!rung && Date.now() < end) await nextTurn();
  assert.ok(rung);
});
