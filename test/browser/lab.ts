/** JupyterLab as `npm run lab` starts it, on a free port, with settings and a runtime folder of its own. */
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';

const root = resolve(__dirname, '..', '..');
/** Set-up may have to build first, and a busy machine takes its time. */
const startLimitMs = 180_000;
const farewellMs = 20_000;

interface Server {
  readonly url: string;
  readonly token: string;
}

export class Lab {
  private constructor(
    private readonly child: ChildProcess,
    private readonly own: string,
    private readonly server: Server,
    private readonly heard: {text: string},
  ) {}

  /** @param folder where the notebooks are; inside the project, so that they import the package by its name. */
  static async start(folder: string): Promise<Lab> {
    const own = mkdtempSync(join(tmpdir(), 'lab-'));
    const child = spawn(process.execPath, [join(root, 'scripts', 'lab.mjs'), ...options(folder)], {
      cwd: root,
      env: {...process.env, ...surroundings(own)},
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own group: Ctrl-C would make JupyterLab ask a question that nobody answers.
      detached: true,
    });
    // However this process ends: JupyterLab then ends its kernels.
    process.once('exit', () => {
      killGroup(child, 'SIGTERM');
      rmSync(own, {recursive: true, force: true});
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
    const heard = {text: ''};
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', data => {
        heard.text += data;
      });
    try {
      return new Lab(child, own, await announced(child, join(own, 'runtime'), heard), heard);
    } catch (error) {
      await end(child, own);
      throw error;
    }
  }

  /** Colours of pages that are opened from now on. */
  setTheme(theme: 'light' | 'dark'): void {
    const name = theme === 'dark' ? 'JupyterLab Dark' : 'JupyterLab Light';
    writeSettings(this.own, 'themes', {theme: name});
  }

  /** The page that opens one notebook and nothing of before. */
  address(notebook: string): string {
    return `${this.server.url}lab/tree/${notebook}?token=${this.server.token}&reset`;
  }

  /** What JupyterLab and the kernels wrote to the terminal. */
  get log(): string {
    return this.heard.text;
  }

  /** Ends the kernels, which JupyterLab keeps when a page is left. */
  async endKernels(): Promise<void> {
    const sessions = (await (await this.ask('GET', 'api/sessions')).json()) as {id: string}[];
    for (const {id} of sessions) await this.ask('DELETE', `api/sessions/${id}`);
  }

  private ask(method: string, path: string): Promise<Response> {
    const headers = {Authorization: `token ${this.server.token}`};
    return fetch(`${this.server.url}${path}`, {method, headers});
  }

  /** Ends JupyterLab with its kernels. @returns the command lines of what outlived it and had to be killed. */
  async stop(): Promise<string[]> {
    await this.ask('POST', 'api/shutdown').catch(() => {});
    return end(this.child, this.own);
  }
}

function options(folder: string): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  return ['--no-browser', `--ServerApp.root_dir=${folder}`, '--ServerApp.port=0', ...asRoot];
}

/** Nothing of the person's own Jupyter counts or is touched, and nothing is asked of the network. */
function surroundings(own: string): Record<string, string> {
  writeSettings(own, 'notification', {checkForUpdates: false, fetchNews: 'false', doNotDisturbMode: true});
  return {
    JUPYTERLAB_SETTINGS_DIR: join(own, 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(own, 'workspaces'),
    JUPYTER_CONFIG_DIR: join(own, 'config'),
    JUPYTER_DATA_DIR: join(own, 'data'),
    JUPYTER_RUNTIME_DIR: join(own, 'runtime'),
    JUPYTER_NO_CONFIG: '1',
    MULTIMODAL_GAN_PROFILE: 'smoke',
  };
}

function writeSettings(own: string, name: string, settings: object): void {
  const folder = join(own, 'settings', '@jupyterlab', 'apputils-extension');
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, `${name}.jupyterlab-settings`), JSON.stringify(settings));
}

/** JupyterLab writes its address and token into the runtime folder. */
async function announced(child: ChildProcess, folder: string, heard: {text: string}): Promise<Server> {
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const server = readServer(folder);
    if (server && (await fetch(`${server.url}api?token=${server.token}`).catch(() => null))?.ok) return server;
    await pause(50);
  }
  throw new Error(`Expected JupyterLab to start, got:\n${heard.text}`);
}

function readServer(folder: string): Server | null {
  try {
    const name = readdirSync(folder).find(file => /^jpserver-\d+\.json$/.test(file));
    return name ? (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Server) : null;
  } catch {
    // Not there yet, or not wholly written.
    return null;
  }
}

async function end(child: ChildProcess, own: string): Promise<string[]> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  for (const signal of [null, 'SIGTERM', 'SIGKILL'] as const) {
    if (signal) killGroup(child, signal);
    for (let waited = 0; waited < farewellMs && !ended(); waited += 50) await pause(50);
  }
  let left = processesNaming(own);
  // A kernel that was told to end may still be on its way out.
  for (let waited = 0; waited < farewellMs && left.length > 0; waited += 50) {
    await pause(50);
    left = processesNaming(own);
  }
  for (const {pid} of left) process.kill(pid, 'SIGKILL');
  rmSync(own, {recursive: true, force: true});
  return left.map(({command}) => command);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Every kernel has the path of its connection file, below `own`, in its command line. Linux only; none elsewhere. */
function processesNaming(own: string): {pid: number; command: string}[] {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(name => ({pid: Number(name), command: commandOf(name)}))
      .filter(({command}) => command.includes(own));
  } catch {
    return [];
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
