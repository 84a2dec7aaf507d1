/** How training shows that it goes on: a bar in a terminal, a plain line now and then where there is none. */
import {Presets, SingleBar} from 'cli-progress';

export interface TrainingNews {
  /** What is being trained, for example 'E' or 'G and D'. */
  readonly phase: string;
  /** Steps done, from 1. */
  readonly step: number;
  /** A forecast, perhaps not finite at first, where the time decides. */
  readonly totalSteps: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly secondsLeft: number;
}

export interface ProgressDisplay {
  update(news: TrainingNews): void;
  /** Leaves the last state standing. */
  stop(): void;
}

/** @param stream where it is shown; stderr, so that results on stdout can be piped. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr, plainEverySeconds = 10): ProgressDisplay {
  return stream.isTTY ? bar(stream) : plainLines(stream, plainEverySeconds);
}

/** 'generator 1.234  discriminator 0.987' */
export function lossText(losses: Readonly<Record<string, number>>): string {
  return Object.entries(losses)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join('  ');
}

/** clockText(75.4) is '1:15', clockText(NaN) '?'. */
export function clockText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const make = () =>
    new SingleBar(
      {stream, format: ' {phase} {bar} {value}/{total}  {left} left  {losses}', barsize: 24, fps: 5, hideCursor: true},
      Presets.shades_classic,
    );
  let current: {phase: string; bar: SingleBar} | null = null;
  return {
    update({phase, step, totalSteps: forecast, losses, secondsLeft}) {
      const totalSteps = Number.isFinite(forecast) ? forecast : Math.max(1, step);
      const words = {phase, left: clockText(secondsLeft), losses: lossText(losses)};
      if (current?.phase !== phase) {
        current?.bar.stop();
        current = {phase, bar: make()};
        current.bar.start(totalSteps, step, words);
      } else {
        // A run that is bound by time learns how many steps it will take as it goes.
        current.bar.setTotal(totalSteps);
        current.bar.update(step, words);
      }
    },
    stop: () => current?.bar.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream, everySeconds: number): ProgressDisplay {
  let next = 0;
  let phase = '';
  return {
    update(news) {
      const now = performance.now() / 1000;
      if (news.phase === phase && now < next && news.step < news.totalSteps) return;
      phase = news.phase;
      next = now + everySeconds;
      stream.write(`${plainLine(news)}\n`);
    },
    stop() {},
  };
}

function plainLine({phase, step, totalSteps, losses, secondsLeft}: TrainingNews): string {
  // What is no loop, such as fitting the prior, has nothing to count.
  if (totalSteps <= 1) return `${phase} …`;
  const of = Number.isFinite(totalSteps) ? ` of ${totalSteps}` : '';
  return `${phase}: step ${step}${of}, ${clockText(secondsLeft)} left, ${lossText(losses)}`;
}
