import {unknownChoice} from '../core/checks';

/** How much a notebook does: `smoke` runs under test within a minute, `full` gives the results worth looking at. */
export interface Profile {
  readonly name: 'smoke' | 'full';
  /** The setting of the running profile: `run.pick(40, 2000)` is 40 under smoke. */
  pick<T>(smoke: T, full: T): T;
}

/** Reads MULTIMODAL_GAN_PROFILE, smoke by default. */
export function profile(): Profile {
  const name = process.env['MULTIMODAL_GAN_PROFILE'] ?? 'smoke';
  if (name !== 'smoke' && name !== 'full') throw unknownChoice('profile', name, ['smoke', 'full']);
  return {name, pick: (smoke, full) => (name === 'full' ? full : smoke)};
}
