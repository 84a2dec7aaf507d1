/** Prints the metrics beside their references as a table, metric × case × difference. Called as: npx tsx scripts/parity.ts */
import {difference, parityCases, versions} from '../test/evaluation/parity-cases';

const lines = parityCases().map(one => {
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
process.exitCode = lines.some(line => line[6] !== '') ? 1 : 0;
