/** What is compared: the same training steps by some configurations, each in a process of its own, on one thread. */

export const kinds = {
  native: {backend: 'native', about: 'this project, native engine, op by op'},
  compiled: {backend: 'native', about: 'this project, native engine, compileStep'},
  companion: {backend: 'wasm', about: 'this project on wasm, with its companion module'},
  wide: {
    backend: 'wasm',
    about:
      'this project on wasm, with its companion module on eight numbers at a time (MULTIMODAL_GAN_WASM_WIDE=1, Node 24)',
  },
  composed: {
    backend: 'wasm',
    about:
      'this project on wasm without the companion module (MULTIMODAL_GAN_WASM_KERNELS=composed); the optimizer still writes its few hundred bytes of code at run time',
  },
  cpu: {backend: 'cpu', about: 'this project in plain JavaScript, for the losses of the perceptron only'},
  stock: {
    backend: 'wasm',
    about:
      'TensorFlow.js as it comes: its own kernels, gradients and tf.train.adam; the filter gradient of a convolution, which it lacks, as slices and matMul',
  },
} as const satisfies Record<string, {backend: 'native' | 'wasm' | 'cpu'; about: string}>;

export type Kind = keyof typeof kinds;

export interface Request {
  readonly command: 'load' | 'time' | 'losses' | 'memory' | 'completion' | 'products' | 'breakdown';
  readonly net?: string;
  readonly batch?: number;
  /** How many, of what the command does. */
  readonly count?: number;
}

export interface Point {
  readonly step: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly tensors: number;
}

/** One product of matrices, [M, K] by [K, N]; t: transposed. */
export interface ProductTime {
  readonly what: string;
  readonly gigaflops: number;
}

/** A kind of work in a training step. */
export interface Part {
  readonly what: string;
  readonly ms: number;
  readonly calls: number;
}

export interface Response {
  readonly line?: string;
  readonly error?: string;
  /** Of each step. */
  readonly milliseconds?: readonly number[];
  readonly losses?: readonly (readonly number[])[];
  readonly products?: readonly ProductTime[];
  readonly curve?: readonly Point[];
  readonly parts?: readonly Part[];
  readonly completion?: readonly {given: string; medianMs: number; p95Ms: number}[];
}
