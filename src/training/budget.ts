/** How many steps a training has: told, or found out while the clock runs. */

/**
 * A budget of steps or of seconds. With seconds the total is open until half of them are gone; then it is fixed at twice
 * the steps done, so that a schedule that only begins to fall at half time is exact, and the same total given as steps
 * repeats the run.
 */
export class StepBudget {
  private fixed: number | null;

  constructor(
    private readonly limit: {readonly steps: number} | {readonly seconds: number},
    private readonly nowSeconds: () => number = () => performance.now() / 1000,
    private readonly startedAt: number = nowSeconds(),
  ) {
    this.fixed = 'steps' in limit ? limit.steps : null;
  }

  /** Steps in all as far as is known after `step` steps; a forecast while the total is open. */
  total(step: number): number {
    if (this.fixed !== null) return this.fixed;
    const spent = this.nowSeconds() - this.startedAt;
    const seconds = (this.limit as {seconds: number}).seconds;
    if (spent >= seconds / 2) {
      this.fixed = Math.max(1, 2 * step);
      return this.fixed;
    }
    return step === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(2 * step + 2, Math.round((step * seconds) / Math.max(spent, 1e-3)));
  }

  /** Share of the steps behind us; under one half while the total is open. */
  done(step: number): number {
    const total = this.total(step);
    return this.fixed === null ? Math.min(0.499, step / total) : step / total;
  }

  secondsLeft(step: number): number {
    const spent = this.nowSeconds() - this.startedAt;
    if (step === 0) return 'seconds' in this.limit ? this.limit.seconds : Number.NaN;
    return this.fixed === null
      ? (this.limit as {seconds: number}).seconds - spent
      : (spent / step) * (this.fixed - step);
  }
}
