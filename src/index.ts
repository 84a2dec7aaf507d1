/** The public API, room by room, in the order of the data flow. */
import './notebook/bare-figures';

export {
  type CompiledStep,
  type CompileOptions,
  compileStep,
  Program,
  type Refusal,
  type RefusalReason,
} from './backend/compile';
export {NotFiniteError, watchForNaN} from './backend/debug-nan';
export {inLayer, type LayerWatcher, nameTensor, watchLayers} from './backend/layer-names';
export {type BackendInfo, type BackendName, backendInfo, selectBackend} from './backend/select';
export {RandomCounter, type RandomCounterState} from './backend/stateless-random';
export {UserError} from './core/checks';
export {type ModelConfig, modelConfig, type TrainConfig, trainConfig} from './core/config';
export {interruptSignal} from './core/interruption';
export {headKinds, type NetworkChoice, type PlayerNetworks, trunkKinds} from './core/network-names';
export {RandomStream} from './core/random';
export {type NamedVariables, tf} from './core/tensorflow';
export {
  type AudioModality,
  type Batch,
  type Example,
  type ImageModality,
  type Modalities,
  type ModalitySpec,
  numFrames,
  type Part,
  type Picture,
  partShape,
  type Sound,
  type SplitName,
  type TextModality,
} from './core/types';

