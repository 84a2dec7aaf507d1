/**
 * Runs the conformance table (test/backend/conformance) on every backend present and writes docs/conformance.md.
 *
 * Called as:  npm run conformance            20 calls of each op, random shapes
 *             npm run conformance -- --calls 100 --out FILE
 */
import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {selectBackend} from '../src/backend/select';
import {whyNotWide} from '../src/backend/wasm/companion/wide';
import {checkRow, type Finding} from '../test/backend/conformance/check';
import type {Row} from '../test/backend/conformance/row';
import {rows} from '../test/backend/conformance/rows';
import {backends} from '../test/backend/support';

type Outcome = Finding | {readonly failed: string};
/** A column of the table: what is asked for, and what came of each row. */
interface Column {
  readonly title: string;
  readonly line: string;
  readonly seconds: number;
  readonly outcomes: readonly Outcome[];
}

const {values: options} = parseArgs({
  options: {
    calls: {type: 'string', default: '20'},
    out: {type: 'string', default: resolve(__dirname, '..', 'docs', 'conformance.md')},
    column: {type: 'string'},
  },
});

/** What a column's process is told beside the backend; eight numbers at a time are for the Node that has them. */
const environments: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  'wasm, composed': {MULTIMODAL_GAN_WASM_KERNELS: 'composed'},
  'wasm, wide': {MULTIMODAL_GAN_WASM_WIDE: '1'},
};

async function main(): Promise<void> {
  if (options.column) {
    // Asked by ourselves, below.
    process.stdout.write(`\n${JSON.stringify(await columnOf(options.column))}\n`);
    return;
  }
  const wide = whyNotWide() === null ? ['wasm, wide'] : [];
  const columns = [...backends, 'wasm, composed', ...wide].map(column => {
    const environment = environments[column] ?? {};
    const args = ['--import', 'tsx', join(__dirname, 'conformance.ts'), '--calls', options.calls, '--column', column];
    const {stdout, stderr, status} = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...environment},
    });
    if (status !== 0) throw new Error(`${column}: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Column;
  });
  const text = page(columns);
  writeFileSync(options.out, text);
  console.log(text);
  if (columns.some(({outcomes}) => outcomes.some(outcome => 'failed' in outcome))) process.exitCode = 1;
}

async function columnOf(title: string): Promise<Column> {
  const name = title.split(',')[0] as (typeof backends)[number];
  const {line} = await selectBackend({prefer: name});
  const started = performance.now();
  const outcomes = rows.map((row): Outcome => {
    try {
      return checkRow(row, name, Number(options.calls));
    } catch (error) {
      const {cause, message} = error as Error;
      return {failed: String((cause as Error | undefined)?.message ?? message).split('\n')[0]!};
    }
  });
  return {title, line, seconds: (performance.now() - started) / 1000, outcomes};
}

function page(columns: readonly Column[]): string {
  const all = columns.flatMap(({outcomes}) => outcomes);
  const failures = all.filter(outcome => 'failed' in outcome).length;
  const comparisons = all.flatMap(outcome =>
    'failed' in outcome ? [] : [outcome.forward, outcome.first, outcome.second].filter(error => error !== null),
  ).length;
  const calls = all.reduce((sum, outcome) => sum + ('failed' in outcome ? 0 : outcome.calls), 0);
  return [
    '# Conformance',
    '',
    'Written by `npm run conformance`; the table itself is `test/backend/conformance/rows.ts`, and adding an op is adding a row there. The unit tests run it with fewer calls.',
    '',
    `${rows.length} ops × ${columns.length} backends × up to 3 orders: **${comparisons} comparisons, ${failures} failures**, over ${calls} calls with shapes and numbers drawn at random.`,
    '',
    'Each cell: the largest error of the result / of the first derivative / of the second, relative to 1 + the size of what was wanted.',
    'The result is compared with the definition in double precision in plain JavaScript (limit 1e-5 unless the row says otherwise), derivatives along random directions with central differences of that definition (limits 2e-4 and 1e-3).',
    'Every call is made twice and must give the same bits, and must leave no tensor, no data id and no growing heap behind. `·` means: not computed, for the reason in the last column; where TensorFlow.js has no second order, the test sees that it says so.',
    '',
    ...columns.map(
      ({title, line, seconds}) => `- **${title}**: ${line.replace(/^backend: /, '')}; ${seconds.toFixed(1)} s`,
    ),
    '',
    `| op | ${columns.map(({title}) => title).join(' | ')} | reason |`,
    `|---|${columns.map(() => '---|').join('')}---|`,
    ...rows.map(
      (row, i) => `| ${row.name} | ${columns.map(column => cell(column.outcomes[i]!)).join(' | ')} | ${reason(row)} |`,
    ),
    '',
  ].join('\n');
}

function cell(outcome: Outcome): string {
  if ('failed' in outcome) return `**${outcome.failed}**`;
  return [outcome.forward, outcome.first, outcome.second].map(shown).join(' / ');
}

function shown(error: number | null): string {
  return error === null ? '·' : error === 0 ? '0' : error.toExponential(0);
}

function reason({why, refused}: Row): string {
  const others = Object.entries(refused ?? {}).map(([backend, {why: because}]) => `${backend}: ${because}`);
  return [...(why ? [why] : []), ...others].join('; ');
}

void main();
