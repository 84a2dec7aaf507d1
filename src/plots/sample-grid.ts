/** Generated examples at a glance: one column an example, one row a modality that can be drawn, sentences under the first row. */
import type {tf} from '../core/tensorflow';
import {type Modalities, type Picture, partShape} from '../core/types';
import {decodeParts} from '../features/batch';
import type {Figure} from './figure';
import {type GridRow, type ImageGridOptions, imageGrid} from './image-grid';
import {pictureTile, spectrogramTile, type Tile} from './tiles';

/**
 * @param parts one tensor a modality, N rows each; the first `columns` are shown.
 * @returns a figure; modalities of kind text become captions, each on a line of its own.
 */
export function sampleGrid(
  parts: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
  {columns = 10, ...options}: ImageGridOptions & {readonly columns?: number} = {},
): Figure {
  const count = Math.min(columns, Object.values(parts)[0]!.shape[0]!);
  const names = Object.keys(modalities).filter(name => parts[name]);
  const sentences = names
    .filter(name => modalities[name]!.kind === 'text')
    .map(name => decodeParts({[name]: parts[name]!}, modalities).map(record => String(record[name])));
  const captions = Array.from({length: count}, (_, i) => sentences.map(lines => lines[i]!).join(' / '));
  const rows: GridRow[] = names
    .filter(name => modalities[name]!.kind !== 'text')
    .map(name => ({name, tiles: tilesOf(name, parts[name]!, modalities).slice(0, count)}));
  if (rows.length === 0) return imageGrid([{name: names.join(', '), tiles: [], captions}], options);
  const [first, ...rest] = rows;
  return imageGrid([sentences.length > 0 ? {...first!, captions} : first!, ...rest], options);
}

function tilesOf(name: string, part: tf.Tensor, modalities: Modalities): Tile[] {
  const spec = modalities[name]!;
  if (spec.kind !== 'audio')
    return decodeParts({[name]: part}, modalities).map(record => pictureTile(record[name] as Picture));
  const [bands, frames, channels] = partShape(spec) as [number, number, number];
  const size = bands * frames * channels;
  const values = part.dataSync();
  return Array.from({length: part.shape[0]!}, (_, i) =>
    spectrogramTile(values.subarray(i * size, (i + 1) * size), bands, frames, channels),
  );
}
