/**
 * Eight numbers at a time: WebAssembly has instructions for four, and V8 has a pass that makes one on eight of two on four. The
 * numbers are computed one by one as before, so results keep their bits.
 *
 * The pass is an experiment of V8's and off. Node 20 lacks it, Node 22's does not see sums in loops, Node 26's ends the process
 * in some kernels; in Node 24 it does what it should, and only this module is compiled with it.
 */
import {readFileSync} from 'node:fs';
import {setFlagsFromString} from 'node:v8';

/** Of Node 24. */
const knownV8 = '13.6.';

/** Why this program cannot compute eight numbers at a time; null where it can. */
export function whyNotWide(): string | null {
  if (!process.versions.v8.startsWith(knownV8)) return `Node 24 can, and this is Node ${process.versions.node}`;
  const system = `${process.platform}-${process.arch}`;
  if (system !== 'linux-x64') return `it is known on linux-x64 only, and this is ${system}`;
  return / avx2( |$)/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? null : 'the processor has no AVX2';
}

/**
 * Compiles a module whole and at once, by the optimising compiler: V8 reads its flags while it compiles. Afterwards they are as
 * they are in a Node that was started without any.
 */
export function compileWide(binary: Uint8Array): WebAssembly.Module {
  const flags = ['experimental-wasm-revectorize', 'no-liftoff', 'no-wasm-lazy-compilation'];
  const usual = ['no-experimental-wasm-revectorize', 'liftoff', 'wasm-lazy-compilation'];
  // A section of its own (id 0, 2 bytes: a name of 1, w), or V8 would give back what it has compiled of the same bytes.
  const section = [0, 2, 1, 119];
  const own = new Uint8Array(binary.length + section.length);
  own.set(binary);
  own.set(section, binary.length);
  try {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
    return new WebAssembly.Module(own);
  } finally {
    for (const flag of usual) setFlagsFromString(`--${flag}`);
  }
}
