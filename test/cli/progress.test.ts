import assert from 'node:assert/strict';
import {test} from 'node:test';
import {clockText, lossText, showProgress} from '../../src/cli/progress';

function fakeStream(isTTY: boolean): {stream: NodeJS.WriteStream; written: string[]} {
  const written: string[] = [];
  const ignore = () => true;
  const stream = {
    isTTY,
    columns: 120,
    write: (text: string) => written.push(text) > 0,
    cursorTo: ignore,
    moveCursor: ignore,
    clearLine: ignore,
    on: ignore,
    removeListener: ignore,
  };
  return {stream: stream as unknown as NodeJS.WriteStream, written};
}

const news = (phase: string, step: number, totalSteps = 50) => ({
  phase,
  step,
  totalSteps,
  losses: {G: 1.23456, D: -0.5},
  secondsLeft: 75.4,
});

test('times and losses in words', () => {
  assert.equal(clockText(75.4), '1:15');
  assert.equal(clockText(3599.7), '60:00');
  assert.equal(clockText(-2), '0:00');
  assert.equal(clockText(Number.NaN), '?');
  assert.equal(lossText({G: 1.23456, D: -0.5}), 'G 1.235  D -0.500');
});

test('without a terminal: the first and the last step of each phase, and little between', () => {
  const {stream, written} = fakeStream(false);
  const display = showProgress(stream, 1000);
  for (let step = 1; step <= 50; step++) display.update(news('E', step));
  display.update(news('prior', 0, 1));
  display.update(news('G and D', 1, Number.POSITIVE_INFINITY));
  display.stop();
  assert.deepEqual(written, [
    'E: step 1 of 50, 1:15 left, G 1.235  D -0.500\n',
    'E: step 50 of 50, 1:15 left, G 1.235  D -0.500\n',
    'prior …\n',
    'G and D: step 1, 1:15 left, G 1.235  D -0.500\n',
  ]);
});

test('without a terminal: a line again when the time has passed', () => {
  const {stream, written} = fakeStream(false);
  const display = showProgress(stream, 0);
  for (let step = 1; step <= 3; step++) display.update(news('E', step));
  assert.equal(written.length, 3);
});

test('in a terminal: a bar with the phase, the steps, the time left and the losses', () => {
  const {stream, written} = fakeStream(true);
  const display = showProgress(stream);
  display.update(news('E', 10));
  display.update(news('G and D', 20));
  display.stop();
  const shown = written.join('');
  assert.match(shown, / E .+ 10\/50 {2}1:15 left {2}G 1\.235 {2}D -0\.500/);
  assert.match(shown, / G and D .+ 20\/50 {2}1:15 left/);
});
