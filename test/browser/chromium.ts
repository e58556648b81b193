import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser of this machine, or undefined; `CHROMIUM=path` names another one. */
const chromiumPath: string | undefined = places.find((place) => place !== '' && existsSync(place));

/** Starts the browser; the caller closes it. */
export async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/**
 * Skips the suite that calls it where no Chromium is installed, with a line that says how to have it run. Under CI
 * the tests must run, so there a missing browser fails.
 */
export function needsChromium(context: Mocha.Context): void {
  if (chromiumPath !== undefined) return;
  const way = 'no Chromium found: install one (Debian: apt-get install chromium) or name it with CHROMIUM=path';
  if (process.env.CI) throw new Error(`browser tests must run under CI: ${way}`);
  console.log(`    browser tests skipped: ${way}`);
  context.skip();
}
