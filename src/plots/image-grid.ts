import {expected} from '../core/checks';
import type {Figure, Json} from './figure';
import {pngDataUri} from './png';
import {type AxesOptions, baseLayout, colours} from './theme';
import {type Tile, tilePng, tileSheet} from './tiles';

/** One row of a grid of pictures. */
export interface GridRow {
  /** Written to the left of the row. */
  readonly name?: string;
  /** One tile a column; `undefined` leaves the place empty. Tiles of one row must be of one size. */
  readonly tiles: readonly (Tile | undefined)[];
  /** Written under each tile. */
  readonly captions?: readonly string[];
}

export interface ImageGridOptions extends Pick<AxesOptions, 'title'> {
  /** Side of a tile in CSS pixels. Defaults to 64. */
  readonly tilePx?: number;
  /** Written above each column. */
  readonly columnNames?: readonly string[];
}

const gapPx = 6;
const linePx = 14;

/** Pictures and spectrograms in rows with names and captions, as a Plotly figure without axes. */
export function imageGrid(rows: readonly GridRow[], options: ImageGridOptions = {}): Figure {
  if (rows.length === 0) throw expected('rows', 'a non-empty list', []);
  const tilePx = options.tilePx ?? 64;
  const columns = Math.max(...rows.map(row => row.tiles.length));
  const longest = Math.max(0, ...rows.map(row => (row.name ?? '').length));
  const left = longest > 0 ? Math.round(16 + 7.2 * longest) : 8;
  const top = (options.title ? 34 : 8) + (options.columnNames ? 20 : 0);
  const images: Json[] = [];
  const annotations: Json[] = [];
  let y = top;
  for (const row of rows) {
    images.push(rowImage(row, columns, tilePx, left, y));
    if (row.name)
      annotations.push(text(row.name, left - 8, y + tilePx / 2, {xanchor: 'right', yanchor: 'middle', size: 12}));
    const captions = (row.captions ?? []).map(caption => wrap(caption, Math.floor(tilePx / 5.6)));
    captions.forEach((caption, column) => {
      annotations.push(
        text(caption.join('<br>'), left + column * (tilePx + gapPx) + tilePx / 2, y + tilePx + 1, {
          xanchor: 'center',
          yanchor: 'top',
          size: 9.5,
        }),
      );
    });
    y += tilePx + gapPx + linePx * Math.max(0, ...captions.map(caption => caption.length));
  }
  options.columnNames?.forEach((name, column) => {
    annotations.push(
      text(name, left + column * (tilePx + gapPx) + tilePx / 2, top - 4, {
        xanchor: 'center',
        yanchor: 'bottom',
        size: 11,
      }),
    );
  });
  const [width, height] = [Math.max(left + columns * (tilePx + gapPx) + 8, 9 * (options.title?.length ?? 0)), y + 4];
  // The axes count CSS pixels from the upper left corner, so that nothing has to be guessed.
  const hidden = {visible: false, fixedrange: true, automargin: false};
  const layout = baseLayout(
    {title: options.title, widthPx: width, heightPx: height},
    {
      margin: {l: 0, r: 0, t: 0, b: 0},
      xaxis: {...hidden, range: [0, width]},
      yaxis: {...hidden, range: [height, 0]},
      images,
      annotations,
    },
  );
  return {
    data: [
      {type: 'scatter', mode: 'markers', x: [0], y: [0], marker: {opacity: 0}, hoverinfo: 'skip', showlegend: false},
    ],
    layout,
  };
}

function rowImage(row: GridRow, columns: number, tilePx: number, left: number, y: number): Json {
  const first = row.tiles.find(tile => tile !== undefined);
  if (!first) throw expected(`row "${row.name ?? ''}"`, 'a row with at least one tile', []);
  // Twice the shown size, so that pixels stay sharp squares in the 2× PNG; the gap is scaled along.
  const scale = Math.max(1, Math.round((2 * tilePx) / first.width));
  const gap = Math.round((gapPx * scale * first.width) / tilePx);
  const places = Array.from({length: columns}, (_, i) => row.tiles[i]);
  const sheet = tileSheet(places, {columns, scale, gap});
  const sizex = columns * (tilePx + gapPx) - gapPx;
  const placed = {
    xref: 'x',
    yref: 'y',
    x: left,
    y,
    sizex,
    sizey: tilePx,
    xanchor: 'left',
    yanchor: 'top',
    sizing: 'stretch',
    layer: 'below',
  };
  return {source: pngDataUri(tilePng(sheet)), ...placed};
}

function text(content: string, x: number, y: number, style: {xanchor: string; yanchor: string; size: number}): Json {
  const {xanchor, yanchor, size} = style;
  return {
    x,
    y,
    xref: 'x',
    yref: 'y',
    text: content,
    showarrow: false,
    xanchor,
    yanchor,
    borderpad: 0,
    font: {size, color: colours.ink},
  };
}

/** Lines of at most `width` characters, broken between words: wrap('a thin slanted seven', 8) is ['a thin', 'slanted', 'seven']. */
export function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
