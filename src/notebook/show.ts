import {randomUUID} from 'node:crypto';
import {compactFigure, type Figure} from '../plots/figure';
import {renderFigure} from '../plots/render';
import {channel, keepFile, type MimeBundle, metadataSymbol} from './channel';

export interface ShowOptions {
  /** What a person who cannot see the picture should know: what it shows and the conclusion. By default the title. */
  readonly alt?: string;
}

/**
 * Shows a figure or a PNG under the running cell: interactive where the page has Plotly, the picture everywhere else.
 * Outside a notebook the picture goes to a file under out/notebook.
 */
export async function show(content: Figure | Uint8Array, options: ShowOptions = {}): Promise<void> {
  await emit(content, options);
}

/** A figure that changes while a cell runs, such as losses. Set it up with the first figure, then `update`. */
export interface LiveFigure {
  /** Draws the figure anew in the same place; calls within `everySeconds` of the last drawing do nothing. */
  update(figure: Figure): Promise<void>;
  /** Draws the last state, however soon. */
  finish(figure: Figure): Promise<void>;
}

export function liveFigure(options: ShowOptions & {readonly everySeconds?: number} = {}): LiveFigure {
  const displayId = randomUUID();
  const pauseMs = 1000 * (options.everySeconds ?? 3);
  let beganAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  let drawing: Promise<void> | null = null;
  const draw = async (figure: Figure) => {
    beganAt = performance.now();
    await emit(figure, options, {displayId, update: shown});
    shown = true;
  };
  return {
    update: async figure => {
      // Without a page only the last state is worth a file. A drawing that is under way is not disturbed.
      if (!channel() || drawing || performance.now() - beganAt < pauseMs) return;
      drawing = draw(figure).finally(() => {
        drawing = null;
      });
      await drawing;
    },
    finish: async figure => {
      await drawing;
      await draw(figure);
    },
  };
}

/** The mime bundle of a figure or a PNG, its metadata, and the PNG. */
export async function pictureBundle(content: Figure | Uint8Array, options: ShowOptions = {}): Promise<PictureBundle> {
  const alt = options.alt ?? titleOf(content);
  const isPng = content instanceof Uint8Array;
  const png = isPng ? content : await renderFigure(content);
  // No text/html: pages that strip scripts would show that, blank, instead of the picture.
  const interactive = isPng ? {} : {'application/vnd.plotly.v1+json': compactFigure(content)};
  const bundle = {...interactive, 'image/png': base64(png), 'text/plain': alt};
  return {bundle, metadata: {'image/png': shownSize(content, png)}, png};
}

export interface PictureBundle {
  readonly bundle: MimeBundle;
  readonly metadata: Record<string, unknown>;
  readonly png: Uint8Array;
}

/** An object that shows itself as the last value of a cell, by the convention of Jupyter's `Symbol.for('Jupyter.display')`. */
export function displayable(content: Figure | Uint8Array, options: ShowOptions = {}): object {
  const display = async () => {
    const {bundle, metadata} = await pictureBundle(content, options);
    return {...bundle, [metadataSymbol]: metadata};
  };
  return {[Symbol.for('Jupyter.display')]: display};
}

async function emit(
  content: Figure | Uint8Array,
  options: ShowOptions,
  place: {displayId?: string; update?: boolean} = {},
): Promise<void> {
  const {bundle, metadata, png} = await pictureBundle(content, options);
  const page = channel();
  if (page) page.display(bundle, {...place, metadata});
  else keepFile('figure.png', png, bundle['text/plain'] as string);
}

/** The PNG has two pixels for each pixel of the page. */
function shownSize(content: Figure | Uint8Array, png: Uint8Array): {width: number; height: number} {
  const header = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const scale = content instanceof Uint8Array ? 1 : 2;
  return {width: Math.round(header.readUInt32BE(16) / scale), height: Math.round(header.readUInt32BE(20) / scale)};
}

function titleOf(content: Figure | Uint8Array): string {
  if (content instanceof Uint8Array) return 'picture';
  return (content.layout['title'] as {text?: string} | undefined)?.text ?? 'figure';
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
