/** Whether a person can see and hear what a notebook shows. */
import assert from 'node:assert/strict';
import type {Locator} from 'playwright-core';
import type {Notebook} from './notebook';
import type {NotebookFile} from './notebook-file';
import {lookAt} from './pictures';

/** Readable text, by the Web Content Accessibility Guidelines 2.2, criterion 1.4.3. */
const minContrast = 4.5;

/** @param file the notebook with outputs, which says how many pictures, tables and sounds there are to be seen. */
export async function assertAllSeen(notebook: Notebook, file: NotebookFile): Promise<void> {
  const outputs = file.cells.flatMap(cell => cell.outputs ?? []);
  const html = outputs.map(({data}) => [data?.['text/html'] ?? ''].flat().join(''));
  const occurrences = (tag: string) => html.join('').split(`<${tag}`).length - 1;
  const area = notebook.page.locator('.jp-Notebook .jp-OutputArea-output');
  assert.equal(await area.filter({hasText: /Error\b.*:/}).count(), 0, 'no errors');
  const pictures = outputs.filter(({data}) => data && 'image/png' in data).length;
  await assertPictures(area.locator('img'), pictures);
  await assertReadable(area.locator('table'), occurrences('table'), 'td');
  await assertReadable(area.locator('figure'), occurrences('audio'), 'figcaption');
  await assertPlayable(area.locator('audio'), occurrences('audio'));
}

async function assertPictures(images: Locator, count: number): Promise<void> {
  assert.equal(await images.count(), count, 'pictures');
  for (let at = 0; at < count; at++) {
    const image = images.nth(at);
    await image.scrollIntoViewIfNeeded();
    const [natural, shown] = await image.evaluate((element: HTMLImageElement) => [element.naturalWidth, element.width]);
    assert.ok(natural! > 0 && shown! > 100, `picture ${at}: ${natural} pixels, shown with ${shown}`);
    const {colours, inked} = await lookAt(await image.screenshot());
    assert.ok(colours > 20 && inked > 0.02, `picture ${at}: ${colours} colours, ${inked} of the pixels inked`);
  }
}

/** Text of the page's colour on the page's ground, in each theme. */
async function assertReadable(things: Locator, count: number, tag: string): Promise<void> {
  assert.equal(await things.count(), count, tag);
  for (let at = 0; at < count; at++) {
    const text = things.nth(at).locator(tag).first();
    assert.ok(((await text.textContent()) ?? '').trim() !== '', `${tag} ${at} has text`);
    const contrast = await text.evaluate(contrastOf);
    assert.ok(contrast >= minContrast, `${tag} ${at}: contrast ${contrast}`);
  }
}

async function assertPlayable(players: Locator, count: number): Promise<void> {
  assert.equal(await players.count(), count, 'sounds');
  for (let at = 0; at < count; at++) {
    const player = players.nth(at);
    const {width} = (await player.boundingBox()) ?? {width: 0};
    assert.ok(width > 100, `player ${at} can be seen`);
    const seconds = await player.evaluate((audio: HTMLAudioElement) => {
      const loaded = new Promise<number>((done, fail) => {
        audio.addEventListener('loadedmetadata', () => done(audio.duration));
        audio.addEventListener('error', () => fail(new Error(audio.error?.message)));
      });
      audio.preload = 'metadata';
      audio.load();
      return loaded;
    });
    assert.ok(seconds > 0.1 && seconds < 60, `player ${at}: ${seconds} s`);
  }
}

/** Ratio of luminances of an element's text and what lies behind it; runs in the page. 21 for black on white. */
function contrastOf(element: Element): number {
  const luminance = (colour: number[]) => {
    const [r, g, b] = colour.map(value => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  let ground = [255, 255, 255];
  for (let at: Element | null = element; at; at = at.parentElement) {
    const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
    if (alpha > 0.5) {
      ground = [r!, g!, b!];
      break;
    }
  }
  const [a, b] = [luminance(parse(getComputedStyle(element).color).slice(0, 3)), luminance(ground)].sort(
    (x, y) => y - x,
  );
  return (a! + 0.05) / (b! + 0.05);
}
