/**
 * Every setting of a model and of its training, with its default, in one place. Overrides from a file are validated: an
 * unknown key or a value of the wrong kind is an error that names it.
 */
import {z} from 'zod';
import {expected, UserError} from './checks';
import {type FusionName, fusionChoices} from './fusion-names';
import {assertNetworksFit, type NetworkChoice} from './network-names';
import type {Modalities} from './types';

/** How the three players are built. Saved beside the weights. */
export interface ModelConfig {
  readonly modalities: Modalities;
  /** D: length of the content code, what the modalities of one example share. */
  readonly contentDim: number;
  /** Length of each modality's style, what they do not share. */
  readonly styleDim: number;
  /** How E joins the codes of the modalities: a method or a level (`fusionChoices`). */
  readonly fusion: FusionName;
  /** How D joins what it saw of each modality into one view of the whole example, which it judges too; null: it has none. */
  readonly discriminatorFusion: FusionName | null;
  /** What the players are made of, by modality: {image: 'dcgan', caption: {generator: 'lstm'}}. Those of the flagship unless told. */
  readonly networks: Readonly<Record<string, NetworkChoice>>;
  /** Layers of cross-modal attention in D, in which what it saw of each modality looks at the others. */
  readonly discriminatorAttention: number;
  readonly encoderChannels: number;
  readonly encoderHiddenUnits: number;
  readonly generatorChannels: number;
  readonly generatorHiddenUnits: number;
  readonly discriminatorChannels: number;
  readonly discriminatorHiddenUnits: number;
  /** Examples that D compares by minibatch standard deviation; divides the batch. */
  readonly minibatchGroup: number;
  /** Gaussians of the prior over content; null: as many as make codes that were held out likelier, 20 to 320 (`chooseComponents`). */
  readonly priorComponents: number | null;
}

export const defaultModelConfig = {
  contentDim: 32,
  styleDim: 32,
  fusion: 'decisionLevel',
  discriminatorFusion: null,
  networks: {},
  discriminatorAttention: 0,
  encoderChannels: 32,
  encoderHiddenUnits: 128,
  generatorChannels: 64,
  generatorHiddenUnits: 128,
  discriminatorChannels: 32,
  discriminatorHiddenUnits: 128,
  minibatchGroup: 8,
  priorComponents: 20,
} as const satisfies Omit<ModelConfig, 'modalities'>;

export interface WordSamplingConfig {
  readonly start: number;
  readonly end: number;
  readonly hard: boolean;
}

/** How the flagship is trained. */
export interface TrainConfig {
  readonly seed: number;
  /** Wall-clock budget of the whole training, E and prior included; ignored where `steps` is given. */
  readonly minutes: number;
  /** Steps of G and D; null lets the time decide. A run with the steps that another run reports repeats it. */
  readonly steps: number | null;
  /** N for G and D; a multiple of the model's minibatchGroup. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** How many times faster the text parts of G and D learn: their gradients are small, for a sentence is a few values. */
  readonly textRateScale: number;
  /** 0.5 rather than 0.9: Radford et al. 2016, section 4 (arXiv:1511.06434). */
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  /**
   * How G passes its words on to D in training: null, as probabilities; else as samples of a Gumbel softmax, whose temperature falls
   * from `start` to `end` by equal factors; `hard` ones are one word each, with the gradient of the soft ones (straight-through), and the
   * trained model draws its words too, from the seed. Soft samples are for training alone: the model then passes on probabilities.
   */
  readonly wordSampling: WordSamplingConfig | null;
  /** Decay of the moving average of G's weights, the ones that are used after training. */
  readonly emaDecay: number;
  /** R1 penalty on real examples; 0 turns it off. */
  readonly r1Gamma: number;
  /** R1 is applied every so many steps, and as many times stronger. */
  readonly r1Interval: number;
  /** Weight of real examples shown with another example's content, as fakes. */
  readonly mismatchWeight: number;
  /** Weight of the style information loss, against examples that all look alike. */
  readonly informationWeight: number;
  /** Weight of the full set of modalities when the observed subset is drawn; each proper subset has weight 1. */
  readonly fullSubsetWeight: number;
  /** The rate falls to this share of itself over the last half of the steps. */
  readonly finalRateShare: number;
  /**
   * Standard deviation of the style when the trained model draws, by kind of modality; in training it is 1. Averaged weights
   * draw a little less variety than there is, and this gives it back.
   */
  readonly styleDeviations: Readonly<Record<'image' | 'text' | 'audio', number>>;
  /** Batches over which G's batch statistics are measured for use. */
  readonly statisticsBatches: number;
  /** Steps of E; null: as many as fit into a fifth of `minutes`, at most 2,500, or 1,000 where `steps` is given. */
  readonly encoderSteps: number | null;
  readonly encoderBatchSize: number;
  readonly encoderLearningRate: number;
  /** Share of E's hidden values dropped in training. */
  readonly encoderDropout: number;
  /** Inverse temperature of the contrastive loss. */
  readonly contrastiveScale: number;
  /** Whether the native engine records each step once and then runs it as one graph; false runs it op by op. */
  readonly compile: boolean;
}

export const defaultTrainConfig: TrainConfig = {
  seed: 1,
  minutes: 4,
  steps: null,
  batchSize: 64,
  learningRate: 5e-4,
  textRateScale: 4,
  adamBeta1: 0.5,
  adamBeta2: 0.99,
  wordSampling: null,
  emaDecay: 0.999,
  r1Gamma: 0.1,
  r1Interval: 8,
  mismatchWeight: 0.5,
  informationWeight: 3,
  fullSubsetWeight: 4,
  finalRateShare: 0.02,
  // Chosen on the validation split of the digits: there the Fréchet distance is least near them, and within a class
  // pictures spread .89 and sounds .90 of real instead of .78 and .68.
  styleDeviations: {image: 1.2, text: 1, audio: 1.5},
  statisticsBatches: 20,
  encoderSteps: null,
  encoderBatchSize: 128,
  encoderLearningRate: 2e-3,
  encoderDropout: 0.3,
  contrastiveScale: 10,
  compile: true,
};

