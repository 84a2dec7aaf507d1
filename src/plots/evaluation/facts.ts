/** What a report says about how it came to be: pairs of a word and a sentence, for every format. */
import type {EvaluationReport} from '../../evaluation/evaluation-report';
import {duration} from '../report/report-html';

export function reportFacts(report: EvaluationReport): (readonly [string, string])[] {
  const {subject, evaluation, metrics} = report;
  const number = (value: number): string => value.toLocaleString('en');
  const facts: (readonly [string, string])[] = [
    [subject.kind === 'model' ? 'model' : 'samples', subject.path],
    ['data', `${evaluation.dataset}: ${evaluation.source}`],
    ['real rows', `${number(metrics.rows)} of the ${metrics.split} split, drawn with seed ${metrics.seed}`],
    [
      'generated',
      metrics.generated === 0
        ? 'nothing'
        : `${number(metrics.generated)} examples${subject.kind === 'model' ? ` with seed ${metrics.seed}` : ''}`,
    ],
    [
      'features',
      Object.entries(evaluation.features)
        .map(([name, features]) => `${name}: ${features}`)
        .join('; ') || 'none',
    ],
    ['judged by', 'classifiers trained on the training split of real data; training of a model never meets them'],
    ['computed on', `${evaluation.backend}, in ${duration(evaluation.seconds)}`],
    ['software', `${report.package} ${evaluation.version}`],
  ];
  if (report.steps === null) return facts;
  const trained = `${number(report.encoderSteps ?? 0)} steps of the encoder and ${number(report.steps)} of generator and discriminator in ${duration(report.trainSeconds ?? 0)}, seed ${report.seed}; ${report.backend}; ${report.package} ${report.version}`;
  const values = report.parameters === null ? [] : [['values', `${number(report.parameters)} trained`] as const];
  return [...facts.slice(0, 1), ['trained', trained], ...values, ...facts.slice(1)];
}

/** '0.981 (0.974 … 0.986)' */
export function withInterval(value: number, ci95: readonly [number, number] | undefined, digits: number): string {
  const text = value.toFixed(digits);
  return ci95 ? `${text} (${ci95[0].toFixed(digits)} … ${ci95[1].toFixed(digits)})` : text;
}
