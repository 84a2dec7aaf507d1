/** Sentences about a handwritten digit: which it is, and how it is written where that can clearly be seen. */
import {quantile} from '../core/quantile';
import type {Strokes} from './strokes';

export const digitNames = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/** T: the longest caption, "a three leaning right in thin strokes", has 7 tokens. */
export const maxCaptionTokens = 8;

/** Where "thin", "bold", "upright" and "slanted" begin, for the digits of one class. */
export interface StrokeLimits {
  readonly thinBelow: number;
  readonly boldAbove: number;
  readonly uprightBelow: number;
  readonly slantedAbove: number;
}

/**
 * Limits from the train pictures of one class: the thinnest and the boldest fifth, the most upright and the most slanted quarter.
 * By class, because a seven's shape leans where a zero's does not: "slanted" means slanted for a seven.
 */
export function strokeLimits(strokes: readonly Strokes[]): StrokeLimits {
  const thickness = strokes.map(stroke => stroke.thickness).sort((a, b) => a - b);
  const slant = strokes.map(stroke => stroke.slant).sort((a, b) => a - b);
  return {
    thinBelow: quantile(thickness, 0.2),
    boldAbove: quantile(thickness, 0.8),
    uprightBelow: quantile(slant, 0.25),
    slantedAbove: quantile(slant, 0.75),
  };
}

/**
 * Every caption that is true of a picture; one is drawn when a pair is made. Plain ones always, describing ones where the
 * strokes are past a limit. A thin slanted seven has, among others, "this is number seven" and "a thin slanted seven".
 */
export function captionChoices(label: number, strokes: Strokes, limits: StrokeLimits): string[] {
  const digit = digitNames[label]!;
  const {thickness, slant} = strokes;
  const pen = thickness < limits.thinBelow ? 'thin' : thickness > limits.boldAbove ? 'bold' : null;
  const lean = slant < limits.uprightBelow ? 'upright' : slant > limits.slantedAbove ? 'slanted' : null;
  return [
    ...plain.map(fill => fill(digit)),
    ...(pen ? penned[pen].map(fill => fill(digit)) : []),
    ...(lean ? leaning[lean].map(fill => fill(digit)) : []),
    ...(pen && lean ? both[pen][lean].map(fill => fill(digit)) : []),
  ];
}

/** Every word of every template, so that the vocabulary does not depend on which pictures are loaded; 39 with padding and unknown. */
export function captionVocabulary(): string[] {
  const templates = [
    plain,
    ...Object.values(penned),
    ...Object.values(leaning),
    ...Object.values(both).flatMap(Object.values),
  ].flat();
  const words = templates.flatMap(fill => digitNames.flatMap(digit => fill(digit).split(' ')));
  return ['<pad>', '<unk>', ...[...new Set(words)].sort()];
}

type Template = (digit: string) => string;
type Pen = 'thin' | 'bold';
type Lean = 'upright' | 'slanted';

const a = (words: string): string => `${/^[aeiou]/.test(words) && !words.startsWith('one') ? 'an' : 'a'} ${words}`;

const plain: readonly Template[] = [
  digit => `the digit ${digit}`,
  digit => `this is number ${digit}`,
  digit => a(`handwritten ${digit}`),
  digit => `the number ${digit} written by hand`,
  digit => `here is ${a(digit)}`,
];
const penned: Readonly<Record<Pen, readonly Template[]>> = {
  thin: [
    digit => `a thin ${digit}`,
    digit => `a thin handwritten ${digit}`,
    digit => `${a(digit)} in thin strokes`,
    digit => `${digit} with a fine pen`,
  ],
  bold: [
    digit => `a bold ${digit}`,
    digit => `a thick handwritten ${digit}`,
    digit => `${a(digit)} in thick strokes`,
    digit => `${digit} with a broad pen`,
  ],
};
const leaning: Readonly<Record<Lean, readonly Template[]>> = {
  upright: [
    digit => `an upright ${digit}`,
    digit => `here is an upright ${digit}`,
    digit => `${a(digit)} standing straight`,
  ],
  slanted: [digit => `a slanted ${digit}`, digit => `here is a slanted ${digit}`, digit => `${a(digit)} leaning right`],
};
const both: Readonly<Record<Pen, Readonly<Record<Lean, readonly Template[]>>>> = {
  thin: {
    upright: [
      digit => `a thin upright ${digit}`,
      digit => `an upright ${digit} in thin strokes`,
      digit => `a thin upright handwritten ${digit}`,
    ],
    slanted: [
      digit => `a thin slanted ${digit}`,
      digit => `${a(digit)} leaning right in thin strokes`,
      digit => `a thin slanted handwritten ${digit}`,
    ],
  },
  bold: {
    upright: [
      digit => `a bold upright ${digit}`,
      digit => `an upright ${digit} in thick strokes`,
      digit => `a bold upright handwritten ${digit}`,
    ],
    slanted: [
      digit => `a bold slanted ${digit}`,
      digit => `${a(digit)} leaning right in thick strokes`,
      digit => `a bold slanted handwritten ${digit}`,
    ],
  },
};
