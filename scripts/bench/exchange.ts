/** Weights and batches as files, so that every engine starts from the same numbers. */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {writeSafetensors} from '../../src/model/weights';
import {drawBatches} from './nets/inputs';
import {buildGame, type GameName} from './nets/nets';

/** @returns the folder, inside `parent`. Needs a backend, any. */
export function writeExchange(parent: string, name: GameName, batch: number): string {
  const folder = join(parent, `${name}-${batch}`);
  mkdirSync(folder, {recursive: true});
  const {players, inputs} = buildGame(name, batch);
  const weights = {...players.D.all(), ...players.G.all()};
  writeSafetensors(join(folder, 'weights.safetensors'), weights as never);
  drawBatches(name, inputs).forEach((host, i) => {
    writeSafetensors(join(folder, `batch-${i}.safetensors`), host);
  });
  for (const parameters of Object.values(players)) parameters.dispose();
  return folder;
}
