import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { needsChromium } from './chromium.ts';
import { activeOutputs, addCell, Lab, outputs, runActive } from './lab.ts';

describe('JupyterLab in a browser', function () {
  this.timeout(120_000);
  let lab: Lab;
  let page: Page;

  before(async function () {
    needsChromium(this);
    lab = await Lab.start();
    page = await lab.open('00-start-here.ipynb');
  });
  after(() => lab?.close());

  it('shows the stored timeline of a fresh clone before anything has run', async () => {
    const figure = page.locator('.jp-OutputArea figure svg[role="img"]').first();
    await figure.scrollIntoViewIfNeeded();
    const box = await figure.boundingBox();
    assert.ok(
      box && box.width > 200 && box.height > 40,
      `the timeline has a place on the page: ${JSON.stringify(box)}`,
    );
    assert.ok((await figure.locator('title').textContent())?.trim(), 'and a title for those who do not see it');
  });

  it('runs the whole lesson: no cell fails, and the figures are there again', async () => {
    await page.evaluate(() => globalThis.jupyterapp.commands.execute('notebook:run-all-cells'));
    const all = (await outputs(page)).flat();
    assert.deepEqual(
      all.filter((output) => output.output_type === 'error'),
      [],
    );
    const pictures = all.filter((output) => output.data?.['text/html']?.includes('<svg'));
    assert.ok(pictures.length > 0, 'a timeline is drawn from this run');
    assert.ok(
      pictures.every((output) => output.data?.['text/plain']),
      'every picture has its facts as text beside it',
    );
    assert.ok(await page.locator('.jp-OutputArea figure svg[role="img"]').first().isVisible());
  });

  it('completes names of the library', async () => {
    await addCell(page, "import { timed } from 'interleaved';\ntime");
    await editEnd(page);
    await page.keyboard.press('Tab');
    const popup = page.locator('.jp-Completer');
    await popup.waitFor({ state: 'visible' });
    assert.match((await popup.textContent()) ?? '', /timed/);
    await page.keyboard.press('Escape');
  });

  it('shows our docstring for the name under the cursor', async () => {
    await addCell(page, "import { timed } from 'interleaved';\ntimed");
    await editEnd(page);
    await page.keyboard.press('Shift+Tab');
    const tooltip = page.locator('.jp-Tooltip');
    await tooltip.waitFor({ state: 'visible' });
    const text = (await tooltip.textContent()) ?? '';
    assert.match(text, /function timed/);
    assert.match(text, /Runs|Times|Measures/, 'the words of the docstring, not the signature alone');
    await page.keyboard.press('Escape');
  });

  it('shows an error with its name, its message and the line of the cell', async () => {
    await addCell(page, "const limit = 3;\nthrow new RangeError('more than ' + limit);");
    const [output] = await runActive(page);
    assert.equal(output?.output_type, 'error');
    assert.equal(output?.ename, 'RangeError');
    assert.equal(output?.evalue, 'more than 3');
    assert.match(output?.traceback?.join('\n') ?? '', /line 2/i);
    const shown = page.locator('.jp-OutputArea-output', { hasText: 'RangeError' });
    await shown.first().waitFor({ state: 'visible' });
  });

  it('interrupts a loop that never ends, and keeps what the kernel knew', async () => {
    await addCell(page, 'const kept = 42;');
    await runActive(page);
    await addCell(page, "console.log('looping'); await null; for (;;);");
    const running = page.evaluate(() => globalThis.jupyterapp.commands.execute('notebook:run-cell'));
    await page.waitForFunction(() => {
      const content = globalThis.jupyterapp.shell.currentWidget?.content;
      return content?.widgets[content.activeCellIndex]?.model.outputs?.toJSON()[0]?.text?.includes('looping');
    });
    await page.evaluate(() => globalThis.jupyterapp.commands.execute('notebook:interrupt-kernel'));
    await running;
    assert.ok(
      (await activeOutputs(page)).some((output) => output.output_type === 'error'),
      'the cell says that it was interrupted',
    );
    await addCell(page, 'kept + 1');
    const [output] = await runActive(page);
    assert.match(output?.data?.['text/plain'] ?? output?.text ?? '', /43/);
  });
});

/** Puts the cursor at the end of the active cell, as a reader who types there. */
async function editEnd(page: Page): Promise<void> {
  await page.locator('.jp-Cell.jp-mod-active .cm-content').click();
  await page.keyboard.press('Control+End');
}
