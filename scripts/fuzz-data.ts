/**
 * Throws damaged and invented files at the readers of WAV, IDX, CSV and configs; each must be read, or refused by a typed error.
 *
 * Called as:  npm run fuzz:data [-- --inputs 20000 --seed 1]      (about a minute for 20,000 inputs a reader)
 */
import {parseArgs} from 'node:util';
import {fuzzReaders} from '../test/datasets/fuzz';

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {inputs: {type: 'string', default: '20000'}, seed: {type: 'string', default: '1'}},
  });
  const counts = await fuzzReaders(Number(values.inputs), Number(values.seed));
  for (const {reader, inputs, accepted, refused} of counts)
    console.log(
      `${reader.padEnd(14)} ${inputs} inputs: ${accepted} read, ${refused} refused by a typed error, 0 others`,
    );
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
