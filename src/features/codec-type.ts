import type {ModalitySpec, Part} from '../core/types';

/** Turns what a person sees, reads or hears into the values of a modality's tensor (without N), and back. */
export interface Codec {
  readonly spec: ModalitySpec;
  /** @throws UserError when the part is of another kind, shape or rate. */
  encode(part: Part): Float32Array;
  decode(values: Float32Array): Part;
}
