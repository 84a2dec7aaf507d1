/**
 * Seeded random streams. Each use of chance has a stream of its own, named by its purpose, so that drawing more in one
 * place changes nothing elsewhere. The state is four integers and can be saved, so a resumed run goes on exactly.
 *
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand 0.94), seeded through SplitMix32 from the seed and an FNV-1a hash of the purpose.
 */
import {expected} from './checks';

export type RandomState = readonly [number, number, number, number];

export class RandomStream {
  private state: [number, number, number, number];

  /** @param seed any safe integer; @param purpose for example 'training/style'. Same pair, same numbers. */
  constructor(seed: number, purpose: string) {
    if (!Number.isSafeInteger(seed)) throw expected('seed', 'an integer', seed);
    const mix = splitMix32((seed >>> 0) ^ hash(`${purpose}:${Math.floor(seed / 4294967296)}`));
    this.state = [mix(), mix(), mix(), 1];
    for (let i = 0; i < 12; i++) this.nextUint32();
  }

  static fromState(state: RandomState): RandomStream {
    const stream = new RandomStream(0, '');
    stream.state = [...state];
    return stream;
  }

  /** Four unsigned 32-bit integers; `RandomStream.fromState` continues from here. */
  saveState(): RandomState {
    return [...this.state];
  }

  nextUint32(): number {
    const s = this.state;
    const out = (s[0] + s[1] + s[3]) >>> 0;
    s[3] = (s[3] + 1) >>> 0;
    s[0] = (s[1] ^ (s[1] >>> 9)) >>> 0;
    s[1] = (s[2] + (s[2] << 3)) >>> 0;
    s[2] = (((s[2] << 21) | (s[2] >>> 11)) + out) >>> 0;
    return out;
  }

  /** In [0, 1), 32 bits of resolution. */
  uniform(): number {
    return this.nextUint32() / 4294967296;
  }

  /** 0 … limit - 1, each equally likely (rejection, no modulo bias). */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 4294967296)
      throw expected('limit', 'an integer from 1 to 2^32', limit);
    const bound = 4294967296 - (4294967296 % limit);
    for (;;) {
      const draw = this.nextUint32();
      if (draw < bound) return draw % limit;
    }
  }

  /** Standard normal, Box–Muller; draws two uniforms a call and keeps no spare, so the state is all there is. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  normals(count: number): Float32Array {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      out[i] = radius * Math.cos(angle);
      if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }

  /** Fisher–Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw expected('items', 'a non-empty list', '[]');
    return items[this.integer(items.length)]!;
  }

  /** An index drawn in proportion to its weight. */
  weighted(weights: readonly number[]): number {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let left = this.uniform() * total;
    for (let i = 0; i < weights.length - 1; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
}

function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
