import type {Sound} from '../core/types';
import {formatWav} from '../datasets/wav';
import {escapeHtml} from '../plots/report/html';
import {channel, keepFile, type MimeBundle} from './channel';

/**
 * Sounds with a play button each, which work offline; elsewhere they go to WAV files under out/notebook. A page that
 * shows no players (GitHub) shows the text: show a spectrogram beside it for the eyes.
 */
export function listen(sounds: Sound | Readonly<Record<string, Sound>>): void {
  const named = isSound(sounds) ? {sound: sounds} : sounds;
  const page = channel();
  if (page) page.display(soundBundle(named));
  else
    for (const [name, sound] of Object.entries(named))
      keepFile(`${fileName(name)}.wav`, formatWav(sound), secondsOf(name, sound));
}

/** Audio elements with the WAV file inside, and a line of text each. */
export function soundBundle(sounds: Readonly<Record<string, Sound>>): MimeBundle {
  const entries = Object.entries(sounds);
  const players = entries.map(
    ([name, sound]) => `<figure><figcaption>${escapeHtml(name)}</figcaption>${audioElement(sound)}</figure>`,
  );
  return {
    'text/html': players.join(''),
    'text/plain': entries.map(([name, sound]) => secondsOf(name, sound)).join('\n'),
  };
}

/** `<audio controls src="data:audio/wav;base64,…">`. */
export function audioElement(sound: Sound): string {
  return `<audio controls preload="none" src="data:audio/wav;base64,${formatWav(sound).toString('base64')}"></audio>`;
}

function isSound(sounds: Sound | Readonly<Record<string, Sound>>): sounds is Sound {
  return (sounds as Sound).samples instanceof Float32Array;
}

function secondsOf(name: string, sound: Sound): string {
  const seconds = sound.samples.length / (sound.channels ?? 1) / sound.sampleRateHz;
  return `${name}: ${seconds.toFixed(2)} s of sound at ${sound.sampleRateHz} Hz`;
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'sound';
}
