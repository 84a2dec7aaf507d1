/**
 * Prints the table of losses, as Markdown: each with an example worked by hand, the value that every engine gives for it, and the relative
 * error of its gradients against the formula in float64 and against differences in float32.
 *
 * Called as:  npm run -s losses:table > docs/losses.md
 */
import {nativeAvailability} from '../src/backend/native-availability';
import {type BackendName, selectBackend} from '../src/backend/select';
import {checkLoss} from '../src/losses/check-loss';
import {type LossCase, lossCases} from '../test/losses/cases';
import {valueOfExample} from '../test/losses/worked';

interface Measured {
  readonly value: number;
  readonly formulaError: number;
  readonly differenceError: number;
  readonly checks: string;
}

async function main(): Promise<void> {
  const engines: BackendName[] = nativeAvailability().ready ? ['native', 'wasm', 'cpu'] : ['wasm', 'cpu'];
  const measured = new Map<LossCase, Measured[]>(lossCases.map(each => [each, []]));
  for (const engine of engines) {
    await selectBackend({prefer: engine});
    for (const each of lossCases) measured.get(each)!.push(measure(each));
  }
  console.log(introduction(engines));
  console.log('| loss | source | worked by hand | value | off by | formula | differences | checks |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const [each, results] of measured) console.log(row(each, results));
}

function measure(each: LossCase): Measured {
  const {results} = checkLoss(each.loss, {name: each.name, ...each.check});
  const errorOf = (part: string) => results.find(({check}) => check.includes(part))!.error!;
  const count = (passed: boolean | null) => results.filter(result => result.passed === passed).length;
  const skipped = count(null);
  return {
    value: valueOfExample(each),
    formulaError: errorOf('formula'),
    differenceError: errorOf('differences'),
    checks: `${count(true)}${skipped > 0 ? ` (${skipped} do not apply)` : ''}`,
  };
}

function row({name, source, how, worked}: LossCase, results: readonly Measured[]): string {
  const worst = (pick: (result: Measured) => number) => Math.max(...results.map(pick)).toExponential(1);
  const off = worst(({value}) => Math.abs(value - worked) / Math.max(1, Math.abs(worked)));
  const cells = [
    name,
    source,
    how,
    String(worked),
    off,
    worst(({formulaError}) => formulaError),
    worst(({differenceError}) => differenceError),
    results[0]!.checks,
  ];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function introduction(engines: readonly string[]): string {
  return `# Losses

Made by \`npm run losses:table\`; tested by \`test/losses\`. Engines: ${engines.join(', ')}; of several values the worst.

- *worked by hand*: real scores (2, .5, -1), fake scores (-3, 0, 1.5), or the values that the line tells; *value* is what they come to.
- *off by*: what the engines' float32 value differs from it, relative to it where it is above 1.
- *formula*: relative error of the gradient at random values, against central differences of the formula in float64; at most 1e-3 passes.
- *differences*: relative error of the gradient against central differences in float32, along random directions; at most 3e-2 passes.
- *checks*: questions of \`checkLoss\` passed on each engine, of 13: values and gradients at ±80, direction, masks, order of rows, leaks, host reads …
`;
}

void main();
