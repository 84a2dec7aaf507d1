// Reporter of node:test for `npm test`: one line a file, failures in full, and a last line that a script can read.
import {relative} from 'node:path';
import {inspect} from 'node:util';
import {root} from '../setup/run.mjs';

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter from the default export.
export default async function* report(events) {
  const files = new Map();
  const failures = [];
  const fileOf = data => {
    const name = data.file ?? data.name;
    if (!files.has(name)) files.set(name, {passed: 0, failed: 0, milliseconds: 0, output: ''});
    return files.get(name);
  };
  let hooks = 0;
  const totals = {pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0};

  for await (const {type, data} of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      const file = fileOf(data);
      file.output = (file.output + data.message).slice(-20000);
    } else if (type === 'test:pass' || type === 'test:fail') {
      const file = fileOf(data);
      if (data.nesting === 0) file.milliseconds += data.details.duration_ms;
      // A suite fails with its tests; a failed hook is a failure of its own that the runner's totals leave out.
      if (data.details.type === 'suite' && data.details.error?.failureType !== 'hookFailed') continue;
      if (type === 'test:pass') file.passed++;
      else {
        file.failed++;
        failures.push(data);
        if (data.details.type === 'suite') hooks++;
      }
    } else if (type === 'test:diagnostic') {
      // The runner's own totals at the end; suites are not among them.
      const [, name, count] = data.message.match(/^(pass|fail|cancelled|skipped|todo) (\d+)$/) ?? [];
      if (name && data.nesting === 0) totals[name] = Number(count);
    }
  }

  for (const [name, {passed, failed, milliseconds}] of files) {
    const result = `${passed} passed${failed > 0 ? `, ${failed} FAILED` : ''}`;
    yield `${relative(root, name).padEnd(52)} ${result.padEnd(12)} ${(milliseconds / 1000).toFixed(1)} s\n`;
  }
  for (const {name, file, details} of failures) {
    const cause = details.error?.cause ?? details.error;
    yield `\nFAILED ${relative(root, file ?? '')}: ${name}\n`;
    yield `${cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)}\n`;
  }
  for (const [name, {failed, output}] of files) {
    if (failed > 0 && output) yield `\nWhat ${relative(root, name)} printed:\n${output}\n`;
  }
  const failed = totals.fail + totals.cancelled + hooks;
  yield `\ntests: ${totals.pass} passed, ${failed} failed, ${totals.skipped + totals.todo} skipped\n`;
}
