/** `multimodal-gan kernel`: registers the TypeScript kernel with a Jupyter of one's own. */
import {Command} from 'commander';
import {installKernel, type KernelPlace, listKernels, uninstallKernel} from '../../kernel/install';

export function kernelCommand(): Command {
  const kernel = new Command('kernel').description(
    'Register the TypeScript kernel with Jupyter, remove it, or list it',
  );
  addPlaceOptions(kernel.command('install').description('register the kernel')).action((place: KernelPlace) => {
    console.log(`The kernel is in ${installKernel(place)}`);
  });
  addPlaceOptions(kernel.command('uninstall').description('remove the kernel')).action((place: KernelPlace) => {
    const folder = uninstallKernel(place);
    console.log(folder ? `Removed ${folder}` : 'There was no kernel to remove.');
  });
  kernel
    .command('list')
    .description('where it is registered')
    .action(() => {
      const kernels = listKernels();
      if (kernels.length === 0) console.log('The kernel is registered nowhere. Cure: multimodal-gan kernel install');
      for (const {folder, program, works} of kernels)
        console.log(`${folder}${works ? '' : ` (broken: no ${program})`}`);
    });
  return kernel;
}

function addPlaceOptions(command: Command): Command {
  return command
    .option('--prefix <dir>', 'an environment, such as .venv')
    .option('--user', "the person's own Jupyter folder (this is the default)")
    .option('--sys-prefix', 'the Python environment that is active');
}
