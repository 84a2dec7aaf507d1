/** What the steps of G and D work on, batch after batch. */
import type {ModelConfig, TrainConfig} from '../core/config';
import {type RandomState, RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type Example, type Modalities, partShape} from '../core/types';
import {presenceOf, stackParts} from '../features/stack-parts';
import {annealedTemperature, gumbelNoise} from '../networks/layers/gumbel-softmax';
import {drawShifts, shiftLimits} from './augment';
import type {CodeTable} from './code-table';
import {
  ExampleStream,
  type ExampleStreamState,
  type PartEncoder,
  prepareNext,
  type TrainingData,
} from './example-stream';
import {drawnByDirections} from './pairs';
import {drawSubsets} from './random-subsets';
import {type AdversarialBatch, type GeneratorBatch, movable, type SeenCodes, type ShiftsByModality} from './steps';

/** Where each stream of chance stands. */
export interface BatchSourceState {
  readonly examples: ExampleStreamState;
  readonly subsets: RandomState;
  readonly styles: RandomState;
  readonly shifts: RandomState;
  /** Of drawn words; only where the config has `wordSampling`. */
  readonly words?: RandomState;
}

/** Draws what the steps work on. Each use of chance has its own stream. */
export class BatchSource {
  private readonly examples: ExampleStream;
  private subsets: RandomStream;
  private styles: RandomStream;
  private shifts: RandomStream;
  private words: RandomStream;

  constructor(
    private readonly data: TrainingData,
    private readonly features: PartEncoder,
    private readonly codes: CodeTable,
    private readonly model: ModelConfig,
    private readonly train: TrainConfig,
    purpose: string,
  ) {
    this.examples = new ExampleStream(drawnByDirections(data), new RandomStream(train.seed, `${purpose}/examples`));
    this.subsets = new RandomStream(train.seed, `${purpose}/subsets`);
    this.styles = new RandomStream(train.seed, `${purpose}/styles`);
    this.shifts = new RandomStream(train.seed, `${purpose}/shifts`);
    this.words = new RandomStream(train.seed, `${purpose}/words`);
  }

  get modalities(): Modalities {
    return this.data.modalities;
  }

  saveState(): BatchSourceState {
    return {
      examples: this.examples.saveState(),
      subsets: this.subsets.saveState(),
      styles: this.styles.saveState(),
      shifts: this.shifts.saveState(),
      ...(this.train.wordSampling ? {words: this.words.saveState()} : {}),
    };
  }

  /** Goes on from there: the same batches follow. */
  restore({examples, subsets, styles, shifts, words}: BatchSourceState): void {
    this.examples.restore(examples);
    this.subsets = RandomStream.fromState(subsets);
    this.styles = RandomStream.fromState(styles);
    this.shifts = RandomStream.fromState(shifts);
    if (words) this.words = RandomStream.fromState(words);
  }

  /** To be awaited before `next`, where parts are read from files. */
  async prepare(): Promise<void> {
    await prepareNext(this.features, this.examples, this.train.batchSize);
  }

  /** A whole batch for D; the caller's tidy owns its tensors. @param done share of the steps behind us, for what changes with it. */
  next(done = 0): AdversarialBatch {
    const chosen = this.examples.next(this.train.batchSize);
    const present = presenceOf(chosen, this.data.modalities);
    return {
      parts: stackParts(chosen, this.data.modalities, (name, part) => this.features.encode(name, part)),
      present: mapRecord(present, mask => tf.tensor1d(mask)),
      seen: this.see(chosen),
      styles: this.drawStyles(),
      realShifts: this.drawShifts(),
      fakeShifts: this.drawShifts(),
      ...this.drawWords(done),
    };
  }

  /** New content and style, for G alone. */
  nextForGenerator(done = 0): GeneratorBatch {
    return {
      seen: this.see(this.examples.next(this.train.batchSize)),
      styles: this.drawStyles(),
      fakeShifts: this.drawShifts(),
      ...this.drawWords(done),
    };
  }

  private see(chosen: readonly Example[]): SeenCodes {
    const shown = drawSubsets(this.subsets, presenceOf(chosen, this.data.modalities), this.train.fullSubsetWeight);
    return {codes: this.codes.stack(chosen), subset: mapRecord(shown, mask => tf.tensor1d(mask))};
  }

  private drawStyles(): Record<string, tf.Tensor2D> {
    const {batchSize} = this.train;
    const {styleDim} = this.model;
    return mapRecord(this.data.modalities, () =>
      tf.tensor2d(this.styles.normals(batchSize * styleDim), [batchSize, styleDim]),
    );
  }

  private drawWords(done: number): Pick<GeneratorBatch, 'sampling'> {
    const {wordSampling, batchSize} = this.train;
    const texts = Object.entries(this.data.modalities).filter(([, {kind}]) => kind === 'text');
    if (!wordSampling || texts.length === 0) return {};
    const {start, end, hard} = wordSampling;
    const temperature = tf.scalar(annealedTemperature(done, start, end));
    const sampling = texts.map(([name, spec]) => {
      const gumbel = gumbelNoise(this.words, [batchSize, ...partShape(spec)]) as tf.Tensor3D;
      return [name, {gumbel, temperature, hard}];
    });
    return {sampling: Object.fromEntries(sampling)};
  }

  private drawShifts(): ShiftsByModality {
    return Object.fromEntries(
      movable(this.data.modalities).map(name => {
        const spec = this.data.modalities[name]!;
        const [height, width] = partShape(spec) as [number, number];
        return [name, drawShifts(this.shifts, this.train.batchSize, height, width, shiftLimits(spec)!)];
      }),
    );
  }
}
