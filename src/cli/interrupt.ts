/** Ctrl-C as something that a long run can answer: it finishes its step, saves, and ends with exit code 130. */
import {exitCodes} from '../core/checks';

export interface Interruption extends Disposable {
  /** Aborted by the first Ctrl-C (or SIGTERM); a second one ends the process at once. */
  readonly signal: AbortSignal;
}

export function listenForInterrupt(say: (line: string) => void): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      // The progress bar has hidden the cursor, and nobody else will show it again.
      if (process.stderr.isTTY) process.stderr.write(showCursor);
      process.exit(exitCodes.interrupted);
    } else {
      say('Stopping after this step and saving; Ctrl-C once more ends at once, without saving.');
      controller.abort();
    }
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => process.off('SIGINT', stop).off('SIGTERM', stop),
  };
}

/** ECMA-48 with DEC's private mode 25, which cli-progress resets. */
const showCursor = '\u001b[?25h';
