/** What a thing of the shapes data can be: 4 shapes × 6 colours × 2 sizes × 4 places, and which combinations training never shows. */
export const shapeNames = ['circle', 'square', 'triangle', 'star'] as const;
/** In the order of the light's frequency, as their tones are. */
export const colourNames = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export const sizeNames = ['small', 'large'] as const;
/** Along a U from the left to the right, as their tones are. */
export const placeNames = ['top left', 'bottom left', 'bottom right', 'top right'] as const;

export type ShapeName = (typeof shapeNames)[number];
export type ColourName = (typeof colourNames)[number];
export type SizeName = (typeof sizeNames)[number];
export type PlaceName = (typeof placeNames)[number];

export interface Combination {
  readonly shape: ShapeName;
  readonly colour: ColourName;
  readonly size: SizeName;
  readonly place: PlaceName;
}

/** All 192, shapes slowest, places fastest. */
export const combinations: readonly Combination[] = shapeNames.flatMap(shape =>
  colourNames.flatMap(colour =>
    sizeNames.flatMap(size => placeNames.map((place): Combination => ({shape, colour, size, place}))),
  ),
);

/**
 * Whether a combination is kept from the three splits, for zero-shot tests: 48 of 192, by a Latin square. With every name counted
 * from 0 in its list,
 *
 *   held out where  place ≡ shape + colour + 2·size  (mod 4)
 *
 * So each shape in each colour and size is held out at one place of four, and every value, every pair of values and every shape in
 * every colour and size is seen in training. The small red circle (0, 0, 0) is held out at the top left (0).
 */
export function isHeldOut({shape, colour, size, place}: Combination): boolean {
  const sum = shapeNames.indexOf(shape) + colourNames.indexOf(colour) + 2 * sizeNames.indexOf(size);
  return sum % 4 === placeNames.indexOf(place);
}

/** A class is a shape in a colour, 24 in all: 'red circle' is class 0, 'orange circle' 1, 'red square' 6. */
export const shapeClasses: readonly string[] = shapeNames.flatMap(shape =>
  colourNames.map(colour => `${colour} ${shape}`),
);

export function classOf({shape, colour}: Combination): number {
  return shapeNames.indexOf(shape) * colourNames.length + colourNames.indexOf(colour);
}
