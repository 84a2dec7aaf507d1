// Runs test files of node:test as `npm test` does, with the reporter beside this file.
import {root, run} from '../setup/run.mjs';

/** Shows what the reporter says. Resolves to {passed, failed, skipped}; never rejects. */
export async function runTests(files, {concurrency, env = process.env, signals = []}) {
  const reporter = new URL('reporter.mjs', import.meta.url).href;
  const options = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, `--test-reporter=${reporter}`];
  const {code, output} = await run(process.execPath, [...options, ...files], {
    cwd: root,
    env: {...env, TF_CPP_MIN_LOG_LEVEL: '2'},
    show: true,
    signals,
  });
  const [, passed, failed, skipped] = output.match(/\ntests: (\d+) passed, (\d+) failed, (\d+) skipped\n$/) ?? [];
  const count = {passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped: Number(skipped ?? 0)};
  // A runner that died, or that failed without naming a test, is a failure of its own.
  if (passed === undefined || (code !== 0 && count.failed === 0)) count.failed++;
  return count;
}

/** `3 passed, 0 failed`, and `, 1 skipped` where there are any: the closing line that .ci/run reads. */
export function inWords({passed, failed, skipped = 0}) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
