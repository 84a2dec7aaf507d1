/** A folder of notebooks, JupyterLab on it, and a browser: what each file of browser tests stands on. */
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {type Browser, chromium} from 'playwright-core';
import {Lab} from './lab';
import {Notebook} from './notebook';

const out = resolve(__dirname, '..', '..', 'out');
const pictures = join(out, 'browser');
/** A busy machine takes its time; what a test waits for is a state, never this long. */
const patienceMs = 60_000;

export interface View {
  readonly theme?: 'light' | 'dark';
  readonly widthPx?: number;
  readonly heightPx?: number;
}

export class Workplace {
  private constructor(
    private readonly lab: Lab,
    private readonly browser: Browser,
    /** Where the notebooks are. */
    readonly folder: string,
  ) {}

  /** @param fill puts the notebooks into the folder. */
  static async open(fill: (folder: string) => void): Promise<Workplace> {
    const executablePath = process.env['MULTIMODAL_GAN_CHROMIUM'];
    assert.ok(executablePath, 'Expected MULTIMODAL_GAN_CHROMIUM to name a browser; npm run test:browser sets it.');
    mkdirSync(pictures, {recursive: true});
    const folder = mkdtempSync(join(out, 'lab-'));
    process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
    try {
      fill(folder);
      const lab = await Lab.start(folder);
      try {
        const browser = await chromium.launch({executablePath, args: ['--mute-audio', '--disable-dev-shm-usage']});
        return new Workplace(lab, browser, folder);
      } catch (error) {
        await lab.stop();
        throw error;
      }
    } catch (error) {
      rmSync(folder, {recursive: true, force: true});
      throw error;
    }
  }

  /**
   * Opens a notebook in a window of its own for as long as `work` takes. When that fails, out/browser holds a picture of
   * the moment, and the error ends with what JupyterLab wrote last.
   */
  async with(name: string, work: (notebook: Notebook) => Promise<void>, view: View = {}): Promise<void> {
    const {theme = 'light', widthPx = 1280, heightPx = 900} = view;
    const context = await this.browser.newContext({
      viewport: {width: widthPx, height: heightPx},
      acceptDownloads: true,
    });
    context.setDefaultTimeout(patienceMs);
    // tsx marks functions with their names; those that are sent to the page take the mark along.
    await context.addInitScript('globalThis.__name = target => target');
    const page = await context.newPage();
    try {
      this.lab.setTheme(theme);
      await page.goto(this.lab.address(name));
      const notebook = new Notebook(page, pictures);
      await notebook.waitUntilReady(name);
      await work(notebook);
    } catch (error) {
      await page.screenshot({path: join(pictures, `failed-${name}.png`)}).catch(() => {});
      (error as Error).message += `\nJupyterLab wrote last:\n${this.lab.log.slice(-2000)}`;
      throw error;
    } finally {
      await context.close();
      await this.lab.endKernels();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    const left = await this.lab.stop();
    rmSync(this.folder, {recursive: true, force: true});
    assert.deepEqual(left, [], 'Processes outlived JupyterLab.');
  }
}
