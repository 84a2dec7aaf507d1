/** The kernel's picture, drawn here: three overlapping circles, one for each modality. */
import {crc32, deflateSync} from 'node:zlib';

interface Circle {
  /** Centre and radius as parts of the picture's side. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly rgb: readonly [number, number, number];
}

const opacity = 0.8;
const circles: readonly Circle[] = [
  {x: 0.5, y: 0.33, radius: 0.27, rgb: [49, 120, 198]},
  {x: 0.33, y: 0.63, radius: 0.27, rgb: [230, 120, 50]},
  {x: 0.67, y: 0.63, radius: 0.27, rgb: [60, 160, 110]},
];

export function logoSvg(): string {
  const shapes = circles.map(
    ({x, y, radius, rgb}) =>
      `<circle cx="${x * 64}" cy="${y * 64}" r="${radius * 64}" fill="rgb(${rgb.join(',')})" fill-opacity="${opacity}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">${shapes.join('')}</svg>\n`;
}

/** A PNG of `sizePx` × `sizePx` with a transparent ground. */
export function logoPng(sizePx: number): Buffer {
  const rgba = new Uint8Array(sizePx * sizePx * 4);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) rgba.set(pixel(x, y, sizePx), (y * sizePx + x) * 4);
  }
  return encodePng(sizePx, sizePx, rgba);
}

/** Source-over blending of the circles; a circle's edge is one pixel soft. */
function pixel(x: number, y: number, sizePx: number): number[] {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const circle of circles) {
    const distance = Math.hypot(x + 0.5 - circle.x * sizePx, y + 0.5 - circle.y * sizePx);
    const cover = opacity * Math.min(1, Math.max(0, circle.radius * sizePx - distance + 0.5));
    const kept = alpha * (1 - cover);
    const sum = cover + kept;
    if (sum === 0) continue;
    const blend = (old: number, colour: number) => (colour * cover + old * kept) / sum;
    [red, green, blue, alpha] = [
      blend(red, circle.rgb[0]),
      blend(green, circle.rgb[1]),
      blend(blue, circle.rgb[2]),
      sum,
    ];
  }
  return [red, green, blue, alpha * 255].map(Math.round);
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const headerBytes = 13;

/** An 8-bit RGBA picture as a PNG file. */
export function encodePng(width: number, height: number, rgba: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA, deflate, no filter, not interlaced
  const rows = Buffer.alloc(height * (width * 4 + 1));
  for (let y = 0; y < height; y++) rows.set(rgba.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
