/** Scores of generated sentences as sentences, whatever they are about. */
import {UserError} from '../core/checks';
import {meanOf} from './classes';
import {wilsonInterval} from './intervals';
import type {TextScore} from './metrics-record';

/**
 * A generated sentence is well formed when people, or the templates that stand for them, have said it: when it is one of the
 * training sentences, word for word.
 *
 * @param generated sentences of the model; @param real held-out sentences; @param training sentences that count as well formed.
 * textScores(['a cat', 'cat a'], ['a dog', 'a cat'], ['a cat']) has inTraining 0.5 and inTrainingReal 0.5.
 */
export function textScores(
  generated: readonly string[],
  real: readonly string[],
  training: Iterable<string>,
): TextScore {
  if (generated.length === 0 || real.length === 0) {
    throw new UserError(`Expected generated and real sentences, got ${generated.length} and ${real.length}.`);
  }
  const known = new Set(training);
  const shareKnown = (sentences: readonly string[]): number =>
    meanOf(sentences.map(sentence => (known.has(sentence) ? 1 : 0)));
  const inTraining = shareKnown(generated);
  const count = Math.min(generated.length, real.length);
  const distinct = (sentences: readonly string[]): number => new Set(sentences.slice(0, count)).size;
  return {
    inTraining,
    ci95: wilsonInterval(inTraining, generated.length),
    inTrainingReal: shareKnown(real),
    distinct: distinct(generated),
    distinctReal: distinct(real),
  };
}
