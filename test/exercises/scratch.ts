import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the tests around it a progress file of their own, in a folder that goes away. */
export function withScratchProgress(): { file: () => string } {
  const before = process.env.INTERLEAVED_PROGRESS;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'progress-'));
    process.env.INTERLEAVED_PROGRESS = join(folder, 'progress.jsonl');
  });
  afterEach(() => {
    if (before === undefined) delete process.env.INTERLEAVED_PROGRESS;
    else process.env.INTERLEAVED_PROGRESS = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return { file: () => join(folder, 'progress.jsonl') };
}
