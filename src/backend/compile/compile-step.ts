/** A training step, recorded once and replayed as one TensorFlow graph. */
import {expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import {isWatchingForNaN} from '../debug-nan';
import {auditFault} from './audit';
import {type NativeBackend, nativeBackend} from './binding';
import {explain, type VariantReport} from './explain';
import {Program} from './program';
import {record} from './recorder';
import {difference, type Recording, withoutTraces} from './recording';
import {type Refusal, refusal, refusalText} from './refusal';
import {scoped} from './scoped';
import {type FlatTree, flatten, withTensors} from './tree';

export interface CompileOptions {
  /** False runs the step as it is, on every engine; true unless told. */
  readonly enabled?: boolean;
  /** Steps with the same program share one session: training and sampling of the same weights. Its own unless told. */
  readonly program?: Program;
  /** Ordinary calls before the first recording, in which the step may make its variables; 1 unless told. */
  readonly warmup?: number;
  /** After this many replays one is compared with the step itself; the first always is. 1000 unless told, 0 for never. */
  readonly audit?: number;
  /** Throws where the step would run without being compiled. On wasm and cpu nothing is compiled, and nothing thrown. */
  readonly strict?: boolean;
  /** Different shapes and plain values that are compiled before the rest is refused; 16 unless told. */
  readonly maxVariants?: number;
  /** Told once why the step is not compiled; a warning on the console unless given. */
  readonly onRefusal?: (text: string) => void;
}

export interface CompiledStep<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  readonly program: Program;
  /** Why the last variant that could not be compiled was refused; null when none was. */
  readonly refusal: Refusal | null;
  /** What was recorded, in words and numbers. */
  explain(): string;
  /** Frees the program's session. Variables keep their values; a later call makes a new session. */
  dispose(): void;
}

/**
 * Returns a function that does what `step` does, faster: on the native engine a few calls run as usual and are recorded,
 * later ones run as one graph in a TensorFlow session. Variables stay ordinary tf.Variables. Elsewhere `step` itself runs.
 *
 * The step takes and returns tensors, in records and arrays as it likes; plain values among its arguments (numbers,
 * strings, booleans) are part of the graph, which is made anew for each. It may read and assign variables, take
 * gradients of any order and use our optimizers. It is tidied: what it returns stays, the rest goes.
 *
 * A step that cannot be replayed exactly is refused with the reason, and runs as usual: one that reads tensors on the
 * host, branches on data, draws random numbers on the host, makes variables after its first call or returns a promise.
 * A number from a closure that changes after recording is found by the next audit only; pass it as an argument.
 *
 * "Fifty compiled steps of a GAN leave the weights bit-equal to fifty plain ones."
 *
 * @throws UserError for options out of range; with `strict`, for a step that is refused.
 */
export function compileStep<Args extends readonly unknown[], Result>(
  step: (...args: Args) => Result,
  options: CompileOptions = {},
): CompiledStep<Args, Result> {
  const compiler = new StepCompiler(step as (...args: readonly unknown[]) => unknown, options);
  const compiled = (...args: Args) => compiler.call(args) as Result;
  Object.defineProperty(compiled, 'refusal', {get: () => compiler.refusal});
  return Object.assign(compiled, {
    program: compiler.program,
    explain: () => explain(compiler.reports(), compiler.program),
    dispose: () => compiler.program.close(),
  }) as unknown as CompiledStep<Args, Result>;
}

/** What is known of the step for one set of shapes and plain values. */
interface Variant {
  readonly key: string;
  calls: number;
  /** The recording that waits for a second one to be compared with. */
  first: Recording | null;
  compiled: {readonly recording: Recording; readonly number: number; readonly result: unknown; replays: number} | null;
  refused: Refusal | null;
  worstAudit: number | null;
}

class StepCompiler {
  readonly program: Program;
  refusal: Refusal | null = null;
  private readonly variants = new Map<string, Variant>();
  private readonly warmup: number;
  private readonly auditInterval: number;
  private readonly maxVariants: number;
  private warned = false;

  constructor(
    private readonly step: (...args: readonly unknown[]) => unknown,
    private readonly options: CompileOptions,
  ) {
    const {program = new Program(), warmup = 1, audit = 1000, maxVariants = 16} = options;
    for (const [name, value] of Object.entries({warmup, audit, maxVariants})) {
      if (!Number.isInteger(value) || value < 0) throw expected(name, 'an integer of 0 or more', value);
    }
    this.program = program;
    this.warmup = warmup;
    this.auditInterval = audit;
    this.maxVariants = maxVariants;
  }

  call(args: readonly unknown[]): unknown {
    const backend = nativeBackend();
    // A gradient through the step needs its ops on the tape, the search for NaN needs to see them.
    if (!backend || this.options.enabled === false || isTaping() || isWatchingForNaN()) return this.plainly(args);
    const tree = flatten(args);
    const variant = this.variantOf(tree);
    if (variant.compiled) return this.replay(backend, variant, args, tree);
    if (variant.refused) return this.plainly(args);
    if (variant.calls++ < this.warmup) {
      const result = this.plainly(args);
      if (isPromise(result)) this.refuse(variant, refusal('promise', 'it returns a promise'));
      return result;
    }
    return this.record(backend, variant, args, tree);
  }

  reports(): VariantReport[] {
    return [...this.variants.values()].map(({key, calls, compiled, refused, worstAudit}) => ({
      key,
      plainCalls: calls,
      replays: compiled?.replays ?? 0,
      recording: compiled?.recording ?? null,
      refused,
      worstAudit,
    }));
  }

  private plainly(args: readonly unknown[]): unknown {
    return scoped(() => this.step(...args));
  }

