/**
 * What Plotly asks of a browser and jsdom does not answer: how large text is, how long a path is, and a small 2-D canvas.
 * Everything is installed into one window and nowhere else: TensorFlow.js would take a global `window` for a browser.
 */
import type {DOMWindow} from 'jsdom';
import {encodePng, pngDataUri} from './png';
import {textWidth} from './text-width';

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Gives the window's elements their sizes and its canvas a context. */
export function installGeometry(window: DOMWindow): void {
  const prototype = window.SVGElement.prototype as unknown as Record<string, unknown>;
  prototype['getBBox'] = function (this: Element) {
    return rectangle(boxOf(this));
  };
  // On the screen, so after the element's own transform; getBBox is before it.
  prototype['getBoundingClientRect'] = function (this: Element) {
    return rectangle(moved(boxOf(this), this.getAttribute('transform')));
  };
  prototype['getComputedTextLength'] = function (this: Element) {
    const box = boxOf(this);
    return box ? box.right - box.left : 0;
  };
  prototype['getTotalLength'] = function (this: Element) {
    return pathLength(pathPoints(this));
  };
  prototype['getPointAtLength'] = function (this: Element, length: number) {
    return pointAt(pathPoints(this), length);
  };
  prototype['getScreenCTM'] = () => ({
    a: 1,
    b: 0,
    c: 0,
    d: 1,
    e: 0,
    f: 0,
    inverse: () => ({a: 1, b: 0, c: 0, d: 1, e: 0, f: 0}),
  });
  installCanvas(window);
  window.URL.createObjectURL = () => 'blob:none';
  window.URL.revokeObjectURL = () => undefined;
}

function rectangle(box: Box | null): {
  x: number;
  y: number;
  left: number;
  top: number;
  width: number;
  height: number;
  right: number;
  bottom: number;
} {
  const {left, top, right, bottom} = box ?? {left: 0, top: 0, right: 0, bottom: 0};
  return {x: left, y: top, left, top, width: right - left, height: bottom - top, right, bottom};
}

function boxOf(element: Element): Box | null {
  const tag = element.tagName.toLowerCase();
  if (tag === 'text') return textBox(element);
  if (tag === 'tspan' || tag === 'a') return element.closest('text') ? textBox(element.closest('text')!) : null;
  if (tag === 'rect' || tag === 'image' || (tag === 'svg' && element.getAttribute('width'))) {
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map(
      name => Number.parseFloat(element.getAttribute(name) ?? '') || 0,
    ) as [number, number, number, number];
    return {left: x, top: y, right: x + width, bottom: y + height};
  }
  let whole: Box | null = null;
  for (const child of element.children) whole = union(whole, moved(boxOf(child), child.getAttribute('transform')));
  return whole;
}

function union(a: Box | null, b: Box | null): Box | null {
  if (!b || (b.left === b.right && b.top === b.bottom)) return a;
  if (!a) return b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The box after the shifts and rotations of a `transform` attribute, in the order in which they are written. */
function moved(box: Box | null, transform: string | null): Box | null {
  if (!box || !transform) return box;
  const steps = [...transform.matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse();
  return steps.reduce((at, [, kind, list]) => {
    const [a, b = 0, c = 0] = list!.split(/[ ,]+/).map(Number) as [number, number?, number?];
    if (kind === 'translate') return {left: at.left + a, top: at.top + b, right: at.right + a, bottom: at.bottom + b};
    return rotated(at, (a * Math.PI) / 180, b, c);
  }, box);
}

/** The upright box around a box that was turned by `angle` about (cx, cy). */
function rotated(box: Box, angle: number, cx: number, cy: number): Box {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [box.left, box.right].flatMap(x => [box.top, box.bottom].map(y => [x - cx, y - cy] as const));
  const xs = corners.map(([x, y]) => cx + x * cos - y * sin);
  const ys = corners.map(([x, y]) => cy + x * sin + y * cos);
  return {left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys)};
}

function textBox(element: Element): Box {
  const fontSize = Number.parseFloat(inherited(element, 'font-size')) || 12;
  const bold =
    /bold|[6-9]00/.test(inherited(element, 'font-weight')) || element.querySelector('[style*="bold"]') !== null;
  const lines = [...element.children].filter(child => child.classList.contains('line'));
  const texts = (lines.length > 0 ? lines : [element]).map(line => line.textContent ?? '');
  const width = Math.max(0, ...texts.map(text => textWidth(text, fontSize, bold)));
  const height = element.textContent ? fontSize * 1.17 + (texts.length - 1) * 1.3 * fontSize : 0;
  const anchor = inherited(element, 'text-anchor');
  const x = Number.parseFloat(element.getAttribute('x') ?? '') || 0;
  const y = Number.parseFloat(element.getAttribute('y') ?? '') || 0;
  const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
  const top = y - fontSize * 0.93;
  return {left, top, right: left + width, bottom: top + height};
}

function inherited(element: Element, property: string): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const style = (at as unknown as {style?: CSSStyle}).style;
    const value = style?.getPropertyValue(property) || at.getAttribute(property);
    if (value) return value;
  }
  return '';
}

