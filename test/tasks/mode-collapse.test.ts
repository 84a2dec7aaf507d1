/** Mode collapse on a small budget: it can be brought about, the count sees it, and every setting runs. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {ringCentres} from '../../src/evaluation/mode-coverage';
import {type ModeSettingName, modeProblems, modeSettings, runModes} from '../../src/tasks/mode-collapse';

before(async () => {
  await selectBackend();
});

test('the ring has 8 modes, the grid 25, with the places and the spread of PacGAN', () => {
  assert.equal(modeProblems.ring.centres.length, 8);
  assert.equal(modeProblems.grid.centres.length, 25);
  assert.deepEqual([modeProblems.ring.deviation, modeProblems.grid.deviation], [0.01, 0.05]);
  const distances = modeProblems.grid.centres.flatMap((a, i) =>
    modeProblems.grid.centres.slice(i + 1).map(b => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!)),
  );
  assert.equal(Math.min(...distances), 2);
  for (const [x, y] of modeProblems.ring.centres) assert.ok(Math.abs(Math.hypot(x!, y!) - 1) < 1e-12);
});

// G that moves twenty times against a D that stands still runs to where D likes it best: Goodfellow 2016, section 5.1.1 (arXiv:1701.00160).
for (const seed of [1, 2]) {
  test(`twenty steps of G for one of D collapse, one for one with R1 does not (seed ${seed})`, async () => {
    const problem = {centres: ringCentres(8, 2), deviation: 0.25};
    const r1 = {loss: 'nonSaturating', bound: {kind: 'r1', gamma: 0.1}} as const;
    const [hasty, even] = [
      await runModes({
        problem,
        setting: {title: 'hasty', game: {loss: 'nonSaturating', generatorSteps: 20}},
        seed,
        updates: 1260,
      }),
      await runModes({problem, setting: {title: 'even', game: r1}, seed, updates: 1260}),
    ];
    assert.ok(hasty.modes <= 2, `${hasty.modes} modes`);
    // ln 8 = 2.08 when all points are nearest to one mode.
    assert.ok(hasty.divergence > 1.4, `${hasty.divergence}`);
    assert.equal(even.modes, 8);
    assert.ok(even.divergence < 0.1, `${even.divergence}`);
    assert.ok(even.highQuality > 0.2 && even.highQuality <= 1, `${even.highQuality}`);
  });
}

test('every setting plays, is counted on 2,500 points, repeats itself and leaves nothing behind', async () => {
  for (const setting of Object.keys(modeSettings) as ModeSettingName[]) {
    const play = () => runModes({problem: 'ring', setting, seed: 1, updates: 2});
    const first = await play();
    assert.equal(first.of, 8);
    assert.equal(first.points.length, 2500);
    assert.equal(first.updates, 2);
    const tensors = tf.memory().numTensors;
    assert.deepEqual(await play(), first, setting);
    assert.equal(tf.memory().numTensors, tensors, setting);
  }
});

test('names that are not there are refused', async () => {
  const run = (problem: string, setting: string) =>
    runModes({problem: problem as 'ring', setting: setting as 'plain', seed: 1, updates: 2});
  await assert.rejects(run('square', 'plain'), /Unknown problem "square"; choose ring or grid/);
  await assert.rejects(run('ring', 'luck'), /Unknown setting "luck"; choose plain, /);
});
