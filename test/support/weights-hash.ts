/** Trains 20 steps in a process of its own and prints a hash of every weight. Called with a seed. */
import {createHash} from 'node:crypto';
import {selectBackend} from '../../src/backend/select';
import {trainFlagship} from '../../src/training/flagship';
import {tinyData, tinyFeatures, tinyModel, tinyTrain} from './tiny-data';

async function main(): Promise<void> {
  await selectBackend();
  const train = {...tinyTrain, seed: Number(process.argv[2]), steps: 20, encoderSteps: 20};
  const {model} = await trainFlagship(tinyData, tinyFeatures, {model: tinyModel, train});
  const hash = createHash('sha256');
  for (const player of [model.encoder, model.generator, model.discriminator]) {
    for (const variable of Object.values(player.parameters.all()))
      hash.update(new Uint8Array((variable.dataSync() as Float32Array).slice().buffer));
  }
  hash.update(new Uint8Array(model.prior.content.means.slice().buffer));
  console.log(hash.digest('hex'));
}

void main();
