import type {ModeProblem, ModeSettingName} from '../../src/tasks/mode-collapse';

/** What one run of the mode benchmark came to. */
export interface ModeRow {
  readonly problem: ModeProblem;
  readonly setting: ModeSettingName;
  readonly seed: number;
  /** Steps of D and G together. */
  readonly updates: number;
  readonly modes: number;
  readonly highQuality: number;
  readonly divergence: number;
  /** Points of high quality of each mode. */
  readonly counts: readonly number[];
  /** Of this process, for training and counting. */
  readonly cpuSeconds: number;
  readonly backend: string;
}
