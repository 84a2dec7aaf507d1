/** The three players, assembled from the parts for each modality. */
import type {ModelConfig} from '../core/config';
import type {FusionName} from '../core/fusion-names';
import {networksOf} from '../core/network-names';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type Modalities, partShape} from '../core/types';
import {buildFusion, type Embeddings, type Fusion} from '../fusion/fusion';
import {buildCrossModalMixer, type CrossModalMixer} from '../networks/cross-modal';
import {agreement, buildDiscriminatorTrunk, type DiscriminatorTrunk} from '../networks/discriminator-trunk';
import {buildEncoder, type Encoder, type EncoderTraining} from '../networks/encoder';
import {buildGeneratorHead, type GeneratorHead, type WordSampling} from '../networks/generator-head';
import type {NormMode} from '../networks/layers/conditional-batch-norm';
import {type Projection, projectionHead} from '../networks/layers/projection-head';
import {Parameters} from '../networks/parameters';
import {type NetworkSummary, summarise} from '../networks/summary';

/** One tensor a modality, in the modality's units; N rows each. */
export type Parts = Record<string, tf.Tensor>;
export type Masks = Readonly<Record<string, tf.Tensor1D>>;

/** E: one encoder a modality into a shared content space, and a fusion that respects the masks. */
export class CrossModalEncoder {
  readonly parameters: Parameters;
  readonly encoders: Readonly<Record<string, Encoder>>;
  readonly fusion: Fusion;
  private readonly modalities: Modalities;

  constructor(config: ModelConfig, seed: number) {
    this.modalities = config.modalities;
    this.parameters = new Parameters(new RandomStream(seed, 'encoder/weights'));
    const options = {
      embeddingDim: config.contentDim,
      channels: config.encoderChannels,
      hiddenUnits: config.encoderHiddenUnits,
    };
    this.encoders = mapRecord(config.modalities, (spec, name) =>
      buildEncoder(this.parameters, `encoder/${name}`, spec, {
        ...options,
        network: networksOf(spec.kind, config.networks[name]).encoder,
      }),
    );
    const modalities = Object.keys(config.modalities);
    this.fusion = buildFusion(config.fusion, this.parameters, 'encoder/fusion', {
      modalities,
      embeddingDim: config.contentDim,
    });
  }

  /** Its layers; every modality is read, and all are fused. */
  summary(): NetworkSummary {
    return summarise('encoder', this.parameters, count => {
      const parts = blankParts(this.modalities, count);
      const present = mapRecord(this.modalities, () => tf.ones<tf.Rank.R1>([count]));
      return this.fuse(
        mapRecord(parts, (part, name) => this.code(name, part)),
        present,
      );
    });
  }

  /** The code of one modality's parts: unit length, [N, D]. */
  code(name: string, part: tf.Tensor, training?: EncoderTraining): tf.Tensor2D {
    return this.encoders[name]!.apply(part, training);
  }

  /** Whether the fusion has weights of its own to learn. */
  get learnsFusion(): boolean {
    return Object.keys(this.parameters.trainable).some(name => name.startsWith('encoder/fusion/'));
  }

  /** Content from codes of which some are absent: unit length, [N, D]. */
  fuse(codes: Readonly<Record<string, tf.Tensor2D>>, present: Masks): tf.Tensor2D {
    return this.fusion.apply({codes, present});
  }
}

/** G: content and a style for each modality become one example part each. */
export class Generator {
  readonly parameters: Parameters;
  private readonly heads: Readonly<Record<string, GeneratorHead>>;

  constructor(
    private readonly config: ModelConfig,
    seed: number,
  ) {
    this.parameters = new Parameters(new RandomStream(seed, 'generator/weights'));
    const options = {
      inputDim: config.contentDim + config.styleDim,
      channels: config.generatorChannels,
      hiddenUnits: config.generatorHiddenUnits,
    };
    this.heads = mapRecord(config.modalities, (spec, name) =>
      buildGeneratorHead(this.parameters, `generator/${name}`, spec, {
        ...options,
        network: networksOf(spec.kind, config.networks[name]).generator,
      }),
    );
  }

  /** Its layers, in use. */
  summary(): NetworkSummary {
    const {contentDim, styleDim, modalities} = this.config;
    return summarise('generator', this.parameters, count =>
      this.apply(
        tf.zeros<tf.Rank.R2>([count, contentDim]),
        mapRecord(modalities, () => tf.zeros<tf.Rank.R2>([count, styleDim])),
        'stored',
      ),
    );
  }

  /**
   * @param content unit codes [N, D]; @param styles one [N, styleDim] a modality, standard normal.
   * @param sampling how texts choose their words, by modality; as probabilities unless told.
   */
  apply(
    content: tf.Tensor2D,
    styles: Readonly<Record<string, tf.Tensor2D>>,
    mode: NormMode,
    sampling?: Readonly<Record<string, WordSampling | undefined>>,
  ): Parts {
    // Unit codes have entries of about 1/√D; scaled by √D they weigh as much as the style's.
    const scaled = content.mul(Math.sqrt(this.config.contentDim));
    return mapRecord(this.heads, (head, name) =>
      head.apply(tf.concat([scaled, styles[name]!], 1) as tf.Tensor2D, mode, sampling?.[name]),
    );
  }
}