const count = z.number().int().positive();
const share = z.number().min(0).max(1);
/** Of a moving average: 1 would never move. */
const decay = z.number().min(0).lt(1);
/** One example alone has nothing to be told apart from. */
const batch = z.number().int().min(2);

const modalitySchema = z.discriminatedUnion('kind', [
  z.strictObject({kind: z.literal('image'), height: count, width: count, channels: count}),
  z.strictObject({
    kind: z.literal('text'),
    vocabulary: z.array(z.string()).min(1),
    maxTokens: count,
    tokens: z.enum(['words', 'characters']).optional(),
  }),
  z.strictObject({
    kind: z.literal('audio'),
    sampleRateHz: count,
    clipSamples: count,
    windowLengthSamples: count,
    hopLengthSamples: count,
    numMelBands: count,
    minFrequencyHz: z.number().min(0),
    maxFrequencyHz: z.number().positive(),
    floorDb: z.number().negative(),
    channels: count.optional(),
    referenceDb: z.number().optional(),
  }),
]);

/** Which names there are, and for what, is checked with a better message by assertNetworksFit. */
const networkChoice = z.custom<NetworkChoice>(
  value =>
    typeof value === 'string' ||
    z
      .strictObject({
        encoder: z.string().optional(),
        generator: z.string().optional(),
        discriminator: z.string().optional(),
      })
      .safeParse(value).success,
  'expected the name of a network, or an object with names for encoder, generator or discriminator',
);

const modelSchema = z.strictObject({
  modalities: z.record(z.string().min(1), modalitySchema),
  contentDim: count,
  styleDim: count,
  fusion: z.enum(fusionChoices),
  // With defaults: models that were saved before there was a choice can be read.
  discriminatorFusion: z.enum(fusionChoices).nullable().default(null),
  networks: z.record(z.string().min(1), networkChoice).default({}),
  discriminatorAttention: z.number().int().min(0).default(0),
  encoderChannels: count,
  encoderHiddenUnits: count,
  generatorChannels: count,
  generatorHiddenUnits: count,
  discriminatorChannels: count,
  discriminatorHiddenUnits: count,
  minibatchGroup: count,
  priorComponents: count.nullable(),
});

const trainSchema = z.strictObject({
  seed: z.number().int(),
  minutes: z.number().positive(),
  steps: count.nullable(),
  batchSize: batch,
  learningRate: z.number().positive(),
  textRateScale: z.number().positive(),
  adamBeta1: decay,
  adamBeta2: decay,
  // With a default: runs that were saved before there was a choice go on as they were.
  wordSampling: z
    .strictObject({start: z.number().positive(), end: z.number().positive(), hard: z.boolean()})
    .nullable()
    .default(null),
  emaDecay: decay,
  r1Gamma: z.number().min(0),
  r1Interval: count,
  mismatchWeight: z.number().min(0),
  informationWeight: z.number().min(0),
  fullSubsetWeight: z.number().min(0),
  finalRateShare: share,
  styleDeviations: z.strictObject({image: z.number().min(0), text: z.number().min(0), audio: z.number().min(0)}),
  statisticsBatches: count,
  encoderSteps: count.nullable(),
  encoderBatchSize: batch,
  encoderLearningRate: z.number().positive(),
  encoderDropout: z.number().min(0).lt(1),
  contrastiveScale: z.number().positive(),
  compile: z.boolean(),
});

/** The defaults with overrides. @throws UserError that names the key: 'Wrong minibatchGroup in model config: …'. */
export function modelConfig(
  modalities: Modalities,
  overrides: Partial<Omit<ModelConfig, 'modalities'>> = {},
): ModelConfig {
  if ('modalities' in overrides) throw new UserError('Unknown key "modalities" in model config: the data decide them.');
  return checkModel('model config', {...defaultModelConfig, ...overrides, modalities});
}

/** The defaults with overrides. @throws UserError that names the key: 'Unknown key "batchsize" in train config.' */
export function trainConfig(overrides: Partial<TrainConfig> = {}): TrainConfig {
  return check('train config', trainSchema, {...defaultTrainConfig, ...overrides});
}

/** What the two configs must agree on. @throws UserError when a batch is not whole groups of D's minibatch deviation. */
export function assertConfigsFit(
  {batchSize}: TrainConfig,
  {minibatchGroup}: Pick<ModelConfig, 'minibatchGroup'>,
): void {
  if (batchSize % minibatchGroup !== 0)
    throw expected('batchSize', `a multiple of the model's minibatchGroup, ${minibatchGroup}`, batchSize);
}

/** A whole model config from JSON, as `config.json` holds it. */
export function parseModelConfig(json: unknown, where: string): ModelConfig {
  return checkModel(where, json);
}

function checkModel(where: string, value: unknown): ModelConfig {
  const config = check(where, modelSchema, value);
  assertNetworksFit(config.modalities, config.networks);
  return config;
}

function check<T>(where: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    throw new UserError(`Unknown key "${[...issue.path, issue.keys[0]!].join('.')}" in ${where}.`);
  }
  const got = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step as string],
    value,
  );
  throw new UserError(`Wrong ${key || 'value'} in ${where}: ${issue.message}; got ${JSON.stringify(got)}.`);
}
