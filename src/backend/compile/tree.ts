/** Arguments and results of a step are trees: records and arrays, with tensors and plain values at their leaves. */
import {tf} from '../../core/tensorflow';

export interface FlatTree {
  /** Tensors, in the order in which the tree names them. */
  readonly tensors: readonly tf.Tensor[];
  /** Equal for two trees when only the values in their tensors differ. */
  readonly key: string;
  /** Path of the first leaf that is neither a tensor nor a plain value, such as `[1].model`; null when there is none. */
  readonly foreign: string | null;
  /** Paths of the leaves that are plain values. */
  readonly plain: readonly string[];
}

/** "`[{x: tensor [2, 3], rate: 0.1}]` has one tensor, and its key holds float32, 2,3 and 0.1." */
export function flatten(tree: unknown): FlatTree {
  const tensors: tf.Tensor[] = [];
  const plain: string[] = [];
  let foreign: string | null = null;
  const visit = (value: unknown, path: string): string => {
    if (value instanceof tf.Tensor) {
      tensors.push(value);
      return `${value.dtype}[${value.shape}]`;
    }
    if (Array.isArray(value)) return `[${value.map((item, i) => visit(item, `${path}[${i}]`)).join(';')}]`;
    if (isRecord(value)) {
      const fields = Object.entries(value).map(
        ([name, item]) => `${JSON.stringify(name)}:${visit(item, `${path}.${name}`)}`,
      );
      return `{${fields.join(';')}}`;
    }
    if (isPlain(value)) {
      plain.push(path);
      return Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
    }
    foreign ??= path || 'the result';
    return '?';
  };
  return {key: visit(tree, ''), tensors, foreign, plain};
}

/** The same tree with other tensors in it, in the order of `flatten`. */
export function withTensors(tree: unknown, tensors: readonly tf.Tensor[]): unknown {
  let next = 0;
  const visit = (value: unknown): unknown => {
    if (value instanceof tf.Tensor) return tensors[next++];
    if (Array.isArray(value)) return value.map(visit);
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item)]));
    return value;
  };
  return visit(tree);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

function isPlain(value: unknown): boolean {
  return value === null || ['number', 'string', 'boolean', 'undefined'].includes(typeof value);
}
