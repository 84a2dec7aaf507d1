import assert from 'node:assert/strict';
import {test} from 'node:test';
import {difference, type ParityCase, parityCases} from './parity-cases';
import {readmeCases} from './prdc-readme';

const byMetric = new Map<string, ParityCase[]>();
for (const one of [...parityCases(), ...readmeCases(400)])
  byMetric.set(one.metric, [...(byMetric.get(one.metric) ?? []), one]);

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
