/**
 * Which layer computes at the moment, for messages that must name one. Variables carry their path, so an operation on a named
 * variable tells its layer; a layer without variables, or of many operations, names itself with `inLayer`.
 */
import type {tf} from '../core/tensorflow';

/** Paths of variables, such as `discriminator/image/score/kernel`. */
const paths = new WeakMap<tf.Tensor, string>();

let tracking = false;
let scopes: string[] = [];
let lastPath: string | null = null;

/** Gives a variable its path; its last part is what the variable is in its layer. Costs nothing where nobody asks. */
export function nameTensor(tensor: tf.Tensor, path: string): void {
  paths.set(tensor, path);
}

export function pathOf(tensor: tf.Tensor): string | null {
  return paths.get(tensor) ?? null;
}

/**
 * Runs a layer under its name; names of layers within add up: inLayer('D', () => inLayer('score', …)) is D/score. Without anybody
 * who tracks layers it only runs it.
 */
export function inLayer<T>(name: string, run: () => T): T {
  if (!tracking) return run();
  scopes.push(name);
  try {
    return run();
  } finally {
    scopes.pop();
  }
}

/** Runs something later under the name that a layer had, such as its gradient. */
export function inNamedLayer<T>(layer: string | null, run: () => T): T {
  const [before, path] = [scopes, lastPath];
  scopes = layer === null ? [] : [layer];
  try {
    return run();
  } finally {
    scopes = before;
    lastPath = path;
  }
}

/**
 * The innermost layer that was named; else that of a variable among the inputs; else "after" the last one whose variable was used;
 * null where nothing has a name.
 */
export function layerOf(inputs: readonly tf.Tensor[]): string | null {
  const path = inputs.map(pathOf).find(each => each !== null);
  if (path) lastPath = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path;
  if (scopes.length > 0) return scopes.join('/');
  if (path) return lastPath;
  return lastPath && `after ${lastPath}`;
}

/** Layers are tracked until the function returned is called. */
export function trackLayers(): () => void {
  tracking = true;
  lastPath = null;
  return () => {
    tracking = false;
    scopes = [];
    lastPath = null;
  };
}
