/** Whether memory grows: resident memory over two thousand steps. */
import {tf} from '../../../src/core/tensorflow';
import type {NetName} from '../nets/nets';
import {buildSubject} from '../subject';

export interface MemoryRow {
  readonly net: NetName;
  readonly batch: number;
  readonly engine: 'compiled' | 'eager';
  readonly steps: number;
  /** Resident memory in MB after so many steps. */
  readonly curve: readonly {readonly step: number; readonly rssMb: number}[];
  /** After all steps over after a tenth of them. */
  readonly growth: number;
  /** Tensors of TensorFlow.js alive after all steps, minus those after a tenth of them. */
  readonly newTensors: number;
}

/** Alone in its process. */
export async function measureMemory(
  net: NetName,
  batch: number,
  engine: 'compiled' | 'eager',
  steps: number,
): Promise<MemoryRow> {
  const subject = await buildSubject(net, batch, {compile: engine === 'compiled'});
  const curve: {step: number; rssMb: number}[] = [];
  const {stepsPerCall} = subject;
  const every = Math.max(stepsPerCall, steps / 50);
  let tensorsThen = 0;
  for (let step = stepsPerCall; step <= steps; step += stepsPerCall) {
    subject.run();
    if (step % every !== 0) continue;
    // What JavaScript could free is not TensorFlow's growth; without --expose-gc it counts.
    (globalThis as {gc?: () => void}).gc?.();
    curve.push({step, rssMb: process.memoryUsage.rss() / 2 ** 20});
    if (step === steps / 10) tensorsThen = tf.memory().numTensors;
  }
  const at = (step: number) => curve.find(point => point.step === step)!.rssMb;
  const newTensors = tf.memory().numTensors - tensorsThen;
  subject.dispose();
  return {net, batch, engine, steps, curve, growth: at(steps) / at(steps / 10), newTensors};
}
