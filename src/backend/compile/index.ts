/** Compiled steps: a training step recorded once and run as one TensorFlow graph. */
export {type CompiledStep, type CompileOptions, compileStep} from './compile-step';
export {Program} from './program';
export type {Refusal, RefusalReason} from './refusal';
