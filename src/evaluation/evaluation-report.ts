/** The record of an evaluation: report.json of `evaluate --report`, a RunReport with what was found out besides the scores. */
import {evaluationNotes} from './detail-rows';
import type {EvaluationDetails} from './details';
import type {AskedScores} from './evaluate-samples';
import type {EvaluationMetrics} from './metrics-record';
import type {EvaluationFacts, RunFacts} from './report';

/** Known of samples of another program: nothing of a training, unless someone says so. */
export type SubjectFacts = Omit<RunFacts, 'parameters'> & {readonly parameters: number | null};

export interface EvaluationReport extends SubjectFacts {
  /** What was scored: a model's folder, or a folder of samples. */
  readonly subject: {readonly kind: 'model' | 'samples'; readonly path: string};
  readonly evaluation: EvaluationFacts & {
    /** Of this package, when it scored. */
    readonly version: string;
    /** Wall clock of scores and details, without figures. */
    readonly seconds: number;
    /** What distances are measured in, by modality. */
    readonly features: Readonly<Record<string, string>>;
  };
  readonly metrics: EvaluationMetrics;
  readonly asked: AskedScores | null;
  readonly details: EvaluationDetails;
  /** What could not be scored and why, and what weakens a score. */
  readonly notes: readonly string[];
}

/** @param remarks further notes, for example about the files of samples. */
export function buildEvaluationReport(
  facts: SubjectFacts,
  content: Omit<EvaluationReport, keyof SubjectFacts | 'notes'>,
  remarks: readonly string[] = [],
): EvaluationReport {
  const {subject, evaluation, metrics, asked, details} = content;
  return {
    package: facts.package,
    version: facts.version,
    backend: facts.backend,
    dataset: facts.dataset,
    source: facts.source,
    seed: facts.seed,
    steps: facts.steps,
    encoderSteps: facts.encoderSteps,
    trainSeconds: facts.trainSeconds,
    seconds: facts.seconds,
    msPerStep: facts.msPerStep,
    parameters: facts.parameters,
    subject,
    evaluation,
    metrics,
    asked,
    details,
    notes: [...remarks, ...evaluationNotes({metrics, details, asked})],
  };
}
