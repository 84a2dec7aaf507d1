import assert from 'node:assert/strict';
import {test} from 'node:test';
import {difference, type ParityCase, parityCases} from './parity-cases';

const byMetric = new Map<string, ParityCase[]>();
for (const one of parityCases()) byMetric.set(one.metric, [...(byMetric.get(one.metric) ?? []), one]);

for (const [metric, cases] of byMetric) {
  test(`${metric} agrees with its references`, () => {
    for (const one of cases) {
      assert.ok(
        difference(one) <= one.allowed,
        `${one.case} (${one.reference}): got ${one.got}, wanted ${one.wanted}, differs by ${difference(one)}`,
      );
    }
  });
}
