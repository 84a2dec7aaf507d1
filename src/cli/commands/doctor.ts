/** `multimodal-gan doctor`: what is there, what is missing and why. */
import * as path from 'node:path';
import {Command} from 'commander';
import {environmentLines} from '../../backend/describe';
import {listKernels} from '../../kernel/install';
import {packageVersion} from '../version';

export function doctorCommand(): Command {
  return new Command('doctor').description('Say what is there, what is missing and why').action(() => {
    console.log(`multimodal-gan ${packageVersion()}`);
    for (const line of environmentLines()) console.log(line);
    console.log('kernel');
    const kernels = listKernels([path.join(__dirname, '..', '..', '..', '.venv')]);
    for (const {folder, program, works} of kernels)
      console.log(`  ${works ? '✓' : '✗'} ${folder}${works ? '' : ` — no ${program}`}`);
    if (kernels.length === 0)
      console.log('  ✗ registered nowhere — cure: npm run lab, or multimodal-gan kernel install');
  });
}
