/** Sentences that name all four attributes of a combination, in varied wording. */
import type {RandomStream} from '../../core/random';
import {
  type ColourName,
  type Combination,
  colourNames,
  type PlaceName,
  placeNames,
  type ShapeName,
  type SizeName,
  shapeNames,
  sizeNames,
} from './combinations';

/** T: the longest caption, "the circle in the top left is small and red", has 10 tokens. */
export const maxCaptionTokens = 10;

/** One of the sentences for a combination: template and synonyms are drawn independently. */
export function drawCaption({shape, colour, size, place}: Combination, stream: RandomStream): string {
  const template = stream.choice(templates);
  return template({
    shape: stream.choice(shapeWords[shape]),
    colour,
    size: stream.choice(sizeWords[size]),
    place: stream.choice(placeWords[place]),
  });
}

/** What a sentence says, for tests and for exact scores of generated captions; null where an attribute is missing or said twice differently. */
export function readCaption(caption: string): Combination | null {
  const text = ` ${caption} `;
  const one = <T extends string>(words: Readonly<Record<T, readonly string[]>>): T | null => {
    const said = (Object.keys(words) as T[]).filter(name => words[name].some(word => text.includes(` ${word} `)));
    return said.length === 1 ? said[0]! : null;
  };
  const colours = Object.fromEntries(colourNames.map(name => [name, [name]])) as Record<ColourName, string[]>;
  const [shape, colour, size, place] = [one(shapeWords), one(colours), one(sizeWords), one(placeWords)];
  return shape && colour && size && place ? {shape, colour, size, place} : null;
}

/** Every word of every sentence; 35 with padding and unknown. */
export function captionVocabulary(): string[] {
  const fill = {shape: '', colour: '', size: '', place: ''};
  const words = [
    ...templates.map(template => template(fill)),
    ...shapeNames.flatMap(name => shapeWords[name]),
    ...colourNames,
    ...sizeNames.flatMap(name => sizeWords[name]),
    ...placeNames.flatMap(name => placeWords[name]),
  ].flatMap(text => text.split(' ').filter(Boolean));
  return ['<pad>', '<unk>', ...[...new Set(words)].sort()];
}

const shapeWords: Readonly<Record<ShapeName, readonly string[]>> = {
  circle: ['circle', 'disc'],
  square: ['square', 'box'],
  triangle: ['triangle'],
  star: ['star'],
};
const sizeWords: Readonly<Record<SizeName, readonly string[]>> = {
  small: ['small', 'little', 'tiny'],
  large: ['large', 'big', 'huge'],
};
const placeWords: Readonly<Record<PlaceName, readonly string[]>> = {
  'top left': ['top left', 'upper left'],
  'bottom left': ['bottom left', 'lower left'],
  'bottom right': ['bottom right', 'lower right'],
  'top right': ['top right', 'upper right'],
};

type Template = (words: Readonly<Record<'shape' | 'colour' | 'size' | 'place', string>>) => string;
const templates: readonly Template[] = [
  ({shape, colour, size, place}) => `a ${size} ${colour} ${shape} in the ${place}`,
  ({shape, colour, size, place}) => `a ${size} ${colour} ${shape} in the ${place} corner`,
  ({shape, colour, size, place}) => `in the ${place} a ${size} ${colour} ${shape}`,
  ({shape, colour, size, place}) => `${place} a ${size} ${shape} in ${colour}`,
  ({shape, colour, size, place}) => `the ${shape} in the ${place} is ${size} and ${colour}`,
  ({shape, colour, size, place}) => `this ${size} ${colour} ${shape} sits at the ${place}`,
  ({shape, colour, size, place}) => `${size} ${colour} ${shape} ${place}`,
];
