/**
 * Keeps one of our engines ready: reads requests as lines of JSON, answers each with one line.
 *
 * Called as:  node --import tsx scripts/bench/worker.ts compiled|eager|wasm
 * Threads come from TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS, set by whoever starts it.
 */
import {createInterface} from 'node:readline';
import {selectBackend} from '../../src/backend/select';
import {writeSafetensors} from '../../src/model/weights';
import type {Request, Response} from './protocol';
import {buildSubject} from './subject';
import type {Subject} from './subject-type';

const engine = process.argv[2] as 'compiled' | 'eager' | 'wasm';

async function main(): Promise<void> {
  const backend = await selectBackend({prefer: engine === 'wasm' ? 'wasm' : 'native'});
  if (backend.name !== (engine === 'wasm' ? 'wasm' : 'native')) throw new Error(backend.line);
  say({
    version:
      engine === 'wasm'
        ? `TensorFlow.js ${backend.version}, wasm`
        : `TensorFlow.js 4.22.0 on TensorFlow ${backend.version}`,
  });
  let subject: Subject | null = null;
  for await (const line of createInterface({input: process.stdin})) {
    const request = JSON.parse(line) as Request;
    try {
      if (request.command === 'load') {
        subject?.dispose();
        subject = await buildSubject(request.net, request.batch, {compile: engine === 'compiled'});
        say({});
      } else if (request.command === 'parity') {
        const {losses, gradients} = subject!.slopes!();
        writeSafetensors(request.gradientsFile, gradients);
        say({losses, laterLosses: Array.from({length: request.steps}, () => subject!.run())});
      } else say(timed(subject!, request.steps));
    } catch (error) {
      say({error: String((error as Error).message ?? error)});
    }
  }
}

function timed(subject: Subject, steps: number): Response {
  const [cpu, begin] = [process.cpuUsage(), performance.now()];
  const milliseconds = Array.from({length: steps}, () => {
    const started = performance.now();
    subject.run();
    return (performance.now() - started) / subject.stepsPerCall;
  });
  const {user, system} = process.cpuUsage(cpu);
  const processorSeconds = (user + system) / 1e6;
  const cores = (1000 * processorSeconds) / (performance.now() - begin);
  return {milliseconds, cores, processorSeconds, rssBytes: process.memoryUsage.rss()};
}

function say(response: Response): void {
  process.stdout.write(`${JSON.stringify(response)}\n`);
}

void main();
