/** Parts that stay in their files until they are looked at: a hundred thousand of them take little memory. */
import type {AudioModality, ImageModality, Part, Picture, Sound} from '../../core/types';
import type {PartRequest} from './part-pool';
import {readNow} from './read-now';

/** Where the parts of one modality of a folder come from. */
export interface PartSource<S = ImageModality | AudioModality> {
  /** Name of the modality. */
  readonly name: string;
  readonly spec: S;
  readonly maxBytes: number;
  /** Real path of the folder. */
  readonly root: string;
}

/** What both kinds share. The same object each time that the example is drawn, so that codes and features can be kept by it. */
abstract class FilePart<S extends ImageModality | AudioModality, V extends Uint8Array | Float32Array> {
  private held: V | null = null;

  /** @param path in the folder; @param line of the manifest. */
  constructor(
    protected readonly source: PartSource<S>,
    private readonly path: string,
    private readonly line: number,
  ) {}

  get request(): PartRequest {
    const {name, root} = this.source;
    return {name, file: `${root}/${this.path}`, title: `${this.path} (line ${this.line})`};
  }

  /** Keeps pixels or samples from now on. */
  hold(values: V): void {
    this.held = values;
  }

  /** A copy of the file, read while the caller waits, unless it is held. Loaders read ahead in threads instead. */
  protected values(): V {
    return this.held ?? (readNow(this.request, this.source) as V);
  }
}

export class PictureFile extends FilePart<ImageModality, Uint8Array> implements Picture {
  get height(): number {
    return this.source.spec.height;
  }
  get width(): number {
    return this.source.spec.width;
  }
  get channels(): number {
    return this.source.spec.channels;
  }
  get pixels(): Uint8Array {
    return this.values();
  }
}

export class SoundFile extends FilePart<AudioModality, Float32Array> implements Sound {
  get sampleRateHz(): number {
    return this.source.spec.sampleRateHz;
  }
  get channels(): number {
    return this.source.spec.channels ?? 1;
  }
  get samples(): Float32Array {
    return this.values();
  }
}

export function isFilePart(part: Part | undefined): part is PictureFile | SoundFile {
  return part instanceof PictureFile || part instanceof SoundFile;
}
