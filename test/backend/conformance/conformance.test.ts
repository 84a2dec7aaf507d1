/** Every op that the project uses, on every backend present; see rows.ts and check.ts. `npm run conformance` writes docs/conformance.md. */
import assert from 'node:assert/strict';
import {before, describe, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {backends} from '../support';
import {checkRow} from './check';
import {rows} from './rows';

const numCalls = Number(process.env['CONFORMANCE_CALLS'] ?? 4);

const wanted = process.env['CONFORMANCE_BACKENDS']?.split(',');

for (const backend of backends.filter(name => wanted?.includes(name) ?? true)) {
  describe(`conformance of ${backend}`, () => {
    before(async () => assert.equal((await selectBackend({prefer: backend})).name, backend));
    for (const row of rows) test(row.name, () => void checkRow(row, backend, numCalls));
  });
}

test('what is not computed has a reason, and every name stands once', () => {
  for (const {name, order, why} of rows) assert.ok(order === 2 || (why ?? '').length > 5, name);
  assert.equal(new Set(rows.map(({name}) => name)).size, rows.length);
});
