/** Registers the kernel with Jupyter, finds it again, and removes it. */
import {execFileSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {exitCodes, UserError} from '../core/checks';
import {nodeFlags} from './contexts';
import {logoPng, logoSvg} from './logo';

/** The name that notebooks carry in their metadata. */
export const kernelName = 'multimodal-gan';
export const kernelTitle = 'TypeScript (multimodal-gan)';

/** At most one of these; none means `user`. */
export interface KernelPlace {
  /** A folder such as a virtual environment: the kernel goes below `share/jupyter/kernels`. */
  readonly prefix?: string;
  /** The person's own Jupyter folder. */
  readonly user?: boolean;
  /** The Python environment that is active, or that `python3` belongs to. */
  readonly sysPrefix?: boolean;
}

export interface InstalledKernel {
  readonly folder: string;
  /** The program that the kernel starts; `works` says whether it and its Node are still there. */
  readonly program: string;
  readonly works: boolean;
}

/**
 * Writes the kernel's folder whole or not at all: a kernel.json that starts this build with this Node, and logos.
 *
 * @returns The folder.
 */
export function installKernel(place: KernelPlace = {}): string {
  const folder = kernelFolder(place);
  const program = join(__dirname, 'main.js');
  if (!existsSync(program))
    throw new UserError(`Expected the built kernel at ${program}; run npm run build first.`, exitCodes.input);
  const spec = {
    argv: [...kernelCommand(program), '--connection-file', '{connection_file}'],
    display_name: kernelTitle,
    language: 'typescript',
    // A message reaches the kernel while its cell computes, and on Windows too; a signal does neither.
    interrupt_mode: 'message',
    metadata: {debugger: false},
  };
  try {
    const parent = dirname(folder);
    mkdirSync(parent, {recursive: true});
    const fresh = mkdtempSync(join(parent, `.${kernelName}-`));
    writeFileSync(join(fresh, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`);
    writeFileSync(join(fresh, 'logo-svg.svg'), logoSvg());
    for (const sizePx of [32, 64]) writeFileSync(join(fresh, `logo-${sizePx}x${sizePx}.png`), logoPng(sizePx));
    rmSync(folder, {recursive: true, force: true});
    renameSync(fresh, folder);
  } catch (error) {
    throw new UserError(`Could not install the kernel in ${folder}: ${(error as Error).message}`, exitCodes.output);
  }
  return folder;
}

/** What starts the kernel, before `--connection-file FILE`. */
export function kernelCommand(program: string): string[] {
  return [process.execPath, ...nodeFlags, program];
}

/** @returns The folder that was removed, or null where none was. */
export function uninstallKernel(place: KernelPlace = {}): string | null {
  const folder = kernelFolder(place);
  if (!existsSync(join(folder, 'kernel.json'))) return null;
  rmSync(folder, {recursive: true, force: true});
  return folder;
}

/** Every registration of this kernel in the places where Jupyter looks; `prefixes` adds more environments. */
export function listKernels(prefixes: readonly string[] = []): InstalledKernel[] {
  const active = [process.env['VIRTUAL_ENV'], process.env['CONDA_PREFIX']].filter(prefix => prefix !== undefined);
  const roots = [
    userDataFolder(),
    ...[...prefixes, ...active, '/usr/local', '/usr'].map(prefix => join(resolve(prefix), 'share', 'jupyter')),
  ];
  return [...new Set(roots)].flatMap(root => findIn(join(root, 'kernels')));
}

export function kernelFolder(place: KernelPlace): string {
  const chosen = [place.prefix !== undefined, place.user === true, place.sysPrefix === true].filter(Boolean).length;
  if (chosen > 1) throw new UserError('Choose one of --prefix, --user and --sys-prefix.');
  if (place.prefix === '') throw new UserError('Expected --prefix to be a folder, got "".');
  const prefix = place.sysPrefix ? pythonPrefix() : place.prefix;
  const data = prefix === undefined ? userDataFolder() : join(resolve(prefix), 'share', 'jupyter');
  return join(data, 'kernels', kernelName);
}

function findIn(kernels: string): InstalledKernel[] {
  if (!existsSync(kernels)) return [];
  return readdirSync(kernels).flatMap(name => {
    const file = join(kernels, name, 'kernel.json');
    if (!existsSync(file)) return [];
    const argv = readArgv(file);
    const program = argv.find(argument => /[\\/]kernel[\\/]main\.js$/.test(argument));
    if (program === undefined) return [];
    return [{folder: dirname(file), program, works: existsSync(argv[0]!) && existsSync(program)}];
  });
}

function readArgv(file: string): string[] {
  try {
    const {argv} = JSON.parse(readFileSync(file, 'utf8')) as {argv?: unknown};
    return Array.isArray(argv) ? argv.map(String) : [];
  } catch {
    return [];
  }
}

/** Where Jupyter keeps a person's kernels: https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
function userDataFolder(): string {
  const {JUPYTER_DATA_DIR: own, APPDATA: roaming, XDG_DATA_HOME: xdg} = process.env;
  if (own) return own;
  if (process.platform === 'win32') return join(roaming ?? homedir(), 'jupyter');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  return join(xdg ?? join(homedir(), '.local', 'share'), 'jupyter');
}

function pythonPrefix(): string {
  const active = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
  if (active) return active;
  const python = process.platform === 'win32' ? 'python' : 'python3';
  try {
    return execFileSync(python, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    throw new UserError(
      `--sys-prefix needs ${python}, which was not found; name the environment with --prefix DIR instead.`,
      exitCodes.input,
    );
  }
}

/** Set-up calls this file as a program, before the command line is there: `node dist/kernel/install.js --prefix .venv`. */
if (require.main === module) {
  try {
    const {values} = parseArgs({
      options: {prefix: {type: 'string'}, user: {type: 'boolean'}, 'sys-prefix': {type: 'boolean'}},
    });
    process.stdout.write(
      `${installKernel({prefix: values.prefix, user: values.user, sysPrefix: values['sys-prefix']})}\n`,
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : exitCodes.usage;
  }
}
