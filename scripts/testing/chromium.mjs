// Where a Chromium is that the browser tests can use. None is ever downloaded by npm.
import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The file named by MULTIMODAL_GAN_CHROMIUM, else the first on the PATH; null where there is none. */
export function findChromium(env = process.env) {
  return env.MULTIMODAL_GAN_CHROMIUM || names.map(name => onPath(name, env)).find(Boolean) || null;
}

/** Whether Debian's package could be installed by whoever runs this. */
export function canInstall(env = process.env) {
  return process.getuid?.() === 0 && onPath('apt-get', env) !== null;
}

function onPath(name, env) {
  const places = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return places.map(place => join(place, name)).find(isProgram) ?? null;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
