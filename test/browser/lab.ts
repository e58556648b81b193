import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root, stateDir } from '../../src/course/environment.ts';
import { type JupyterServer, startServer } from '../../src/course/server.ts';
import { launch } from './chromium.ts';

/** One output of a cell, as the notebook format stores it. */
export interface Output {
  readonly output_type: string;
  readonly text?: string;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
  readonly data?: Readonly<Record<string, string>>;
}

interface CellModel {
  readonly type: string;
  readonly sharedModel: { setSource(text: string): void };
  readonly outputs?: { toJSON(): Output[] };
}

/** What JupyterLab hands to its page under `--expose-app-in-browser`; only what the tests use. */
interface LabApp {
  readonly commands: { execute(id: string): Promise<unknown> };
  readonly shell: {
    readonly currentWidget: {
      readonly content: { activeCellIndex: number; readonly widgets: readonly { readonly model: CellModel }[] };
      readonly context: { readonly isReady: boolean };
      readonly sessionContext: { readonly session: { readonly kernel: { readonly status: string } | null } | null };
    } | null;
  };
}

declare global {
  var jupyterapp: LabApp;
}

/** A real JupyterLab over copies of the lessons, and a real browser to read it with. */
export class Lab {
  static async start(): Promise<Lab> {
    // Copies, so that no run writes into the lessons; inside the checkout, so that cells find `interleaved`.
    mkdirSync(stateDir, { recursive: true });
    const folder = mkdtempSync(path.join(stateDir, 'browser-'));
    cpSync(path.join(root, 'notebooks'), folder, { recursive: true });
    let server: JupyterServer | undefined;
    try {
      const args = ['--no-browser', '--expose-app-in-browser'];
      // Of its own: what a reader has open or set is none of its business, nor is its own a reader's.
      const own = (name: string) => path.join(folder, `.${name}`);
      const variables = { JUPYTERLAB_WORKSPACES_DIR: own('workspaces'), JUPYTERLAB_SETTINGS_DIR: own('settings') };
      server = await startServer({ rootDir: folder, lab: true, args, variables });
      return new Lab(server, await launch(), folder);
    } catch (error) {
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  readonly #server: JupyterServer;
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(server: JupyterServer, browser: Browser, folder: string) {
    this.#server = server;
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Opens a lesson in a new page and waits until its cells are there and its kernel is idle. */
  async open(lesson: string): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${this.#server.url}lab/tree/${lesson}?token=${this.#server.token}`);
    await page.waitForFunction(
      () =>
        globalThis.jupyterapp?.shell.currentWidget?.context?.isReady &&
        globalThis.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle',
      undefined,
      { timeout: 60_000 },
    );
    return page;
  }

  async close(): Promise<void> {
    try {
      await this.#browser.close();
    } finally {
      await this.#server.close();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

/** The outputs of every cell, in order; cells of text have none. */
export function outputs(page: Page): Promise<Output[][]> {
  return page.evaluate(() =>
    (globalThis.jupyterapp.shell.currentWidget?.content.widgets ?? []).map(
      (widget) => widget.model.outputs?.toJSON() ?? [],
    ),
  );
}

/** Adds a cell below all others, with `code` in it, and makes it the active one. */
export async function addCell(page: Page, code: string): Promise<void> {
  await page.evaluate(async (text) => {
    const { commands, shell } = globalThis.jupyterapp;
    const content = shell.currentWidget?.content;
    if (!content) throw new Error('No notebook is open.');
    content.activeCellIndex = content.widgets.length - 1;
    await commands.execute('notebook:insert-cell-below');
    content.widgets[content.activeCellIndex]?.model.sharedModel.setSource(text);
  }, code);
}

/** Runs the active cell and gives its outputs. */
export async function runActive(page: Page): Promise<Output[]> {
  await page.evaluate(() => globalThis.jupyterapp.commands.execute('notebook:run-cell'));
  return activeOutputs(page);
}

export function activeOutputs(page: Page): Promise<Output[]> {
  return page.evaluate(() => {
    const content = globalThis.jupyterapp.shell.currentWidget?.content;
    return content?.widgets[content.activeCellIndex]?.model.outputs?.toJSON() ?? [];
  });
}
