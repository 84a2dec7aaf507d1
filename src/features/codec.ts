import type {ModalitySpec} from '../core/types';
import {AudioCodec} from './audio-codec';
import type {Codec} from './codec-type';
import {ImageCodec} from './image-codec';
import {TextCodec} from './text-codec';

export type {Codec} from './codec-type';

/** The codec of a modality, by its kind. */
export function buildCodec(spec: ModalitySpec): Codec {
  switch (spec.kind) {
    case 'image':
      return new ImageCodec(spec);
    case 'text':
      return new TextCodec(spec);
    case 'audio':
      return new AudioCodec(spec);
  }
}
