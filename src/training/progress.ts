/** What a training tells while it runs, and how it is asked to stop. */
import {exitCodes, UserError} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';

export type Phase = 'encoder' | 'prior' | 'adversarial' | 'statistics';

export interface Progress {
  readonly phase: Phase;
  /** Steps done in this phase. */
  readonly step: number;
  /** Steps of this phase; a forecast while only the time is fixed, Infinity while unknown. */
  readonly totalSteps: number;
  /** Losses of this step by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** Seconds left of this phase, as far as can be told. */
  readonly secondsLeft: number;
}

/** Every step's losses, by phase. */
export type History = Record<'encoder' | 'adversarial', {step: number; losses: Record<string, number>}[]>;

export class TrainingReporter {
  readonly history: History;

  constructor(
    private readonly onProgress: (progress: Progress) => void = () => {},
    private readonly signal: AbortSignal | undefined = interruptSignal(),
    earlier: History = {encoder: [], adversarial: []},
  ) {
    this.history = {encoder: [...earlier.encoder], adversarial: [...earlier.adversarial]};
  }

  /** True once the user has asked to stop. */
  get stopped(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** Remembers the losses, tells the listener, and lets timers and signals have their turn. @throws DivergenceError on a loss that is not finite. */
  async report(
    phase: Phase,
    step: number,
    totalSteps: number,
    losses: Record<string, number>,
    secondsLeft: number,
  ): Promise<void> {
    for (const [name, loss] of Object.entries(losses))
      if (!Number.isFinite(loss)) throw new DivergenceError(name, loss, `step ${step} of the ${phase} phase`);
    if (phase === 'encoder' || phase === 'adversarial') this.history[phase].push({step, losses});
    this.onProgress({phase, step, totalSteps, losses, secondsLeft});
    await nextTurn();
  }
}

/** A loss became NaN or infinite: going on would only spoil the weights. */
export class DivergenceError extends UserError {
  override readonly name = 'DivergenceError';
  /** @param where for example 'step 3 of the adversarial phase'; @param advice what a person may do about it. */
  constructor(loss: string, value: number, where: string, advice = 'try a lower learning rate') {
    super(`The ${loss} loss became ${value} in ${where}; ${advice}.`, exitCodes.diverged);
  }
}