export type {Dataset} from './datasets/dataset';
export {type DatasetDescription, describeDataset} from './datasets/describe';
export {loadDigits} from './datasets/digits';
export {type FolderDataset, type FolderOptions, openFolder} from './datasets/folder/folder';
export {ExampleLoader, type LoaderOptions, type LoaderState} from './datasets/folder/loader';
export {drawPoints, type GaussianModes} from './datasets/gaussian-mixtures';
export {completeOnly, type MissingRates, withMissing} from './datasets/missing';
export {stratifiedSubset} from './datasets/pairing';
export {resample} from './datasets/resample';
export {loadShapes, type ShapesDataset, type ShapesOptions} from './datasets/shapes';
export {type Combination, combinations, isHeldOut} from './datasets/shapes/combinations';
export type {TokenKind} from './datasets/tokens';
export {formatWav, parseWav, readWav} from './datasets/wav';
export {agreement, chanceAgreement, classFrequencies, classSpread} from './evaluation/classes';
export {adjustedRandIndex, clusteringAccuracy, normalizedMutualInformation} from './evaluation/clustering';
export {jointCoherence} from './evaluation/coherence';
export {type ComparedRun, type Comparison, compareRuns} from './evaluation/compare';
export {comparisonTable} from './evaluation/comparison-text';
export {confusionMatrix} from './evaluation/confusion';
export {diversityWithinClasses} from './evaluation/diversity';
export {type EvaluateOptions, evaluateModel, type GenerativeModel} from './evaluation/evaluate';
export {evaluateSamples, type SampleEvaluation} from './evaluation/evaluate-samples';
export {type Extrapolation, extrapolated} from './evaluation/extrapolation';
export {
  extractFeatures,
  type FeatureExtractor,
  type Features,
  oracleFeatures,
  rawFeatures,
  scoreName,
} from './evaluation/feature-extractors';
export {storedFeatures} from './evaluation/feature-store';
export {frechetDistance, frechetDistanceOfMoments} from './evaluation/frechet';
export {ganTest, ganTrain} from './evaluation/gan-train-test';
export {mse, type PictureLike, ssim} from './evaluation/image-similarity';
export {inceptionScore} from './evaluation/inception-score';
export {bootstrapInterval, type Interval, seedInterval, wilsonInterval} from './evaluation/intervals';
export {intraClassFrechet} from './evaluation/intra-class-frechet';
export {kernelDistance} from './evaluation/kernel-distance';
export {fitLinearClassifier, linearProbe} from './evaluation/linear-probe';
export type {MatrixLike} from './evaluation/matrix';
export {dataCopying, memorization} from './evaluation/memorization';
export type {EvaluationMetrics} from './evaluation/metrics-record';
export {gridCentres, modeCoverage, ringCentres} from './evaluation/mode-coverage';
export {type ModelFeaturesOptions, modelFeatures} from './evaluation/model-features';
export {type Moments, StreamingMoments} from './evaluation/moments';
export {nearestNeighbourAccuracy} from './evaluation/nearest-neighbour-accuracy';
export {precisionRecallDensityCoverage} from './evaluation/nearest-neighbours';
export {disposeOracles, judge, loadOracles, type Oracle, type Oracles} from './evaluation/oracles';
export {type PairedComparison, pairedComparison, pairedSetComparison} from './evaluation/paired-comparison';
export {neighbourMap, type PlaneProjection, principalComponents} from './evaluation/projections';
export {buildReport, type EvaluationFacts, type RunFacts, type RunReport, scoreTable} from './evaluation/report';
export {retrieval} from './evaluation/retrieval';
export {auroc, averagePrecision, type RocCurve, rocCurve} from './evaluation/roc';
export type {SampledParts, SampleSet} from './evaluation/sample-set';
export {neighbourDifferences, sharpnessRatio} from './evaluation/sharpness';
export {slicedWasserstein} from './evaluation/sliced-wasserstein';
export {conditionalCoherence, jointCoherenceOfSubsets} from './evaluation/subset-coherence';
export {TfIdf, type TfIdfOptions} from './features/bag-of-words';
export {decodeParts, FeatureCache, toBatch} from './features/batch';
export {buildCodec, type Codec} from './features/codec';
export {type GriffinLimOptions, griffinLim, spectralConvergence} from './features/griffin-lim';
export {dbToPower, LogMel, type LogMelOptions, powerToDb} from './features/log-mel';
export {
  fromMel,
  hzToMel,
  type MelFilter,
  type MelOptions,
  type MelScale,
  melFilters,
  melToHz,
  toMel,
} from './features/mel';
export {Mfcc, type MfccOptions} from './features/mfcc';
export {type NetworkEmbedding, networkEmbedding} from './features/network-embedding';
export {partEncoderFor} from './features/part-encoder';
export {type Spectrum, Stft, type StftOptions} from './features/stft';
export {buildVocabulary, tokenize} from './features/text';
export {
  learnWordEmbeddings,
  type Neighbour,
  type WordEmbeddingOptions,
  WordEmbeddings,
} from './features/word-embeddings';
export {
  buildFusion,
  type Embeddings,
  type Fusion,
  type FusionInput,
  type FusionMethod,
  type FusionName,
  fusionChoices,
  fusionMethods,
  fusionNames,
  fusions,
} from './fusion/fusion';
export {
  hingeDiscriminatorLoss,
  hingeGeneratorLoss,
  leastSquaresDiscriminatorLoss,
  leastSquaresGeneratorLoss,
  minimaxDiscriminatorLoss,
  minimaxGeneratorLoss,
  nonSaturatingDiscriminatorLoss,
  nonSaturatingGeneratorLoss,
  type SmoothedScoreOptions,
  wassersteinDiscriminatorLoss,
  wassersteinGeneratorLoss,
} from './losses/adversarial';
export {acganDiscriminatorLoss, acganGeneratorLoss} from './losses/auxiliary-classifier';
export {checkLoss} from './losses/check-loss';
export {codeMatchingLoss, latentRegressionLoss} from './losses/codes';
export {contrastiveLoss, type PairPresence} from './losses/contrastive';
export {type CrossEntropyOptions, crossEntropyLoss, sigmoidCrossEntropyLoss} from './losses/cross-entropy';
export {crossModalCycleLoss, cycleLoss} from './losses/cycle';
export {
  featureMatchingLoss,
  type LayersByModality,
  multimodalFeatureMatchingLoss,
} from './losses/feature-matching';
export {infoGanCategoricalLoss, infoGanContinuousLoss, styleInformationLoss} from './losses/information';
export {draganNoise, draganPenalty, wganGpPenalty} from './losses/lipschitz-penalties';
export type {
  AnyLoss,
  CheckLossOptions,
  LossArgument,
  LossCheck,
  LossReport,
  LossRole,
  MasksByRows,
} from './losses/loss-contract';
export {maskedMean} from './losses/masked-mean';
export {matchingAwareDiscriminatorLoss, mismatchDiscriminatorLoss, mismatchRows} from './losses/matching';
export {meanSquaredErrorLoss} from './losses/mean-squared-error';
export {
  type AdversarialLossName,
  type AdversarialPair,
  adversarialLossNames,
  adversarialPair,
  assertLossPair,
  type LossChoice,
  type LossPair,
} from './losses/pairs';
export {r1Penalty, r2Penalty} from './losses/penalties';
export {projectionLogits} from './losses/projection';
export {relativisticDiscriminatorLoss, relativisticGeneratorLoss} from './losses/relativistic';
export type {DiscriminatorLoss, GeneratorLoss, ScoreOptions} from './losses/scores';
export {
  realnessLogits,
  type SemiSupervisedLogits,
  semiSupervisedDiscriminatorLoss,
  semiSupervisedGeneratorLoss,
} from './losses/semi-supervised';
export type {InputMasks, ScoreFunction} from './losses/slopes';
export {clipWeights} from './losses/weight-clipping';
export {MultimodalGan, type PartialBatch, type Scores} from './model/multimodal-gan';
export {CrossModalEncoder, Discriminator, Generator, type Masks, type Parts} from './model/players';
export {fitGaussianMixture, type GaussianMixture, sampleMixture} from './model/prior';
export {loadModel, saveModel} from './model/serialization';
export {readSafetensors, writeSafetensors} from './model/weights';
export {type CheckResult, checkNetwork, type NetworkReport} from './networks/check/check-network';
export type {
  NetworkContext,
  NetworkDefinition,
  NetworkFunction,
  NetworkOutput,
} from './networks/check/network-type';
export {
  discriminatorDefinition,
  encoderDefinition,
  headDefinition,
  trunkDefinition,
} from './networks/check/parts';
export {buildCrossModalMixer, type CrossModalMixer} from './networks/cross-modal';
export {
  buildGeneratorHead,
  type GeneratorHead,
  type HeadBuilder,
  registerHead,
  type WordSampling,
} from './networks/generator-head';
export {leakyRelu} from './networks/layers/activations';
export {attend} from './networks/layers/attention';
export {batchNorm} from './networks/layers/batch-norm';
export {conditionalBatchNorm, type NormMode} from './networks/layers/conditional-batch-norm';
export {convolution, transposedConvolution} from './networks/layers/convolution';
export {crossModalAttention} from './networks/layers/cross-modal-attention';
export {dense} from './networks/layers/dense';
export {instanceNorm, layerNorm} from './networks/layers/example-norm';
export {gruCell} from './networks/layers/gru';
export {
  annealedTemperature,
  gumbelNoise,
  gumbelSoftmax,
  straightThrough,
  toGumbel,
} from './networks/layers/gumbel-softmax';
export {lstmCell} from './networks/layers/lstm';
export {minibatchStddev} from './networks/layers/minibatch-stddev';
export {projectionHead} from './networks/layers/projection-head';
export {averageHalf, depthToSpace, nearestUpsample} from './networks/layers/resampling';
export {residualDense, residualDown, residualUp} from './networks/layers/residual-block';
export {selfAttention} from './networks/layers/self-attention';
export {spectralNorm} from './networks/layers/spectral-norm';
export {unitLength} from './networks/layers/unit-length';
export {Parameters} from './networks/parameters';
export {
  type PointDiscriminatorOptions,
  type PointNetworkOptions,
  pointDiscriminator,
  pointGenerator,
} from './networks/point-networks';
export {type LayerSummary, type NetworkSummary, summarise, summaryText} from './networks/summary';
export {buildTrunk, registerTrunk, type Trunk, type TrunkBuilder} from './networks/trunk';
export {watched} from './networks/watch';
export {listen} from './notebook/listen';
export {type Profile, profile} from './notebook/profile';
export {type ProgressBar, progress} from './notebook/progress';
export {displayable, type LiveFigure, liveFigure, show} from './notebook/show';
export {table} from './notebook/table';
export {groupedBars, type Score, scoreBars} from './plots/bars';
export {codeMap, type MappedCode} from './plots/code-map';
export {type Curve, curves, type LossRecord, lossCurves} from './plots/curves';
export type {Figure, Point} from './plots/figure';
export {type GridRow, imageGrid} from './plots/image-grid';
export {type NamedScores, scoreIntervals} from './plots/intervals';
export {matrix} from './plots/matrix';
export {type PointPanel, pointPanels} from './plots/point-panels';
export {type Cloud, latentMap, pointClouds} from './plots/points';
export {renderFigure, renderSvg} from './plots/render';
export {reportExamples} from './plots/report/examples';
export {reportHtml, writeHtmlReport} from './plots/report/report-html';
export {type NamedRoc, rocCurves} from './plots/roc';
export {sampleGrid} from './plots/sample-grid';
export {type NamedSpectrogram, spectrograms} from './plots/spectrogram';
export {classColours, colours, modalityColours} from './plots/theme';
export {imageGridPng, pictureTile, spectrogramTile, type Tile, tilePng} from './plots/tiles';
export {type CrossModalEncoderOptions, trainCrossModalEncoder} from './presets/cross-modal-encoder/cross-modal-encoder';
export {type DcganOptions, trainDcgan} from './presets/dcgan/dcgan';
export {type DeepStackOptions, trainDeepStack} from './presets/deep-stack/deep-stack';
export {denseStack, gradientNorms} from './presets/deep-stack/stack';
export {type EmbeddingOptions, trainEmbedding} from './presets/embedding/embedding';
export {changesDuring, loadEmbeddingPlayers} from './presets/embedding/players';
export {type PerceptronGame, type PerceptronGameOptions, playPerceptrons} from './presets/perceptron/game';
export {gameValue} from './presets/perceptron/printed-losses';
export {toyPoints} from './presets/perceptron/toy-points';
export {type Finding, finding, type Preset, type PresetOptions, type PresetRun} from './presets/preset-type';
export {presetNames, presetOf} from './presets/presets';
export {
  type ModeProblem,
  type ModeRun,
  type ModeSetting,
  type ModeSettingName,
  modeProblems,
  modeSettings,
  runModes,
} from './tasks/mode-collapse';
export {
  defaultSemiSupervisedConfig,
  type SemiSupervisedConfig,
  type SemiSupervisedData,
  type SemiSupervisedOptions,
  type SemiSupervisedResult,
  trainSemiSupervised,
} from './tasks/semi-supervised';
export {chooseLabelled} from './tasks/semi-supervised/batches';
export {drawShifts, type Shifts, shift, shiftLimits} from './training/augment';
export {type Checkpoint, type DataOrigin, readCheckpoint} from './training/checkpoint';
export {
  type ColourAmounts,
  changeBrightness,
  changeColour,
  changeContrast,
  changeSaturation,
  drawColour,
} from './training/colour';
export {cutout, drawHoles, type Holes} from './training/cutout';
export {type AugmentationAmounts, type AugmentationName, augment, drawAugmentation} from './training/diff-augment';
export {type Augmentation, diffAugment} from './training/drawn-augmentation';
export {ExponentialMovingAverage} from './training/ema';
export {trainEncoder} from './training/encoder-phase';
export {type FlagshipOptions, type FlagshipResult, resumeFlagship, trainFlagship} from './training/flagship';
export type {GanGame, GanPlayers, SlopeBound} from './training/gan-steps';
export {type GanReport, type GanTraining, type GanTrainingOptions, trainGan} from './training/gan-trainer';
export {clipByGlobalNorm, type Gradients} from './training/gradient-clipping';
export {addInstanceNoise} from './training/instance-noise';
export {Adam, type AdamOptions} from './training/optimizers/adam';
export {AdamW, type AdamWOptions} from './training/optimizers/adam-w';
export type {Optimizer, OptimizerState} from './training/optimizers/optimizer';
export {RmsProp, type RmsPropOptions} from './training/optimizers/rms-prop';
export {Sgd, type SgdOptions} from './training/optimizers/sgd';
export {packPresent, packRows} from './training/packing';
export {type History, type Phase, type Progress, TrainingReporter} from './training/progress';
export {
  cosineBetween,
  exponentialBetween,
  linearBetween,
  linearFall,
  oneCycle,
  stepwise,
  warmUp,
} from './training/schedules';
