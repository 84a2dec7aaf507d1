/**
 * The random numbers of TensorFlow's stateless ops, in JavaScript, for the engines that have none of their own.
 *
 * Source: Salmon et al. 2011, Philox 4×32 with 10 rounds; the way from a seed to key and counter, and from bits to numbers,
 * as TensorFlow 2.21 has it (core/kernels/stateless_random_ops.cc, tsl/lib/random/random_distributions_utils.h).
 */

/** Two int32, as the ops take them. */
export type PhiloxSeed = readonly [number, number];

/** In [0, 1) with 23 bits each: the bits of StatelessRandomUniform. */
export function philoxUniforms(seed: PhiloxSeed, count: number): Float32Array {
  const out = new Float32Array(count);
  forEachBlock(seed, count, (bits, at) => {
    for (let i = 0; i < 4 && at + i < count; i++) out[at + i] = toUnit(bits[i]!);
  });
  return out;
}

/** Standard normal by Box and Muller: StatelessRandomNormal, but for the last bits of its sine and logarithm. */
export function philoxNormals(seed: PhiloxSeed, count: number): Float32Array {
  const out = new Float32Array(count);
  forEachBlock(seed, count, (bits, at) => {
    for (let i = 0; i < 4 && at + i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(toUnit(bits[i]!), smallest)));
      // Rounded as TensorFlow's is: near 2π the rounding moves the sine by 2e-7.
      const angle = Math.fround(2 * Math.PI * toUnit(bits[i + 1]!));
      out[at + i] = radius * Math.sin(angle);
      if (at + i + 1 < count) out[at + i + 1] = radius * Math.cos(angle);
    }
  });
  return out;
}

/** What TensorFlow puts in the place of 0 before it takes the logarithm. */
const smallest = Math.fround(1e-7);

function toUnit(bits: number): number {
  return (bits & 0x7fffff) / 0x800000;
}

/** Four random words for every four numbers. */
function forEachBlock(seed: PhiloxSeed, count: number, use: (bits: Uint32Array, at: number) => void): void {
  const block = new Uint32Array(4);
  // The seed is mixed first, so that neighbouring seeds give unrelated numbers. An int32 is widened with its sign.
  block.set([seed[0], seed[0] >> 31, seed[1], seed[1] >> 31]);
  philox(block, 0x3ec8f720, 0x02461e29);
  const [key0, key1, third, fourth] = block as unknown as [number, number, number, number];
  for (let at = 0; at < count; at += 4) {
    block.set([at / 4, 0, third, fourth]);
    philox(block, key0, key1);
    use(block, at);
  }
}

/** Ten rounds over a counter of four words, in place. */
function philox(counter: Uint32Array, key0: number, key1: number): void {
  let [c0, c1, c2, c3] = counter as unknown as [number, number, number, number];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0;
    key0 = (key0 + 0x9e3779b9) >>> 0;
    key1 = (key1 + 0xbb67ae85) >>> 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/** The upper 32 bits of a product of two unsigned words, from products of halves; no sum here reaches 2^32. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = ((Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16)) >>> 0;
  const carry = ((Math.imul(a0, b1) >>> 0) + (middle & 0xffff)) >>> 16;
  return (Math.imul(a1, b1) + (middle >>> 16) + carry) >>> 0;
}
