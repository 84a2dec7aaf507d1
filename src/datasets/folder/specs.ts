/** Shapes, rates and vocabularies of a folder's modalities, from what its train rows hold and what dataset.json says. */
import type {AudioModality, ImageModality, TextModality} from '../../core/types';
import {type TokenKind, tokenize} from '../tokens';
import type {PictureFacts} from './read-picture';
import type {SoundFacts} from './read-sound';
import type {ColumnSettings} from './settings';

type SettingsOf<K> = Extract<ColumnSettings, {kind: K}>;

/** The most frequent size where its sides are at most 64, else 64×64; in colour if any picture is. */
export function imageSpec(facts: readonly PictureFacts[], settings: SettingsOf<'image'>): ImageModality {
  const [height, width] = mostFrequent(facts.map(({height, width}) => `${height} ${width}`))
    ?.split(' ')
    .map(Number) ?? [64, 64];
  const isSmall = height! <= 64 && width! <= 64;
  const colour = facts.some(({channels}) => channels === 3) ? 3 : 1;
  return {
    kind: 'image',
    height: settings.height ?? (isSmall ? height! : 64),
    width: settings.width ?? (isSmall ? width! : 64),
    channels: settings.channels ?? colour,
  };
}

/**
 * The most frequent rate, at most 16 kHz; long enough for 95 of 100 clips, at most 4 s; windows of 25 ms or a little more; a hop of
 * half a window or less that makes 32 to 64 frames where that can be; 32 mel bands from 60 Hz up to half the rate.
 */
export function audioSpec(facts: readonly SoundFacts[], settings: SettingsOf<'audio'>): AudioModality {
  const common = Number(mostFrequent(facts.map(({sampleRateHz}) => String(sampleRateHz))) ?? 16000);
  const sampleRateHz = settings.sampleRateHz ?? Math.min(16000, common);
  const seconds = facts.map(fact => fact.seconds).sort((a, b) => a - b);
  const most = seconds[Math.ceil(0.95 * seconds.length) - 1] ?? 1;
  const clipSamples = Math.max(1, Math.round((settings.seconds ?? Math.min(4, most)) * sampleRateHz));
  const wantedHop = 2 ** Math.round(Math.log2(clipSamples / 45));
  const leastWindow = 2 ** Math.ceil(Math.log2(0.025 * sampleRateHz));
  const windowLengthSamples =
    settings.windowLengthSamples ?? Math.max(leastWindow, 2 * (settings.hopLengthSamples ?? wantedHop));
  const {channels, referenceDb} = settings;
  return {
    kind: 'audio',
    sampleRateHz,
    clipSamples,
    windowLengthSamples,
    hopLengthSamples: settings.hopLengthSamples ?? Math.max(1, wantedHop),
    numMelBands: settings.numMelBands ?? 32,
    minFrequencyHz: settings.minFrequencyHz ?? 60,
    maxFrequencyHz: settings.maxFrequencyHz ?? sampleRateHz / 2,
    floorDb: settings.floorDb ?? -60,
    ...(channels === undefined || channels === 1 ? {} : {channels}),
    ...(referenceDb === undefined ? {} : {referenceDb}),
  };
}

/** Counts tokens while sentences go by, so that they need not be kept. */
export class VocabularyCount {
  private readonly counts = new Map<string, number>();
  private longest = 0;
  private readonly tokens: TokenKind;

  constructor(private readonly settings: SettingsOf<'text'>) {
    this.tokens = settings.tokens ?? 'words';
  }

  /** @returns how many tokens the sentence has. */
  add(sentence: string): number {
    const tokens = tokenize(sentence, this.tokens);
    this.longest = Math.max(this.longest, tokens.length);
    for (const token of tokens) this.counts.set(token, (this.counts.get(token) ?? 0) + 1);
    return tokens.length;
  }

  /** The most frequent tokens, 2,000 at most unless told; as long as the longest sentence, 32 tokens at most unless told. */
  spec(): TextModality {
    const {maxWords = 2000, maxTokens} = this.settings;
    const order = [...this.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([token]) => token);
    return {
      kind: 'text',
      vocabulary: ['<pad>', '<unk>', ...order.slice(0, maxWords - 2)],
      maxTokens: maxTokens ?? Math.max(1, Math.min(32, this.longest)),
      ...(this.tokens === 'words' ? {} : {tokens: this.tokens}),
    };
  }
}

/** The first of those that occur most often. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, m], [, n]) => n - m)[0]?.[0];
}
