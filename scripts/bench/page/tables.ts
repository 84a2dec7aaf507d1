/** Tables of results in Markdown. */
import {engineNames, engines} from '../engines';
import {netNames} from '../nets/nets';
import type {Results} from '../results';
import type {GoalLine} from './goals';

export function goalTable(lines: readonly GoalLine[]): string {
  const answer = ({reached}: GoalLine) => (reached === null ? '–' : reached ? 'yes' : '**no**');
  return table(
    ['', 'to reach', 'measured', 'reached'],
    lines.map(line => [line.goal, line.wanted, line.got ?? 'not measured', answer(line)]),
  );
}

/** One row an engine, one pair of columns a batch. */
export function stepTable({rows}: Results, threads: number): string {
  const here = rows.filter(row => row.threads === threads);
  const batches = [...new Set(here.map(({batch}) => batch))].sort((a, b) => a - b);
  const head = ['net', 'engine', ...batches.flatMap(batch => [`batch ${batch}, ms`, '×', 'cores'])];
  const body = netNames.flatMap(net =>
    engineNames.flatMap(engine => {
      const found = batches.map(batch =>
        here.find(row => row.net === net && row.batch === batch && row.engine === engine),
      );
      if (found.every(row => row === undefined)) return [];
      const cells = found.flatMap(row =>
        row
          ? [
              `${figure(row.medianMs)} ± ${figure(row.spreadMs)}`,
              row.ratioTo.compiled?.toFixed(2) ?? '1',
              row.cores.toFixed(1),
            ]
          : ['', '', ''],
      );
      return [[net, engine === 'compiled' ? `**${engine}**` : engine, ...cells]];
    }),
  );
  return table(head, body);
}

export function leftOutList({leftOut}: Results): string {
  const about = engineNames.map(name => `- *${name}*: ${engines[name].about}`);
  const missing = leftOut.map(
    ({net, batch, engine, threads, reason}) =>
      `- no ${engine} for ${net}, batch ${batch}, ${threads} threads: ${reason}`,
  );
  return [...about, ...missing].join('\n');
}

export function parityTable({parity}: Results): string {
  return table(
    ['net', 'batch', 'engine', 'loss', 'gradient', 'in the worst batch', 'weights that differ most', 'later', 'agrees'],
    parity.map(row =>
      row.error
        ? [row.net, row.batch, row.engine, '', '', '', '', '', `no: ${row.error}`]
        : [
            row.net,
            row.batch,
            row.engine,
            scientific(row.loss),
            scientific(row.gradient),
            scientific(row.worstBatch),
            row.worstGradient,
            scientific(row.laterLoss),
            row.agrees ? 'yes' : '**no**',
          ],
    ),
  );
}

export function equalityTable({equality}: Results): string {
  return table(
    ['net', 'steps', 'compared', 'unequal', 'first difference', 'losses, relative', 'weights and moments, relative'],
    equality.map(row => [
      row.net,
      row.steps,
      row.compared.toLocaleString('en'),
      row.unequal.toLocaleString('en'),
      row.firstDifference === null ? 'never' : `step ${row.firstDifference}`,
      scientific(row.worstLoss),
      scientific(row.worstState),
    ]),
  );
}

export function compileTimeTable({compileTime}: Results): string {
  return table(
    ['net', 'plain step, ms', 'recording, ms', 'loading, ms', 'together, ms', 'nodes', 'graph, kB', 'tries'],
    compileTime.map(row => [
      row.r1 ? `${row.net}, with R1` : row.net,
      figure(row.eagerMs),
      figure(row.recordingMs),
      figure(row.loadingMs),
      figure(row.compileMs),
      row.nodes,
      Math.round(row.bytes / 1024),
      row.of,
    ]),
  );
}

export function timelineTables({timeline}: Results): string[] {
  const threads = [...new Set(timeline.map(row => row.threads))].sort((a, b) => b - a);
  return netNames.flatMap(net =>
    threads.flatMap(count => {
      const rows = timeline.filter(row => row.net === net && row.threads === count);
      if (rows.length === 0) return [];
      const body = rows
        .slice(0, 8)
        .map(row => [row.op, figure(row.count), figure(row.milliseconds), `${(100 * row.share).toFixed(1)} %`]);
      return [
        `**${net}**, ${count} thread${count > 1 ? 's' : ''}`,
        table(['kernel', 'times a step', 'ms', 'share'], body),
      ];
    }),
  );
}

export function memoryTable({memory}: Results): string {
  const at = (row: Results['memory'][number], step: number) => row.curve.find(point => point.step === step)?.rssMb;
  return table(
    ['net', 'engine', 'steps', 'MB after a tenth', 'MB after all', 'growth', 'new tensors'],
    memory.map(row => [
      row.net,
      row.engine,
      row.steps,
      figure(at(row, row.steps / 10)!),
      figure(at(row, row.steps)!),
      `${row.growth.toFixed(3)} ×`,
      row.newTensors,
    ]),
  );
}

export function completionTable({completion}: Results): string {
  return table(
    ['engine', 'given', 'median, ms', '95 % within, ms', 'loading the folder, ms'],
    completion.map(row => [row.engine, row.given, figure(row.medianMs), figure(row.p95Ms), figure(row.loadMs)]),
  );
}

export function generationTable({generation}: Results): string {
  return table(
    ['engine', 'examples a call', 'examples a second', 'interquartile range'],
    generation.map(row => [row.engine, row.count, Math.round(row.examplesPerSecond), Math.round(row.spread)]),
  );
}

export function startupTable({startup}: Results): string {
  return table(
    ['', 'median, ms', 'interquartile range'],
    startup.map(row => [row.what, figure(row.medianMs), figure(row.spreadMs)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Three digits that count. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
