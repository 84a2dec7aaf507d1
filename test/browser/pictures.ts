/** Whether there is something to be seen in a picture. */
import sharp from 'sharp';

export interface Look {
  readonly colours: number;
  /** Share of the pixels that have not the commonest colour; 0 for a blank picture. */
  readonly inked: number;
}

/** @param png a screenshot of what a person sees. */
export async function lookAt(png: Uint8Array): Promise<Look> {
  const {data} = await sharp(png).removeAlpha().raw().toBuffer({resolveWithObject: true});
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 3) {
    const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return {colours: counts.size, inked: 1 - Math.max(...counts.values()) / (data.length / 3)};
}
