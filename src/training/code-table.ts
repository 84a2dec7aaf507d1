/** Codes of parts, each computed once: E is done when they are asked for, so they stay. */
import {nextTurn} from '../core/interruption';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {Example, Part} from '../core/types';
import {isPresent, stackParts} from '../features/stack-parts';
import type {CrossModalEncoder} from '../model/players';
import type {PartEncoder, TrainingData} from './example-stream';

/** Parts that E reads at once. */
const chunkSize = 256;

export class CodeTable {
  /** By modality, and by the identity of the part. */
  private readonly codes: Readonly<Record<string, Map<Part, Float32Array>>>;

  constructor(
    private readonly encoder: CrossModalEncoder,
    private readonly data: TrainingData,
    private readonly features: PartEncoder,
    private readonly contentDim: number,
  ) {
    this.codes = mapRecord(data.modalities, () => new Map());
  }

  /** The codes of each modality, [N, D]; a row of zeros where the part is absent. The caller disposes them. */
  stack(examples: readonly Example[]): Record<string, tf.Tensor2D> {
    this.codeShown(examples);
    return mapRecord(this.codes, (known, name) => {
      const rows = new Float32Array(examples.length * this.contentDim);
      examples.forEach((example, i) => {
        if (isPresent(example, name)) rows.set(known.get(example.parts[name]!)!, i * this.contentDim);
      });
      return tf.tensor2d(rows, [examples.length, this.contentDim]);
    });
  }

  /** Computes the codes of all parts of these examples, reading them ahead where they are in files. */
  async learn(examples: readonly Example[]): Promise<void> {
    if (!this.features.prepare) return this.codeShown(examples);
    const chunkOf = (from: number) => examples.slice(from, from + chunkSize);
    for (let from = 0; from < examples.length; from += chunkSize) {
      await this.features.prepare(chunkOf(from));
      this.features.prepare(chunkOf(from + chunkSize)).catch(() => {});
      this.codeShown(chunkOf(from));
      await nextTurn();
    }
  }

  private codeShown(examples: readonly Example[]): void {
    for (const [name, known] of Object.entries(this.codes)) {
      const shown = examples.filter(example => isPresent(example, name)).map(example => example.parts[name]!);
      this.codeMissing(name, known, shown);
    }
  }

  private codeMissing(name: string, known: Map<Part, Float32Array>, parts: readonly Part[]): void {
    const {encoder, data, features, contentDim} = this;
    const missing = [...new Set(parts)].filter(part => !known.has(part));
    const modalities = {[name]: data.modalities[name]!};
    for (let begin = 0; begin < missing.length; begin += chunkSize) {
      const chunk = missing.slice(begin, begin + chunkSize);
      const codes = tf.tidy(() => {
        const examples = chunk.map((part, i) => ({id: String(i), parts: {[name]: part}}));
        const stacked = stackParts(examples, modalities, (_, part) => features.encode(name, part))[name]!;
        return encoder.code(name, stacked).dataSync() as Float32Array;
      });
      chunk.forEach((part, i) => {
        known.set(part, codes.slice(i * contentDim, (i + 1) * contentDim));
      });
    }
  }
}
