/** Where the time of a compiled step goes: its graph, run by Python's TensorFlow with tracing. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {handleName} from '../../../src/backend/compile/emit';
import {savedModel} from '../../../src/backend/compile/graph-def';
import {programGraph} from '../../../src/backend/compile/session';
import {tf} from '../../../src/core/tensorflow';
import {type StoredTensor, writeSafetensors} from '../../../src/model/weights';
import {engines, peerPython} from '../engines';
import type {NetName} from '../nets/nets';
import {buildSubject} from '../subject';

export interface TimelineRow {
  readonly net: NetName;
  readonly batch: number;
  readonly threads: number;
  /** The kernel that TensorFlow ran. */
  readonly op: string;
  /** Executions a step. */
  readonly count: number;
  /** Time in it a step, and as a share of all kernels' time. */
  readonly milliseconds: number;
  readonly share: number;
}

/** Runs in this process, on the native engine; Python runs beside it. @throws Error with what Python said. */
export async function measureTimeline(net: NetName, batch: number, threads: number): Promise<TimelineRow[]> {
  const subject = await buildSubject(net, batch, {compile: true, audit: 0});
  const folder = mkdtempSync(join(tmpdir(), 'bench-timeline-'));
  try {
    for (let i = 0; i < 4; i++) subject.run();
    const {program} = subject.compiled;
    program.pull();
    const states = Object.fromEntries(
      program.states.map(state => {
        const value = tf.tidy(() => {
          const tensor = state.read();
          return {shape: tensor.shape.slice(), data: Float32Array.from(tensor.dataSync())};
        });
        return [handleName(state), value] as [string, StoredTensor];
      }),
    );
    const steps = program.emitted.map(({feeds, fetches}) => ({feeds, fetches}));
    writeSafetensors(join(folder, 'states.safetensors'), states);
    subject.arguments().forEach((tensors, step) => {
      const values = Object.fromEntries(
        tensors.map((tensor, i) => [String(i), {shape: tensor.shape, data: Float32Array.from(tensor.dataSync())}]),
      );
      writeSafetensors(join(folder, `step-${step}.safetensors`), values);
    });
    writeFileSync(join(folder, 'saved_model.pb'), savedModel(programGraph(program.emitted, program.states), 'serve'));
    writeFileSync(join(folder, 'steps.json'), JSON.stringify({steps, sharing: engines.compiled.sharing(threads)}));
    const {status, stdout, stderr} = spawnSync(peerPython, [join(__dirname, '..', 'peers', 'timeline.py'), folder], {
      encoding: 'utf8',
      env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '3'},
    });
    if (status !== 0) throw new Error(`timeline of ${net}: ${stderr.trim().split('\n').at(-1)}`);
    const ops = JSON.parse(stdout) as Omit<TimelineRow, 'net' | 'batch' | 'threads'>[];
    return ops.map(op => ({net, batch, threads, ...op}));
  } finally {
    subject.dispose();
    rmSync(folder, {recursive: true, force: true});
  }
}
