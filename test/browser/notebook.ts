/** One open notebook, with the hands and eyes of a person. */
import {join} from 'node:path';
import type {Locator, Page} from 'playwright-core';

/** A whole notebook of the course on a busy machine. */
const runLimitMs = 300_000;
const maxPresses = 12;
/** Room for the line at the bottom. */
const marginPx = 60;
/** Chromium draws no larger ones. */
const maxPicturePx = 16_000;
const numbered = /^\[\d+\]:$/;

export class Notebook {
  /** @param pictures the folder of the screenshots. */
  constructor(
    readonly page: Page,
    private readonly pictures: string,
  ) {}

  /** Until the cells are there and the kernel has nothing to do. */
  async waitUntilReady(name: string): Promise<void> {
    await this.page.locator('.lm-TabBar-tab.lm-mod-current', {hasText: name}).waitFor();
    await this.cells.first().waitFor();
    await this.waitUntilIdle();
  }

  /** The line at the bottom knows whether there is a kernel; the circle in the toolbar says idle before there is one. */
  async waitUntilIdle(): Promise<void> {
    await this.status('Idle').waitFor();
  }

  async waitUntilBusy(): Promise<void> {
    await this.status('Busy').waitFor();
  }

  private status(state: string): Locator {
    return this.page.locator('#jp-main-statusbar').getByText(`TypeScript (multimodal-gan) | ${state}`);
  }

  get cells(): Locator {
    return this.page.locator('.jp-Notebook .jp-Cell');
  }

  /** The cell at a place, counted from 0, text cells included. */
  cell(at: number): Locator {
    return this.page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${at}"]`);
  }

  editor(at: number): Locator {
    return this.cell(at).locator('.cm-content');
  }

  /** What a cell has shown: text, pictures, tables. */
  outputs(at: number): Locator {
    return this.cell(at).locator('.jp-OutputArea-output');
  }

  /** The value of a cell's last expression, as text. */
  async result(at: number): Promise<string> {
    return (await this.cell(at).locator('.jp-OutputArea-executeResult .jp-OutputArea-output').innerText()).trimEnd();
  }

  /** The number in the margin: `[3]:`, `[*]:` while it waits or runs, `[ ]:` where it did not run. */
  async number(at: number): Promise<string> {
    return ((await this.cell(at).locator('.jp-InputPrompt').textContent()) ?? '').trim();
  }

  /** Replaces a cell's code by what is typed. */
  async type(at: number, code: string): Promise<void> {
    await this.editor(at).click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(code);
  }

  /** Presses a key until something is there: JupyterLab drops an answer that takes the kernel more than a second. */
  async pressUntil(key: string, wanted: Locator): Promise<void> {
    for (let turn = 1; ; turn++) {
      await this.page.keyboard.press(key);
      const there = wanted.waitFor({timeout: 5000});
      if (turn === maxPresses) return there;
      if (
        await there.then(
          () => true,
          () => false,
        )
      )
        return;
    }
  }

  /** Presses Ctrl+Enter in a cell. */
  async start(at: number): Promise<void> {
    await this.editor(at).click();
    await this.page.keyboard.press('Control+Enter');
  }

  /** Runs a cell to its end. */
  async run(at: number): Promise<void> {
    const before = await this.number(at);
    await this.start(at);
    await this.waitForNumber(at, before);
    await this.waitUntilIdle();
  }

  /** Waits until a cell has a number, and another than `before`. */
  async waitForNumber(at: number, before = ''): Promise<void> {
    await this.page.waitForFunction(
      ([index, old]) => {
        const prompt = document.querySelector(
          `.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"] .jp-InputPrompt`,
        );
        const text = prompt?.textContent?.trim() ?? '';
        return /^\[\d+\]:$/.test(text) && text !== old;
      },
      [String(at), before] as const,
      {timeout: runLimitMs},
    );
  }

  /** Waits until one of a cell's outputs says this. */
  async waitForText(at: number, text: string | RegExp): Promise<void> {
    await this.outputs(at).filter({hasText: text}).first().waitFor();
  }

  /** Runs every cell of a notebook that has not run yet, through the menu, and waits for the last one. */
  async runAll(): Promise<void> {
    const last = await this.page.locator('.jp-Notebook .jp-CodeCell').last().getAttribute('data-windowed-list-index');
    await this.choose('Run', 'Run All Cells');
    await this.waitForNumber(Number(last));
    await this.waitUntilIdle();
  }

  /** Clicks through the menu bar; names are whole, as shown. */
  async choose(...names: string[]): Promise<void> {
    await this.page.locator('.lm-MenuBar-item', {hasText: new RegExp(`^${names[0]}$`)}).click();
    for (const name of names.slice(1)) {
      const label = this.page.locator('.lm-Menu-itemLabel', {hasText: new RegExp(`^${name}$`)});
      await label.last().click();
    }
    await this.page.locator('.lm-Menu').first().waitFor({state: 'hidden'});
  }

  /** Presses a button of the notebook's toolbar, by its name in JupyterLab: save, interrupt, restart-and-run … */
  async press(name: string): Promise<void> {
    await this.page.locator(`.jp-NotebookPanel-toolbar [data-jp-item-name="${name}"]`).click();
  }

  /** Saves with Ctrl+S, and waits until the file is written. */
  async save(): Promise<void> {
    const written = this.page.waitForResponse(
      response => response.request().method() === 'PUT' && response.url().includes('/api/contents/') && response.ok(),
    );
    await this.page.keyboard.press('ControlOrMeta+S');
    await written;
  }

  /** The numbers of all code cells that ran. */
  async numbers(): Promise<string[]> {
    const texts = await this.page.locator('.jp-Notebook .jp-InputPrompt').allTextContents();
    return texts.map(text => text.trim()).filter(text => numbered.test(text));
  }

  /** The same of the whole notebook: the window is made as high as it is. */
  async wholePicture(name: string): Promise<void> {
    const before = this.page.viewportSize()!;
    // JupyterLab leaves cells that are out of sight for later, and a picture does not wait for them.
    const style = await this.page.addStyleTag({content: '.jp-Cell { content-visibility: visible !important; }'});
    const scrolled = this.page.locator('.jp-NotebookPanel .jp-WindowedPanel-outer');
    // A cell that is laid out may turn out higher or lower than it was taken for.
    for (let turn = 0; turn < 8; turn++) {
      await scrolled.evaluate(element => element.scrollTo(0, 0));
      const end = await this.cells.last().evaluate(cell => cell.getBoundingClientRect().bottom);
      const height = Math.min(Math.ceil(end) + marginPx, maxPicturePx);
      if (height === this.page.viewportSize()!.height) break;
      await this.page.setViewportSize({width: before.width, height});
    }
    await this.picture(name);
    await style.evaluate((element: Element) => element.remove());
    await this.page.setViewportSize(before);
  }

  /** A picture of the window as out/browser/NAME.png. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({path: join(this.pictures, `${name}.png`)});
  }
}
