/**
 * Prints the metrics beside their references as a table, metric × case × difference. Ends with 1 where one is too far.
 * Called as:  npm run -s parity:table > docs/parity.md
 *             npx tsx scripts/parity.ts   without the example of prdc's README at its full size, 10,000 × 1,000 (half a minute)
 */
import {difference, parityCases, versions} from '../test/evaluation/parity-cases';
import {printedInReadme, readmeCases} from '../test/evaluation/prdc-readme';

const atFullSize = process.argv.includes('--readme') ? readmeCases(10000) : [];
const lines = [...parityCases(), ...readmeCases(400), ...atFullSize].map(one => {
  const gap = difference(one);
  const verdict = gap <= one.allowed ? '' : 'TOO FAR';
  return [
    one.metric,
    one.case,
    one.reference,
    one.wanted.toPrecision(7),
    gap === 0 ? '0' : gap.toExponential(1),
    one.allowed === 0 ? 'equal' : one.allowed.toExponential(0),
    verdict,
  ];
});
console.log('# Metrics beside their references\n');
console.log(
  'Random and adversarial inputs (singular covariance, fewer rows than features, duplicates, constant features, ties, one class). The numbers are made by `scripts/golden/metrics.py` and `prdc_readme.py` and kept in `test/golden`; the tests compare with them and need no Python. Relative differences, where the value is above .001.\n',
);
console.log(
  `References: ${Object.entries(versions)
    .map(pair => pair.join(' '))
    .join(', ')}\n`,
);
console.log(
  '| metric | case | reference | its value | relative difference | allowed | |\n|---|---|---|---|---|---|---|',
);
for (const line of lines) console.log(`| ${line.join(' | ')} |`);
if (atFullSize.length > 0) {
  const printed = Object.entries(printedInReadme).map(([name, value]) => `${name} ${value}`);
  console.log(`\nThe README itself prints ${printed.join(', ')} for arrays of the same kind, without a seed.`);
}
process.exitCode = lines.some(line => line[6] !== '') ? 1 : 0;
