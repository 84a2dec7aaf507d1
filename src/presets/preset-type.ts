/** What a preset is: a classic system as it was published, and as it works, with the numbers that tell them apart. */
import {UserError, unknownChoice} from '../core/checks';
import type {Picture} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import type {Parameters} from '../networks/parameters';

/** 'asPublished' keeps the errors of the published sketch. */
export type PresetVariant = 'asPublished' | 'corrected';

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Means over the epoch's steps. */
  readonly losses: Readonly<Record<string, number>>;
}

export interface PresetOptions {
  readonly variant: PresetVariant;
  /** Pictures with captions. */
  readonly dataset: Dataset;
  readonly seed: number;
  /** The preset's own unless told. */
  readonly epochs?: number;
  /** One of the preset's `losses`, in the corrected form; the first unless told. */
  readonly loss?: string;
  readonly onEpoch?: (record: EpochRecord, epochs: number) => void;
  /** Aborting ends the training after the present turn of the game. */
  readonly signal?: AbortSignal;
}

/** One number that was measured after training, with what it says. */
export interface Finding {
  readonly name: string;
  readonly value: number;
  /** Range or unit, and which value is good. */
  readonly meaning: string;
}

/** Lines over a common axis, for a figure. */
export interface PresetCurves {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly logY?: boolean;
  /** Points instead of lines. */
  readonly points?: boolean;
  /** Bars instead of lines, side by side in each of these groups; x is the group's place, from 0. */
  readonly groups?: readonly string[];
  readonly lines: readonly {readonly name: string; readonly x: readonly number[]; readonly y: readonly number[]}[];
}

export interface PresetRun {
  readonly preset: string;
  readonly variant: PresetVariant;
  readonly seed: number;
  /** Where the preset has a choice, and the form is the corrected one. */
  readonly loss?: string;
  readonly history: readonly EpochRecord[];
  readonly findings: readonly Finding[];
  readonly curves: readonly PresetCurves[];
  /** What G draws at the end, where it draws pictures. */
  readonly pictures?: readonly Picture[];
  /** What G says at the end, where it says something. */
  readonly texts?: readonly string[];
  /** The players' variables, to be saved, and disposed by the caller. */
  readonly players: Readonly<Record<string, Parameters>>;
  readonly interrupted: boolean;
  /** What was recorded of each player's step, in words: `explain()` of a compiled step. */
  readonly steps?: Readonly<Record<string, string>>;
}

export interface Preset {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** What was wrong as published, one sentence each. */
  readonly errors: readonly string[];
  /** What the corrected form may be trained by; not given where there is no choice. */
  readonly losses?: readonly string[];
  train(options: PresetOptions): Promise<PresetRun>;
}

/** @throws UserError for a loss that the preset does not have; the published form has its own. */
export function assertLossFits({name, losses}: Preset, {variant, loss}: Pick<PresetOptions, 'variant' | 'loss'>): void {
  if (loss === undefined) return;
  if (!losses || variant === 'asPublished')
    throw new UserError(
      `Expected no loss for ${name}${losses ? ' as published' : ''}, which has its own, got "${loss}".`,
    );
  if (!losses.includes(loss)) throw unknownChoice(`loss of ${name}`, loss, losses);
}

/** The value of one finding. */
export function finding(run: PresetRun, name: string): number {
  const found = run.findings.find(each => each.name === name);
  if (!found) throw new Error(`Expected a finding "${name}", got ${run.findings.map(each => each.name).join(', ')}.`);
  return found.value;
}
