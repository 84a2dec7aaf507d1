/** The numbers to reach, beside what was measured. */
import type {EngineName} from '../engines';
import type {NetName} from '../nets/nets';
import type {Results} from '../results';

export interface GoalLine {
  readonly goal: string;
  readonly wanted: string;
  /** Null where nothing has been measured. */
  readonly got: string | null;
  readonly reached: boolean | null;
}

interface RatioGoal {
  readonly net: NetName;
  readonly threads: number;
  readonly engines: readonly EngineName[];
  readonly what: string;
  /** Compiled time over theirs, at most. */
  readonly atMost: number;
}

const torch: readonly EngineName[] = ['pytorch', 'pytorch channels-last'];
const atItsBest = "PyTorch eager's at its best";
const ratioGoals: readonly RatioGoal[] = [
  {net: 'dcgan-28', threads: 2, engines: torch, what: atItsBest, atMost: 0.58},
  {net: 'dcgan-28', threads: 1, engines: torch, what: atItsBest, atMost: 0.75},
  {net: 'perceptron', threads: 2, engines: torch, what: atItsBest, atMost: 0.55},
  {net: 'perceptron', threads: 1, engines: torch, what: atItsBest, atMost: 0.8},
  ...(['dcgan-28', 'perceptron'] as const).flatMap(net =>
    [2, 1].map(
      threads =>
        ({net, threads, engines: ['tensorflow graph'], what: "TensorFlow's graph's", atMost: 1.1}) satisfies RatioGoal,
    ),
  ),
  ...[2, 1].map(
    threads =>
      ({net: 'flagship', threads, engines: ['eager'], what: 'a plain step', atMost: 1 / 1.4}) satisfies RatioGoal,
  ),
];

/** Batch 64 everywhere. */
export function goalLines(results: Results): GoalLine[] {
  const lines = ratioGoals.map(goal => ratioLine(results, goal));
  const compileTime = results.compileTime.filter(({net}) => net === 'flagship');
  const worst = (values: readonly number[]) => (values.length > 0 ? Math.max(...values) : null);
  lines.push(
    line(
      `time to compile the flagship (${compileTime[0]?.of ?? 'none'})`,
      worst(compileTime.map(row => row.compileMs)),
      2000,
      'ms',
      0,
    ),
    ...results.memory
      .filter(({engine}) => engine === 'compiled')
      .map(({net, growth}) => line(`memory of ${net} after 2,000 steps, × after 200`, growth, 1.02, '', 3)),
    line(
      'one completion, native, slowest modality',
      worst(results.completion.filter(({engine}) => engine === 'native').map(row => row.medianMs)),
      5,
      'ms',
      2,
    ),
    ...results.equality.map(({net, unequal, worstLoss, worstState}) =>
      unequal === 0
        ? {goal: `${net}, 500 steps`, wanted: 'bit-equal', got: 'bit-equal', reached: true}
        : line(`${net}, 500 steps, relative difference`, Math.max(worstLoss, worstState), 1e-5, '', 7),
    ),
  );
  return lines;
}

function ratioLine({rows}: Results, {net, threads, engines, what, atMost}: RatioGoal): GoalLine {
  const goal = `${net}, ${threads} thread${threads > 1 ? 's' : ''}: compiled / ${what}`;
  const theirs = rows.filter(
    row => row.net === net && row.batch === 64 && row.threads === threads && engines.includes(row.engine),
  );
  const ratios = theirs.flatMap(({ratioTo: {compiled}}) => (compiled === undefined ? [] : [1 / compiled]));
  return line(goal, ratios.length > 0 ? Math.max(...ratios) : null, atMost, '×', 2);
}

function line(goal: string, value: number | null, atMost: number, unit: string, digits: number): GoalLine {
  const text = (number: number) => `${number.toFixed(digits)}${unit ? ` ${unit}` : ''}`;
  const got = value === null ? null : text(value);
  return {goal, wanted: `≤ ${text(atMost)}`, got, reached: value === null ? null : value <= atMost};
}
