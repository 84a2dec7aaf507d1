/**
 * Which layer computes at the moment: for messages that must name one, and for summaries that count by layer. Layers say when they
 * begin and end (`atLayer`, which `watched` of the networks calls, and `inLayer` for names that add up); variables carry their path,
 * so that an operation on one tells its layer too.
 */
import type {tf} from '../core/tensorflow';

/** Is told of every layer that works while it watches. */
export interface LayerWatcher {
  /** The layer begins; layers inside it follow before it ends. @param path of its parameters, such as `discriminator/image/hidden`. */
  readonly begin?: (path: string) => void;
  /** The layer is done; its result is still alive. */
  readonly end?: (path: string, output: unknown) => void;
}

/** Paths of variables, such as `discriminator/image/score/kernel`. */
const paths = new WeakMap<tf.Tensor, string>();

const watchers: LayerWatcher[] = [];
let tracking = false;
/** Full paths, the outermost layer first. */
let scopes: string[] = [];
let lastPath: string | null = null;

/** Gives a variable its path; its last part is what the variable is in its layer. Costs nothing where nobody asks. */
export function nameTensor(tensor: tf.Tensor, path: string): void {
  paths.set(tensor, path);
}

export function pathOf(tensor: tf.Tensor): string | null {
  return paths.get(tensor) ?? null;
}

/** Runs a layer under its whole path, whatever it stands in. Without anybody who tracks or watches layers it only runs it. */
export function atLayer<T>(path: string, run: () => T): T {
  if (!tracking && watchers.length === 0) return run();
  scopes.push(path);
  try {
    for (const watcher of watchers) watcher.begin?.(path);
    const output = run();
    for (const watcher of watchers) watcher.end?.(path, output);
    return output;
  } finally {
    scopes.pop();
  }
}

/** Runs a layer under its name; names of layers within add up: inLayer('D', () => inLayer('score', …)) is D/score. */
export function inLayer<T>(name: string, run: () => T): T {
  const outer = scopes[scopes.length - 1];
  return atLayer(outer === undefined ? name : `${outer}/${name}`, run);
}

/** Runs `work` and tells `watcher` of every layer that works meanwhile, in their order. @returns what `work` returns. */
export function watchLayers<T>(watcher: LayerWatcher, work: () => T): T {
  watchers.push(watcher);
  try {
    return work();
  } finally {
    watchers.splice(watchers.lastIndexOf(watcher), 1);
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
  if (scopes.length > 0) return scopes[scopes.length - 1]!;
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
