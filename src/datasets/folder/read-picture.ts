/** Picture files of any size become pictures of one size. */
import sharp from 'sharp';
import {exitCodes, expected, UserError} from '../../core/checks';
import type {ImageModality, Picture} from '../../core/types';
import {readPlainPng} from './plain-png';

/** Pixels that a picture may have before it is unpacked: 50 megapixels, 150 MB in colour. */
export const maxPixels = 50_000_000;

/** What the file itself says. */
export interface PictureFacts {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 colour; transparency is not counted. */
  readonly channels: 1 | 3;
}

/** Workers decode side by side already; threads inside sharp would only get in their way. */
sharp.concurrency(1);
sharp.cache(false);

/**
 * PNG, JPEG or WebP as pixels of the modality's size. Turned upright as its EXIF says; transparent places become black; scaled, its
 * ratio kept, until it just covers the frame (Lanczos, 3 lobes), and what stands over is cut off at both sides equally; grey from
 * colour is libvips' luminance, colour from grey the same value three times.
 *
 * @throws UserError when the bytes are no such picture, are damaged, or would unpack to more than 50 megapixels.
 */
export async function readPicture(bytes: Buffer, spec: ImageModality, name: string): Promise<Picture> {
  const {height, width, channels} = spec;
  const plain = channels === 1 || channels === 3 ? readPlainPng(bytes, height, width, channels) : null;
  const pixels = plain ?? (await throughSharp(bytes, spec, name));
  return {height, width, channels, pixels};
}

/** Size and channels, from the beginning of the file. */
export async function pictureFacts(bytes: Buffer, name: string): Promise<PictureFacts> {
  try {
    const facts = await sharp(bytes, {limitInputPixels: maxPixels}).metadata();
    assertFormat(facts.format);
    const {width, height} = facts.autoOrient;
    const isGrey = facts.space === 'b-w' || facts.space === 'grey16';
    return {height, width, channels: isGrey ? 1 : 3};
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function throughSharp(
  bytes: Buffer,
  {height, width, channels}: ImageModality,
  name: string,
): Promise<Uint8Array> {
  try {
    const picture = sharp(bytes, {limitInputPixels: maxPixels, failOn: 'warning', pages: 1});
    assertFormat((await picture.metadata()).format);
    const sized = picture
      .autoOrient()
      .flatten({background: '#000'})
      .resize(width, height, {fit: 'cover', position: 'centre', kernel: 'lanczos3'});
    const {data, info} = await (channels === 1 ? sized.greyscale() : sized.toColourspace('srgb'))
      .raw({depth: 'uchar'})
      .toBuffer({resolveWithObject: true});
    return info.channels === channels ? new Uint8Array(data) : toChannels(data, info.channels, channels);
  } catch (error) {
    throw unreadable(name, error);
  }
}

function toChannels(data: Uint8Array, from: number, to: number): Uint8Array {
  const out = new Uint8Array((data.length / from) * to);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / to) * from + (from === 1 ? 0 : i % to)]!;
  return out;
}

function assertFormat(format: string | undefined): void {
  if (!['png', 'jpeg', 'webp'].includes(format ?? ''))
    throw new UserError(`a picture of the format ${format ?? 'unknown'}`, exitCodes.input);
}

function unreadable(name: string, error: unknown): UserError {
  const reason = (error as Error).message.split('\n')[0]!.trim();
  return expected(name, 'a PNG, JPEG or WebP picture', reason, exitCodes.input);
}
