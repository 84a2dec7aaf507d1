/**
 * Prints the metrics beside their references as a table, metric × case × difference. Called as: npx tsx scripts/parity.ts [--readme]
 * --readme: also the example of prdc's README at its full size, 10,000 × 1,000 (half a minute).
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
