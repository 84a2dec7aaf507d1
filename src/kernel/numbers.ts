/** Tensors and typed arrays as short texts. Tensors are recognised by their members, so that no engine is loaded here. */

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly size: number;
  readonly isDisposed: boolean;
  data(): Promise<ArrayLike<number | string>>;
  toString(verbose?: boolean): string;
}

export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<Record<keyof TensorLike | 'dataSync', unknown>>;
  return (
    Array.isArray(candidate.shape) &&
    typeof candidate.dtype === 'string' &&
    typeof candidate.dataSync === 'function' &&
    'isDisposed' in candidate
  );
}

/** `Tensor [2, 3] float32, -1 to 2, mean 0.5, alive`, then the values. */
export async function showTensor(tensor: TensorLike): Promise<string> {
  const head = `${tensor.constructor.name} [${tensor.shape.join(', ')}] ${tensor.dtype}`;
  if (tensor.isDisposed) return `${head}, disposed`;
  const values = await tensor.data();
  const parts = [head, typeof values[0] === 'number' ? range(values as ArrayLike<number>) : '', 'alive'];
  // tfjs prints a title and the values indented below it. It formats all of them for that, however few it prints.
  const isLarge = tensor.size > maxFormatted && values.length === tensor.size;
  const preview = isLarge ? `    ${corner(values, tensor.shape)}` : tensor.toString().replace(/^Tensor\n?/, '');
  return `${parts.filter(part => part !== '').join(', ')}\n${preview}`;
}

const maxFormatted = 10_000;
const shownEach = 3;

/** Both ends of every axis, row by row. */
function corner(values: ArrayLike<number | string>, shape: readonly number[], from = 0, indent = 5): string {
  const [length, ...inner] = shape;
  if (length === undefined) {
    const value = values[from]!;
    return typeof value === 'number' ? short(value) : `'${value}'`;
  }
  const stride = inner.reduce((product, size) => product * size, 1);
  const at = (i: number) => corner(values, inner, from + i * stride, indent + 1);
  const range = (first: number, end: number) => Array.from({length: end - first}, (_, i) => at(first + i));
  const items =
    length <= 2 * shownEach ? range(0, length) : [...range(0, shownEach), '…', ...range(length - shownEach, length)];
  return `[${items.join(inner.length === 0 ? ', ' : `,\n${' '.repeat(indent)}`)}]`;
}

type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

export function isTypedArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && typeof (value as NumberArray)[0] !== 'bigint';
}

const maxShown = 12;

/** `Float32Array(5), -1 to 2, mean 0.5` and the first values. */
export function showTypedArray(array: NumberArray): string {
  const head = `${array.constructor.name}(${array.length})`;
  if (array.length === 0) return head;
  const shown = Array.from(array.subarray(0, maxShown), short).join(', ');
  return `${head}, ${range(array)}\n[${shown}${array.length > maxShown ? ', …' : ''}]`;
}

function range(values: ArrayLike<number>): string {
  if (values.length === 0) return 'empty';
  let [low, high, sum, odd] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) odd += 1;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
    }
  }
  const finite = values.length - odd;
  const text = finite > 0 ? `${short(low)} to ${short(high)}, mean ${short(sum / finite)}` : 'no finite value';
  return odd > 0 ? `${text}, ${odd} not finite` : text;
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}
