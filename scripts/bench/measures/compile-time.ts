/** How long it takes until a step is compiled. */
import type {NetName} from '../nets/nets';
import {median} from '../statistics';
import {buildSubject} from '../subject';

export interface CompileTimeRow {
  readonly net: NetName;
  /** Of the flagship: whether the step has the R1 penalty; TensorFlow gets one graph for both. */
  readonly r1: boolean;
  readonly batch: number;
  /** One step op by op. */
  readonly eagerMs: number;
  /** What the two recorded calls take beyond two plain ones, the comparison and the writing of the graph included. */
  readonly recordingMs: number;
  /** What the first replay takes beyond a later one: TensorFlow loads and places the graph. */
  readonly loadingMs: number;
  /** Both. */
  readonly compileMs: number;
  /** How the tries were summed up: `median of 5`. */
  readonly of: string;
  /** Size of the graph. */
  readonly nodes: number;
  readonly bytes: number;
}

/** Runs in this process, on the native engine. The try with the median of `compileMs`. */
export async function measureCompileTime(
  net: NetName,
  batch: number,
  withR1: boolean,
  repeats = 5,
): Promise<CompileTimeRow> {
  const r1 = withR1 ? 'always' : 'never';
  const plain = await buildSubject(net, batch, {compile: false, r1});
  for (let i = 0; i < 3; i++) plain.run();
  const eagerMs = median(Array.from({length: 7}, () => timed(() => plain.run())));
  plain.dispose();
  const tries: CompileTimeRow[] = [];
  for (let i = 0; i < repeats; i++) {
    const subject = await buildSubject(net, batch, {compile: true, audit: 0, r1});
    subject.run();
    const recorded = timed(() => subject.run()) + timed(() => subject.run());
    const first = timed(() => subject.run());
    const later = median(Array.from({length: 7}, () => timed(() => subject.run())));
    const [recordingMs, loadingMs] = [Math.max(0, recorded - 2 * eagerMs), first - later];
    const size = subject.compiled.program.size!;
    tries.push({
      net,
      batch,
      r1: withR1,
      eagerMs,
      recordingMs,
      loadingMs,
      compileMs: recordingMs + loadingMs,
      of: `median of ${repeats}`,
      ...size,
    });
    subject.dispose();
  }
  return tries.sort((a, b) => a.compileMs - b.compileMs)[Math.floor(repeats / 2)]!;
}

function timed(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}
