import {randomUUID} from 'node:crypto';
import {assertPositiveInteger} from '../core/checks';
import {escapeHtml} from '../plots/report/html';
import {channel} from './channel';

/** A bar that fills while a cell works. */
export interface ProgressBar {
  /** `note` stands behind the bar, for example "loss 0.693". Cheap to call at every step. */
  update(done: number, note?: string): void;
  /** Fills the bar; the note stays in the saved notebook, so leave times out of it. */
  finish(note?: string): void;
}

/** Pages take about 500 messages in a burst; five a second are smooth enough. */
const pauseMs = 200;
const pauseWithoutPageMs = 5000;

/** Under a kernel one display is updated in place; elsewhere a line goes to stderr every five seconds, and at the end. */
export function progress(label: string, total: number): ProgressBar {
  assertPositiveInteger('total', total);
  const displayId = randomUUID();
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  const put = (done: number, note: string) => {
    const page = channel();
    const text = `${label}: ${done} of ${total}${note && `, ${note}`}`;
    if (page) {
      const html = `<progress value="${done}" max="${total}"></progress> ${escapeHtml(text)}`;
      page.display({'text/html': html, 'text/plain': text}, {displayId, update: shown});
    } else process.stderr.write(`${text}\n`);
    shown = true;
    shownAt = performance.now();
  };
  return {
    update(done, note = '') {
      if (performance.now() - shownAt >= (channel() ? pauseMs : pauseWithoutPageMs)) put(Math.min(done, total), note);
    },
    finish: (note = '') => put(total, note),
  };
}
