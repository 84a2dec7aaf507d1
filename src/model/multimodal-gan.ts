/** The trained model: content from any subset of modalities or from the prior, and examples from content. */
import {compileStep, Program} from '../backend/compile';
import {assertPositiveInteger, assertShape, UserError, unknownChoice} from '../core/checks';
import type {ModelConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {partShape} from '../core/types';
import {agreement} from '../networks/discriminator-trunk';
import {gumbelNoise} from '../networks/layers/gumbel-softmax';
import {summaryText} from '../networks/summary';
import type {CrossModalEncoder, Discriminator, Generator, Masks, Parts} from './players';
import {type Prior, sampleMixture} from './prior';

/** Parts of N examples of which some are absent: a missing key for all of them, or 0 in `present` for one. A Batch is one. */
export interface PartialBatch {
  readonly parts: Readonly<Record<string, tf.Tensor | undefined>>;
  readonly present?: Readonly<Record<string, tf.Tensor1D>>;
}

/** D's view of N examples, for each modality and in all. */
export interface Scores {
  /** Sum over the present modalities of realism and agreement; higher = more real. Shape [N]. */
  readonly total: tf.Tensor1D;
  /** Logit of looking real, whatever the content; [N] a modality, 0 where absent. */
  readonly realism: Record<string, tf.Tensor1D>;
  /** Agreement with the content that E reads from all present modalities; [N] a modality, 0 where absent. */
  readonly agreement: Record<string, tf.Tensor1D>;
}

/** Examples that pass through the networks at once: what bounds the memory. */
const chunkSize = 256;

export class MultimodalGan {
  // One example at a time is hundreds of small ops: run as one graph, it takes milliseconds. Sizes that come but once or
  // twice are never compiled, and a caller with many sizes needs no warning.
  private readonly program = new Program();
  private readonly compileOptions = {program: this.program, onRefusal: () => undefined};
  private readonly readContent = compileStep(
    (parts: Parts, present: Masks) =>
      this.encoder.fuse(
        mapRecord(parts, (part, name) => this.encoder.code(name, part)),
        present,
      ),
    this.compileOptions,
  );
  private readonly makeParts = compileStep(
    (content: tf.Tensor2D, styles: Record<string, tf.Tensor2D>, gumbel: Record<string, tf.Tensor3D>) => {
      // Of hard words the temperature changes nothing.
      const sampling = mapRecord(gumbel, noise => ({gumbel: noise, temperature: 1, hard: true}));
      return this.generator.apply(content, styles, 'stored', sampling);
    },
    this.compileOptions,
  );
  private readonly judgeParts = compileStep((parts: Parts, content: tf.Tensor2D) => {
    const judged = this.discriminator.judge(parts, 'stored');
    return {realism: judged.realism, agreement: mapRecord(judged.projection, v => agreement(v, content))};
  }, this.compileOptions);

  constructor(
    readonly config: ModelConfig,
    readonly encoder: CrossModalEncoder,
    /** With averaged weights and stored batch statistics, as training leaves it. */
    readonly generator: Generator,
    readonly discriminator: Discriminator,
    readonly prior: Prior,
  ) {}

  /**
   * New examples: content from the prior, style from N(0, σ²) with the prior's σ of each modality, and words drawn by chance where
   * the prior has `hardWords`. The same count and seed give the same examples.
   */
  generate(count: number, {seed}: {seed: number}): Parts {
    assertPositiveInteger('count', count);
    const content = sampleMixture(this.prior.content, count, new RandomStream(seed, 'generate/content'));
    return tf.tidy(() => this.draw(tf.tensor2d(content, [count, this.config.contentDim]), seed, 'generate'));
  }

  /** Content of each example, read from whatever is present: unit codes [N, D]. @throws UserError when an example shows nothing. */
  encode(partial: PartialBatch): tf.Tensor2D {
    return tf.tidy(() => {
      const {parts, present, count} = this.check(partial);
      const chunks = inChunks(count, (begin, size) => {
        const shown = mapRecord(parts, part => rows(part, begin, size));
        return this.readContent(
          shown,
          mapRecord(present, mask => mask.slice(begin, size)),
        );
      });
      return tf.concat2d(chunks, 0);
    });
  }

  /** Fills in what is absent and keeps what was observed. @returns every modality, N rows each. */
  complete(partial: PartialBatch, {seed}: {seed: number}): Parts {
    return tf.tidy(() => {
      const {parts, present} = this.check(partial);
      const made = this.draw(this.encode(partial), seed, 'complete');
      return mapRecord(made, (drawn, name) => {
        const mask = present[name]!.reshape([-1, ...new Array<number>(drawn.rank - 1).fill(1)]);
        // A choice, not a blend: filler may be anything, NaN included.
        return tf.where(mask.greater(0).broadcastTo(drawn.shape), parts[name]!, drawn);
      });
    });
  }

  /** How real D finds each part, and how well it agrees with the rest of its example. */
  discriminate(batch: PartialBatch): Scores {
    return tf.tidy(() => {
      const {parts, present, count} = this.check(batch);
      const content = this.encode(batch);
      const chunks = inChunks(count, (begin, size) => {
        const shown = mapRecord(parts, part => rows(part, begin, size));
        return this.judgeParts(shown, content.slice([begin, 0], [size, -1]) as tf.Tensor2D);
      });
      const join = (pick: (chunk: (typeof chunks)[number]) => Record<string, tf.Tensor1D>) =>
        mapRecord(
          present,
          (mask, name) => tf.concat1d(chunks.map(chunk => pick(chunk)[name]!)).mul(mask) as tf.Tensor1D,
        );
      const realism = join(chunk => chunk.realism);
      const agreements = join(chunk => chunk.agreement);
      return {
        total: tf.addN([...Object.values(realism), ...Object.values(agreements)]),
        realism,
        agreement: agreements,
      };
    });
  }

  /** Trainable values of the three players. */
  get numParameters(): number {
    return this.encoder.parameters.count() + this.generator.parameters.count() + this.discriminator.parameters.count();
  }

  /** The layers of the three players: names, shapes, parameters, and multiply-adds of one example. For a person to read. */
  summary(): string {
    return [this.encoder, this.generator, this.discriminator].map(player => summaryText(player.summary())).join('\n\n');
  }

  dispose(): void {
    this.program.close();
    for (const player of [this.encoder, this.generator, this.discriminator]) player.parameters.dispose();
  }

  private draw(content: tf.Tensor2D, seed: number, purpose: 'generate' | 'complete'): Parts {
    const {styleDim} = this.config;
    const [stream, words] = ['style', 'words'].map(what => new RandomStream(seed, `${purpose}/${what}`));
    const chunks = inChunks(content.shape[0], (begin, size) => {
      const styles = mapRecord(this.config.modalities, (_, name) =>
        tf.tensor2d(stream!.normals(size * styleDim), [size, styleDim]).mul(this.prior.styleDeviations[name]!),
      ) as Record<string, tf.Tensor2D>;
      return this.makeParts(content.slice([begin, 0], [size, -1]) as tf.Tensor2D, styles, this.drawWords(size, words!));
    });
    return mapRecord(this.config.modalities, (_, name) =>
      tf.concat(
        chunks.map(chunk => chunk[name]!),
        0,
      ),
    );
  }

  /** Gumbel values for each text, [N, T, V]; none where words are passed on as probabilities. */
  private drawWords(count: number, stream: RandomStream): Record<string, tf.Tensor3D> {
    if (!this.prior.hardWords) return {};
    const texts = Object.entries(this.config.modalities).filter(([, {kind}]) => kind === 'text');
    return Object.fromEntries(
      texts.map(([name, spec]) => [name, gumbelNoise(stream, [count, ...partShape(spec)]) as tf.Tensor3D]),
    );
  }

  /** Every modality with parts and mask: filler zeros where there are none. */
  private check({parts, present}: PartialBatch): {parts: Parts; present: Masks; count: number} {
    const names = Object.keys(this.config.modalities);
    for (const name of Object.keys({...parts, ...present}))
      if (!names.includes(name)) throw unknownChoice('modality', name, names);
    const count = Object.values(parts).find(part => part !== undefined)?.shape[0];
    if (!count) throw new UserError(`Expected at least one of the modalities ${names.join(', ')}, got none.`);
    const masks = mapRecord(this.config.modalities, (spec, name) => {
      const part = parts[name];
      if (part) assertShape(name, part.shape, [count, ...partShape(spec)]);
      const mask = part ? present?.[name] : tf.zeros<tf.Rank.R1>([count]);
      if (mask) assertShape(`present.${name}`, mask.shape, [count]);
      return mask ?? tf.ones<tf.Rank.R1>([count]);
    });
    const observed = tf.addN(Object.values(masks)).dataSync();
    const blank = observed.indexOf(0);
    if (blank >= 0) throw new UserError(`Expected every example to show a modality, got none in row ${blank}.`);
    return {
      count,
      present: masks,
      parts: mapRecord(this.config.modalities, (spec, name) => parts[name] ?? tf.zeros([count, ...partShape(spec)])),
    };
  }
}

function rows(x: tf.Tensor, begin: number, size: number): tf.Tensor {
  return x.slice(begin, size);
}

/** Runs `work` on a chunk of rows at a time; what it does not return is freed before the next. */
function inChunks<T extends tf.TensorContainer>(count: number, work: (begin: number, size: number) => T): T[] {
  const chunks: T[] = [];
  for (let begin = 0; begin < count; begin += chunkSize) {
    chunks.push(tf.tidy(() => work(begin, Math.min(chunkSize, count - begin))));
  }
  return chunks;
}
