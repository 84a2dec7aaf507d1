/** What a joint model of picture and text can be asked about examples: their class, and what their attributes say. */
import {quantile} from '../../core/quantile';
import type {Example} from '../../core/types';

/** One question with K answers, for rows in an order of their own. */
export interface Question {
  readonly name: string;
  readonly numAnswers: number;
  /** 0 to K - 1 for each training row, and for each test row. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** More answers than this are a name, not an attribute. */
const mostAnswers = 12;

/**
 * The class, then every attribute that each row has: words of at most 12 kinds as they are; numbers as "above the training median".
 * What names single examples, or has one value only, is no question.
 */
export function questionsOf(train: readonly Example[], test: readonly Example[]): Question[] {
  const questions: Question[] = [];
  const add = (name: string, answer: (row: Example) => number, numAnswers: number) => {
    const [ofTrain, ofTest] = [train, test].map(rows => Int32Array.from(rows, answer)) as [Int32Array, Int32Array];
    const known = [...ofTrain, ...ofTest].every(each => each >= 0 && each < numAnswers);
    if (known && new Set(ofTrain).size > 1) questions.push({name, numAnswers, train: ofTrain, test: ofTest});
  };
  const classes = Math.max(...train.map(({label}) => label ?? -1)) + 1;
  add('class', ({label}) => label ?? -1, classes);
  const all = [...train, ...test];
  for (const name of Object.keys(train[0]?.attributes ?? {})) {
    const values = all.map(({attributes}) => attributes?.[name]);
    if (values.every(value => typeof value === 'number')) {
      const median = quantile(
        train.map(({attributes}) => attributes![name] as number).sort((a, b) => a - b),
        0.5,
      );
      add(`${name} above its median`, ({attributes}) => ((attributes![name] as number) > median ? 1 : 0), 2);
    } else if (values.every(value => typeof value === 'string')) {
      const kinds = [...new Set(values as string[])].sort();
      if (kinds.length <= mostAnswers)
        add(name, ({attributes}) => kinds.indexOf(attributes![name] as string), kinds.length);
    }
  }
  return questions;
}
