/** The bricks of a self-contained page: nothing is asked of the network, it prints, and it follows light and dark. */
import type {Sound} from '../../core/types';
import {formatWav} from '../../datasets/wav';
import {tileDataUri} from '../tiles';
import type {ShownPart} from './examples';

/** Text as HTML: `a < b` becomes `a &#60; b`. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A whole document. `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** A section with a heading and a sentence that says what to see. `content` is HTML. */
export function section(title: string, lead: string, content: string): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n<p class="lead">${escapeHtml(lead)}</p>\n${content}\n</section>`;
}

/** A figure from a PNG with two pixels for each pixel of the page. */
export function figureImage(png: Uint8Array, alt: string, caption: string): string {
  const data = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const width = Math.round(data.readUInt32BE(16) / 2);
  const image = `<img class="figure" width="${width}" alt="${escapeHtml(alt)}" src="data:image/png;base64,${data.toString('base64')}">`;
  return `<figure>${image}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** A table; cells are HTML. The first column is a heading of its row. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[], className = ''): string {
  const top =
    head.length > 0 ? `<thead><tr>${head.map(cell => `<th scope="col">${cell}</th>`).join('')}</tr></thead>` : '';
  const line = ([first, ...rest]: readonly string[]) =>
    `<tr><th scope="row">${first}</th>${rest.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
  return `<div class="scroll"><table class="${className}">${top}<tbody>${rows.map(line).join('\n')}</tbody></table></div>`;
}

/** One part: a picture, a sentence, or a spectrogram with a play button. `mark` says what it is: made, given or true. */
export function partHtml(name: string, part: ShownPart | undefined, mark: 'made' | 'given' | 'true'): string {
  const label = `${name}, ${mark}`;
  if (!part) return `<span class="part ${mark}" title="${escapeHtml(label)}">–</span>`;
  const inside = {
    image: () => tileImage(part, label),
    text: () => `<q>${escapeHtml((part as {text: string}).text || ' ')}</q>`,
    audio: () => `${tileImage(part, label)}${playButton((part as {sound: Sound}).sound, label)}`,
  }[part.kind]();
  return `<span class="part ${part.kind} ${mark}" title="${escapeHtml(label)}">${inside}</span>`;
}

function tileImage(part: ShownPart, label: string): string {
  if (part.kind === 'text') return '';
  return `<img class="tile" alt="${escapeHtml(label)}" src="${tileDataUri(part.tile)}">`;
}

function playButton(sound: Sound, label: string): string {
  const wav = formatWav(sound).toString('base64');
  return `<button type="button" class="play" aria-label="Play ${escapeHtml(label)}" data-wav="${wav}">▶</button>`;
}

const script = `
let playing = null;
for (const button of document.querySelectorAll('button.play')) button.addEventListener('click', () => {
  if (playing) playing.pause();
  playing = new Audio('data:audio/wav;base64,' + button.dataset.wav);
  button.classList.add('on');
  playing.onended = playing.onpause = () => button.classList.remove('on');
  playing.play();
});
`;

const style = `
:root { --ink: #1f2933; --muted: #5f6b7a; --line: #dde2e8; --page: #f6f7f9; --card: #ffffff; --real: #0072b2; --made: #d55e00; --chance: #8a8f98; --given: #009e73; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --muted: #9aa5b4; --line: #343c48; --page: #14181e; --card: #1d232b; --real: #56b4e9; --made: #f0863c; --chance: #8a8f98; --given: #35c79d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 27px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 0 0 2px; } h3 { font-size: 15px; margin: 20px 0 6px; }
header p, .lead { color: var(--muted); margin: 0 0 14px; max-width: 78ch; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin: 18px 0; }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 16px 0; }
.headline div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.headline b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; } .headline span { color: var(--muted); font-size: 13px; display: block; line-height: 1.35; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: middle; } th { font-weight: 600; } thead th { color: var(--muted); font-weight: 500; font-size: 13px; }
table.facts { width: auto; } table.facts th { color: var(--muted); font-weight: 500; padding-right: 24px; white-space: nowrap; }
table.scores td { white-space: nowrap; } table.scores td.wide, table.scores td:last-child { white-space: normal; color: var(--muted); font-size: 13px; min-width: 220px; }
.real { color: var(--real); } .made-text { color: var(--made); font-weight: 600; } .muted { color: var(--muted); }
.meter { position: relative; display: inline-block; width: 120px; height: 10px; border-radius: 5px; background: var(--line); vertical-align: middle; }
.meter i { position: absolute; left: 0; top: 0; bottom: 0; border-radius: 5px; background: var(--made); }
.meter u { position: absolute; top: -3px; bottom: -3px; width: 3px; margin-left: -1px; background: var(--real); } .meter s { position: absolute; top: -3px; bottom: -3px; width: 3px; margin-left: -1px; background: var(--chance); }
figure { margin: 12px 0; } img.figure { max-width: 100%; height: auto; background: #fff; border-radius: 8px; padding: 6px; } figcaption { color: var(--muted); font-size: 13px; margin-top: 4px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 14px 12px; }
.example { display: flex; flex-direction: column; align-items: center; gap: 5px; break-inside: avoid; }
.part { display: inline-flex; position: relative; align-items: center; justify-content: center; border-radius: 5px; border: 2px solid transparent; vertical-align: middle; }
.part.given { border-color: var(--given); } .part.made { border-color: var(--made); } .part.true { border-color: var(--real); } .grid .part, .strip .part { border-color: transparent; }
.tile { display: block; width: 76px; height: 76px; image-rendering: pixelated; border-radius: 3px; } .strip .tile { width: 44px; height: 44px; } .row .tile { width: 58px; height: 58px; }
.part.text { width: 108px; min-height: 34px; padding: 3px 5px; font-size: 12px; line-height: 1.3; text-align: center; } .grid .part.text { width: 100%; min-height: 56px; } q { quotes: none; }
.play { position: absolute; right: 3px; bottom: 3px; width: 22px; height: 22px; border: 0; border-radius: 50%; background: rgba(255,255,255,.88); color: #1f2933; font-size: 10px; line-height: 22px; padding: 0 0 0 2px; cursor: pointer; } .play.on { background: var(--made); color: #fff; } .play:focus-visible { outline: 3px solid var(--real); }
.row { display: flex; flex-wrap: wrap; gap: 8px 13px; align-items: center; padding: 7px 0; border-bottom: 1px solid var(--line); break-inside: avoid; } .row .set { display: inline-flex; gap: 5px; align-items: center; }
.row .part.text { width: 88px; } .strips { display: grid; grid-template-columns: 112px auto auto; gap: 4px 14px; align-items: center; overflow-x: auto; } .strip { display: flex; gap: 2px; } .strips > b { font-size: 13px; color: var(--muted); font-weight: 500; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; border: 2px solid; vertical-align: -1px; margin: 0 4px 0 12px; } .key.given { color: var(--given); } .key.made { color: var(--made); } .key.true { color: var(--real); }
code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--page); border: 1px solid var(--line); border-radius: 5px; padding: 1px 6px; } dl.next { display: grid; gap: 4px; margin: 0; } dl.next dt { margin-top: 6px; } dl.next dd { margin: 0; color: var(--muted); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 10px 26px; align-items: start; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 10px 26px; align-items: start; } .three .muted, .three p { margin: 2px 0; }
.class-rows { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 14px; align-items: center; } .class-rows > b { font-size: 13px; font-weight: 500; } .class-rows .strip { flex-wrap: wrap; gap: 4px; } .class-rows .strip .tile { width: 56px; height: 56px; } .sentences .strip .part.text { width: auto; max-width: 220px; min-height: 0; border: 1px solid var(--line); }
small { font-size: 12px; line-height: 1.35; text-align: center; } .row small { text-align: left; } .found > span { position: relative; } .found > span::after { position: absolute; left: -3px; top: -5px; width: 16px; height: 16px; border-radius: 50%; font-size: 11px; line-height: 16px; text-align: center; color: #fff; } .found .right::after { content: "✓"; background: #00794f; } .found .wrong::after { content: "✗"; background: #b03a00; } .found .part { border-color: transparent; } .set { flex-wrap: wrap; } .found .part.text { width: 68px; font-size: 11px; padding: 9px 2px 3px; } .three .row { flex-wrap: nowrap; } .three .row small { flex: 1; min-width: 0; }
@media (max-width: 600px) { main { padding: 16px 10px 40px; } section { padding: 14px 12px; } h1 { font-size: 22px; overflow-wrap: anywhere; } table.facts th { white-space: normal; padding-right: 12px; } table.facts td { overflow-wrap: anywhere; } }
@media print { body { background: #fff; } section { border: 0; padding: 0; } .play { display: none; } }
`;