  private variantOf(tree: FlatTree): Variant {
    const known = this.variants.get(tree.key);
    if (known) return known;
    const variant: Variant = {key: tree.key, calls: 0, first: null, compiled: null, refused: null, worstAudit: null};
    if (tree.foreign !== null) {
      const message = `argument ${tree.foreign} is neither a tensor nor a plain value; let the step find it in its closure`;
      this.refuse(variant, refusal('argument', message));
      return variant;
    }
    const variable = tree.tensors.find(tensor => tensor instanceof tf.Variable);
    if (variable) {
      this.refuse(
        variant,
        refusal('argument', 'a variable is among its arguments; let the step find it in its closure'),
      );
      return variant;
    }
    if (this.variants.size >= this.maxVariants) {
      const blame =
        tree.plain.length > 0 ? ` or plain values (${tree.plain.join(', ')}), which may be scalars instead` : '';
      const message = `it is called with more than ${this.maxVariants} different shapes${blame}`;
      this.refuse(variant, refusal('too-many-variants', message));
      return variant;
    }
    this.variants.set(tree.key, variant);
    return variant;
  }

  private record(backend: NativeBackend, variant: Variant, args: readonly unknown[], tree: FlatTree): unknown {
    this.program.pull();
    const {result, recording, refusals} = this.recordOnce(backend, args, tree, variant.first !== null);
    if (isPromise(result)) this.refuse(variant, refusal('promise', 'it returns a promise'));
    else if (refusals[0]) this.refuse(variant, refusals[0]);
    else if (!variant.first) variant.first = recording;
    else {
      const found = difference(variant.first, recording);
      variant.first = null;
      if (found) this.refuse(variant, found);
      else this.compile(variant, recording, result);
    }
    return result;
  }

  private compile(variant: Variant, recording: Recording, result: unknown): void {
    try {
      const number = this.program.add(recording);
      variant.compiled = {recording: withoutTraces(recording), number, result: emptied(result), replays: 0};
    } catch (error) {
      // The step has run by now: what it returned must not be lost.
      this.refuse(variant, sessionRefusal(error));
    }
  }

  private recordOnce(backend: NativeBackend, args: readonly unknown[], tree: FlatTree, traced: boolean) {
    return record(backend, tensors => this.plainly(withTensors(args, tensors) as unknown[]), tree.tensors, traced);
  }

  private replay(backend: NativeBackend, variant: Variant, args: readonly unknown[], tree: FlatTree): unknown {
    const compiled = variant.compiled!;
    const due = this.auditInterval > 0 && compiled.replays % this.auditInterval === 0;
    compiled.replays++;
    if (due) return this.audit(backend, variant, args, tree);
    try {
      this.program.open();
    } catch (error) {
      return this.plainlyFromNowOn(variant, args, error);
    }
    return withTensors(compiled.result, this.program.run(compiled.number, tree.tensors));
  }

  /** Replays the step, takes that back, runs the step itself, and compares. @returns what the step itself returned. */
  private audit(backend: NativeBackend, variant: Variant, args: readonly unknown[], tree: FlatTree): unknown {
    const compiled = variant.compiled!;
    let rehearsal: ReturnType<Program['rehearse']>;
    try {
      rehearsal = this.program.rehearse(compiled.number, tree.tensors);
    } catch (error) {
      return this.plainlyFromNowOn(variant, args, error);
    }
    try {
      const {result, recording, refusals} = this.recordOnce(backend, args, tree, true);
      const found = refusals[0] ?? difference(compiled.recording, recording);
      const fault = found ?? this.numericFault(variant, rehearsal, result);
      if (fault) {
        variant.compiled = null;
        this.refuse(variant, fault);
      }
      return result;
    } finally {
      tf.dispose([rehearsal.results, rehearsal.before, rehearsal.after] as tf.Tensor[][]);
    }
  }

  /** @throws what the step throws; then its data were wrong, not its graph, and it stays compiled. */
  private plainlyFromNowOn(variant: Variant, args: readonly unknown[], error: unknown): unknown {
    const result = this.plainly(args);
    this.program.forget(variant.compiled!.number);
    variant.compiled = null;
    this.refuse(variant, sessionRefusal(error));
    return result;
  }

  private numericFault(variant: Variant, rehearsal: ReturnType<Program['rehearse']>, result: unknown): Refusal | null {
    const values = this.program.hostValues();
    const audit = auditFault(rehearsal, flatten(result).tensors, values, this.program.stateNames);
    tf.dispose(values);
    variant.worstAudit = Math.max(variant.worstAudit ?? 0, audit.worst);
    return audit.fault;
  }

  private refuse(variant: Variant, reason: Refusal): void {
    variant.refused = reason;
    variant.first = null;
    this.refusal = reason;
    const text = refusalText(reason);
    if (this.options.strict) throw expected('the step', 'one that can be compiled', text);
    if (this.warned) return;
    this.warned = true;
    (this.options.onRefusal ?? console.warn)(`${text} It runs as usual, op by op.`);
  }
}

function sessionRefusal(error: unknown): Refusal {
  return refusal('session', `TensorFlow does not load or run its graph: ${(error as Error).message}`);
}

/** The shape of a result, to be filled with tensors later. */
function emptied(result: unknown): unknown {
  return withTensors(
    result,
    flatten(result).tensors.map(() => placeholder),
  );
}

/** Stands where a tensor will be put; a tensor of its own would never be freed. */
const placeholder = Object.create(tf.Tensor.prototype) as tf.Tensor;

function isPromise(value: unknown): boolean {
  return typeof (value as {then?: unknown} | null)?.then === 'function';
}

function isTaping(): boolean {
  return (tf.engine() as unknown as {state: {gradientDepth: number}}).state.gradientDepth > 0;
}