interface CSSStyle {
  getPropertyValue(name: string): string;
}

function pathPoints(element: Element): [number, number][] {
  const numbers = (element.getAttribute('d') ?? '').match(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi)?.map(Number) ?? [];
  const points: [number, number][] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) points.push([numbers[i]!, numbers[i + 1]!]);
  return points;
}

function pathLength(points: readonly [number, number][]): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) length += distance(points[i - 1]!, points[i]!);
  return length;
}

function pointAt(points: readonly [number, number][], length: number): {x: number; y: number} {
  let left = length;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const step = distance(a, b);
    if (left <= step || i === points.length - 1) {
      const share = step ? Math.min(1, left / step) : 0;
      return {x: a[0] + share * (b[0] - a[0]), y: a[1] + share * (b[1] - a[1])};
    }
    left -= step;
  }
  return {x: points[0]?.[0] ?? 0, y: points[0]?.[1] ?? 0};
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Enough of a canvas for heatmaps: pixels put, rectangles filled, a PNG read back. */
function installCanvas(window: DOMWindow): void {
  const pixelsOf = new WeakMap<HTMLCanvasElement, Uint8ClampedArray>();
  const pixels = (canvas: HTMLCanvasElement): Uint8ClampedArray => {
    const size = canvas.width * canvas.height * 4;
    const known = pixelsOf.get(canvas);
    if (known?.length === size) return known;
    const fresh = new Uint8ClampedArray(size);
    pixelsOf.set(canvas, fresh);
    return fresh;
  };
  const nothing = () => undefined;
  const idle = [
    'clearRect',
    'beginPath',
    'closePath',
    'moveTo',
    'lineTo',
    'stroke',
    'fill',
    'arc',
    'save',
    'restore',
    'translate',
    'scale',
    'rotate',
    'setTransform',
    'drawImage',
  ];
  const contextFor = (canvas: HTMLCanvasElement) => ({
    ...Object.fromEntries(idle.map(name => [name, nothing])),
    canvas,
    fillStyle: '#000000',
    font: '12px sans-serif',
    createImageData: (width: number, height: number) => ({
      width,
      height,
      data: new Uint8ClampedArray(width * height * 4),
    }),
    putImageData(image: {width: number; height: number; data: Uint8ClampedArray}, left: number, top: number) {
      const target = pixels(canvas);
      for (let y = 0; y < image.height; y++) {
        const row = image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4);
        target.set(row, ((y + top) * canvas.width + left) * 4);
      }
    },
    fillRect(left: number, top: number, width: number, height: number) {
      const [target, colour] = [pixels(canvas), rgba(this.fillStyle)];
      for (let y = Math.max(0, Math.round(top)); y < Math.min(canvas.height, Math.round(top + height)); y++) {
        for (let x = Math.max(0, Math.round(left)); x < Math.min(canvas.width, Math.round(left + width)); x++)
          target.set(colour, (y * canvas.width + x) * 4);
      }
    },
    getImageData: (_x: number, _y: number, width: number, height: number) => ({
      width,
      height,
      data: new Uint8ClampedArray(width * height * 4),
    }),
    measureText(text: string) {
      return {
        width: textWidth(
          text,
          Number.parseFloat(/([\d.]+)px/.exec(this.font)?.[1] ?? '12'),
          this.font.includes('bold'),
        ),
      };
    },
  });
  const contexts = new WeakMap<HTMLCanvasElement, ReturnType<typeof contextFor>>();
  const prototype = window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>;
  prototype['getContext'] = function (this: HTMLCanvasElement, kind: string) {
    if (kind !== '2d') return null;
    if (!contexts.has(this)) contexts.set(this, contextFor(this));
    return contexts.get(this);
  };
  prototype['toDataURL'] = function (this: HTMLCanvasElement) {
    return pngDataUri(encodePng(this.width, this.height, pixels(this), 4));
  };
}

function rgba(css: string): [number, number, number, number] {
  const call = /rgba?\(([^)]+)\)/.exec(css);
  if (call) {
    const [r, g, b, a = 1] = call[1]!.split(',').map(Number) as [number, number, number, number?];
    return [r, g, b, Math.round(a * 255)];
  }
  const hex = /^#(..)(..)(..)$/.exec(css);
  return hex
    ? ([...hex.slice(1).map(part => Number.parseInt(part, 16)), 255] as [number, number, number, number])
    : [0, 0, 0, 255];
}
