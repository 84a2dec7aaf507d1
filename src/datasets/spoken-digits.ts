/** Spoken digits as WAV files named `{digit}_{voice}_{index}.wav`, the layout of the Free Spoken Digit Dataset. */
import {join} from 'node:path';

import {badInput} from '../core/checks';
import type {Sound, SplitName} from '../core/types';
import {isFolder, listFolder} from './files';
import {parseWav, readWav} from './wav';

export interface SpokenDigit {
  readonly sound: Sound;
  readonly label: number;
  readonly voice: string;
  /** File name without its ending, such as '7_jackson_12'. */
  readonly id: string;
}

export type SpeechPool = Readonly<Record<SplitName, readonly SpokenDigit[]>>;

/**
 * Reads every `{digit}_{voice}_{index}.wav` of a folder, or of `recordings` in it. Index 0–4 of each voice and digit is
 * the test split (as the Free Spoken Digit Dataset says), 5–9 validation, the rest train. So the splits share voices.
 */
export function readSpeechFolder(folder: string, sampleRateHz: number): SpeechPool {
  const inner = join(folder, 'recordings');
  const place = isFolder(inner) ? inner : folder;
  const names = listFolder(place).filter(name => clipName.test(name));
  if (names.length === 0) throw badInput(folder, 'a folder with files {digit}_{voice}_{index}.wav', 'one without any');
  const clips = names.map(name => ({
    ...toClip(name, readWav(join(place, name))),
    index: Number(clipName.exec(name)![3]),
  }));
  for (const {id, sound} of clips) assertRate(join(place, `${id}.wav`), sound, sampleRateHz);
  const pool = {
    train: clips.filter(clip => clip.index >= 10),
    validation: clips.filter(clip => clip.index >= 5 && clip.index < 10),
    test: clips.filter(clip => clip.index < 5),
  };
  return assertComplete(pool, folder);
}

/** The embedded clips: each voice belongs to one split, as `voices` says. */
export function splitByVoice(
  clips: readonly SpokenDigit[],
  voices: Readonly<Record<string, SplitName>>,
  folder: string,
): SpeechPool {
  const of = (split: SplitName) => clips.filter(clip => voices[clip.voice] === split);
  return assertComplete({train: of('train'), validation: of('validation'), test: of('test')}, folder);
}

/** @param name such as '7_jackson_12.wav'. */
export function parseClip(name: string, bytes: Uint8Array, sampleRateHz: number): SpokenDigit {
  if (!clipName.test(name)) throw badInput(name, 'named {digit}_{voice}_{index}.wav', 'another name');
  const clip = toClip(name, parseWav(bytes, name));
  assertRate(name, clip.sound, sampleRateHz);
  return clip;
}

const clipName = /^([0-9])_([^_]+)_([0-9]+)\.wav$/i;

function toClip(name: string, sound: Sound): SpokenDigit {
  const [, digit, voice] = clipName.exec(name)!;
  return {sound, label: Number(digit), voice: voice!, id: name.replace(/\.wav$/i, '')};
}

function assertRate(file: string, sound: Sound, sampleRateHz: number): void {
  if (sound.sampleRateHz !== sampleRateHz)
    throw badInput(file, `a WAV file at ${sampleRateHz} Hz`, `${sound.sampleRateHz} Hz`);
}

function assertComplete(pool: SpeechPool, folder: string): SpeechPool {
  for (const [split, clips] of Object.entries(pool)) {
    for (let digit = 0; digit < 10; digit++) {
      if (!clips.some(clip => clip.label === digit))
        throw badInput(folder, `clips of every digit in ${split}`, `none of ${digit}`);
    }
  }
  return pool;
}
