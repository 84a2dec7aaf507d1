/** The program that Jupyter starts: `node dist/kernel/main.js --connection-file FILE`. */
import {parseArgs} from 'node:util';
import {exitCodes, UserError} from '../core/checks';
import {startKernel} from './server';

function main(): void {
  const {values} = parseArgs({options: {'connection-file': {type: 'string', short: 'f'}}});
  const file = values['connection-file'];
  if (file === undefined)
    throw new UserError(
      'Expected --connection-file FILE; Jupyter passes it. To register the kernel: multimodal-gan kernel install.',
    );
  startKernel(file);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UserError ? error.exitCode : exitCodes.usage;
}