/** What D says of each modality of a batch. */
export interface Judgements {
  /** Logit of being real, [N] a modality. */
  readonly realism: Record<string, tf.Tensor1D>;
  /** v, [N, D] a modality; v·c is the agreement with content c. */
  readonly projection: Record<string, tf.Tensor2D>;
  /** Guess of the style behind a generated part, [N, styleDim] a modality that D reads it from. */
  readonly style: Record<string, tf.Tensor2D>;
  /** The same of the whole example, as its parts are fused; null without a fusion in D. */
  readonly whole: Projection | null;
}

/**
 * D: one trunk a modality, a realism score each, and the agreement with the content. With a fusion it also judges the example as a
 * whole, of whatever parts are present: realism + v·c of √H·fuse(what it saw, present).
 */
export class Discriminator {
  readonly parameters: Parameters;
  private readonly trunks: Readonly<Record<string, DiscriminatorTrunk>>;
  private readonly mix: CrossModalMixer;
  private readonly judgeWhole: ((seen: Embeddings, mode: NormMode, present: Masks) => Projection) | null;
  private readonly modalities: Modalities;

  constructor(config: ModelConfig, seed: number) {
    this.modalities = config.modalities;
    this.parameters = new Parameters(new RandomStream(seed, 'discriminator/weights'));
    const options = {
      contentDim: config.contentDim,
      styleDim: config.styleDim,
      channels: config.discriminatorChannels,
      hiddenUnits: config.discriminatorHiddenUnits,
      groupSize: config.minibatchGroup,
    };
    this.trunks = mapRecord(config.modalities, (spec, name) =>
      buildDiscriminatorTrunk(this.parameters, `discriminator/${name}`, spec, {
        ...options,
        network: networksOf(spec.kind, config.networks[name]).discriminator,
      }),
    );
    const dim = config.discriminatorHiddenUnits;
    this.mix = buildCrossModalMixer(this.parameters, 'discriminator/attention', {
      modalities: Object.keys(config.modalities),
      dim,
      layers: config.discriminatorAttention,
      heads: dim % 4 === 0 ? 4 : 1,
    });
    this.judgeWhole =
      config.discriminatorFusion &&
      wholeJudge(this.parameters, 'discriminator/whole', config.discriminatorFusion, config);
  }

  /** @param mode 'batch' in training, 'stored' in use; @param present masks of real parts, [N] each; all present unless told. */
  judge(parts: Readonly<Parts>, mode: NormMode, present?: Masks): Judgements {
    const seen = this.mix(
      mapRecord(parts, (part, name) => this.trunks[name]!.see(part, mode, present?.[name])),
      present,
    );
    const judgements = mapRecord(seen, (features, name) => this.trunks[name]!.judge(features, mode));
    return {
      realism: mapRecord(judgements, j => j.realism),
      projection: mapRecord(judgements, j => j.projection),
      style: Object.fromEntries(Object.entries(judgements).flatMap(([name, j]) => (j.style ? [[name, j.style]] : []))),
      whole: this.judgeWhole?.(seen, mode, present ?? {}) ?? null,
    };
  }

  /** Its layers, in use. */
  summary(): NetworkSummary {
    return summarise('discriminator', this.parameters, count => {
      const {realism, projection, style, whole} = this.judge(blankParts(this.modalities, count), 'stored');
      return {realism, projection, style, ...(whole ? {whole: {...whole}} : {})};
    });
  }

  /** realism + v·c of the whole, [N]; null without a fusion in D. */
  wholeLogits({whole}: Judgements, content: tf.Tensor2D): tf.Tensor1D | null {
    return whole && (whole.realism.add(agreement(whole.projection, content)) as tf.Tensor1D);
  }

  /** realism + v·c for each modality, [N]. */
  logits(judgements: Judgements, content: tf.Tensor2D): Record<string, tf.Tensor1D> {
    return mapRecord(
      judgements.realism,
      (realism, name) => realism.add(agreement(judgements.projection[name]!, content)) as tf.Tensor1D,
    );
  }
}

/** A fusion and a projection head on it. */
function wholeJudge(parameters: Parameters, path: string, name: FusionName, config: ModelConfig) {
  const dim = config.discriminatorHiddenUnits;
  const modalities = Object.keys(config.modalities);
  const fusion = buildFusion(name, parameters, `${path}/fusion`, {modalities, embeddingDim: dim});
  const head = projectionHead(parameters, path, dim, config.contentDim);
  // A unit vector has entries of about 1/√H; scaled, the head begins as it does on what a trunk saw.
  return (seen: Embeddings, mode: NormMode, present: Masks): Projection =>
    head(fusion.fuse(seen, present).mul(Math.sqrt(dim)) as tf.Tensor2D, mode);
}

function blankParts(modalities: Modalities, count: number): Parts {
  return mapRecord(modalities, spec => tf.zeros([count, ...partShape(spec)]));
}
