import {assertPositiveInteger, expected, UserError} from '../core/checks';
import type {ImageModality, Part, Picture} from '../core/types';
import type {Codec} from './codec-type';

/** Pixels 0 … 255 ↔ [-1, 1], [H, W, C]: value = pixel / 127.5 - 1. Values outside are cut on the way back. */
export class ImageCodec implements Codec {
  constructor(readonly spec: ImageModality) {
    for (const axis of ['height', 'width', 'channels'] as const) assertPositiveInteger(axis, spec[axis]);
  }

  encode(part: Part): Float32Array {
    const {height, width, channels} = this.spec;
    if (typeof part === 'string' || !('pixels' in part))
      throw expected('the part', 'a picture', typeof part === 'string' ? 'text' : 'a sound');
    if (part.height !== height || part.width !== width || part.channels !== channels) {
      const got = `${part.height} × ${part.width} × ${part.channels}`;
      throw new UserError(
        `Expected a picture of ${height} × ${width} × ${channels} (height, width, channels), got ${got}.`,
      );
    }
    if (part.pixels.length !== height * width * channels) {
      throw expected('the picture', `${height * width * channels} bytes`, part.pixels.length);
    }
    return Float32Array.from(part.pixels, pixel => pixel / 127.5 - 1);
  }

  decode(values: Float32Array): Picture {
    const {height, width, channels} = this.spec;
    if (values.length !== height * width * channels) {
      throw new UserError(`Expected ${height} × ${width} × ${channels} values, got ${values.length}.`);
    }
    // A clamped array rounds and cuts to 0 … 255 by itself.
    const pixels = Uint8Array.from(Uint8ClampedArray.from(values, value => (value + 1) * 127.5));
    return {height, width, channels, pixels};
  }
}
