import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { note, progress, progressOf } from '../../src/exercises/progress.ts';
import { progressTable, resetProgress } from '../../src/exercises/report.ts';
import { withScratchProgress } from './scratch.ts';

describe('the progress file', () => {
  const scratch = withScratchProgress();

  it('keeps what was done, and nothing before anything was', () => {
    assert.equal(progress().size, 0);
    assert.equal(existsSync(scratch.file()), false);
    note('06.1', 'tried');
    note('06.1', 'hint');
    note('06.1', 'hint');
    note('00.1', 'solved');
    assert.deepEqual(progressOf('06.1'), { tried: true, solved: false, hints: 2, solution: false });
    assert.deepEqual(progressOf('00.1'), { tried: false, solved: true, hints: 0, solution: false });
    assert.deepEqual(progressOf('06.2'), { tried: false, solved: false, hints: 0, solution: false });
  });

  it('passes over lines that are no notes, and over one cut short', () => {
    note('00.1', 'tried');
    appendFileSync(
      scratch.file(),
      '\n\u0000\u0001 rubbish\n[]\n7\nnull\n{"id":1,"step":"solved"}\n{"id":"06.1","step":"fl',
    );
    note('06.2', 'solved');
    note('06.2', 'unheard of' as never);
    assert.deepEqual([...progress().keys()], ['00.1', '06.2']);
    assert.equal(progressOf('06.2').solved, true);
  });

  it('survives a file that is no text at all', () => {
    writeFileSync(scratch.file(), Buffer.from([0xff, 0xfe, 0, 1, 2, 3]));
    assert.equal(progress().size, 0);
    assert.equal(note('00.1', 'solved'), undefined);
    assert.equal(progressOf('00.1').solved, true);
  });

  it('loses no note when several notebooks write at once', async () => {
    const module = join(import.meta.dirname, '../../src/exercises/progress.ts');
    const script = `import { note } from ${JSON.stringify(module)};
      for (let i = 0; i < 200; i++) note(process.argv[1], 'hint');`;
    const run = promisify(execFile);
    const notebooks = ['00.1', '06.1', '06.2'];
    const write = (id: string) => run(process.execPath, ['--input-type=module', '-e', script, id], { timeout: 30_000 });
    await Promise.all(notebooks.map(write));
    for (const id of notebooks) assert.equal(progressOf(id).hints, 200, id);
  });

  it('resets one exercise, or all', () => {
    note('00.1', 'solved');
    note('06.1', 'solved');
    resetProgress('00.1');
    assert.deepEqual([...progress().keys()], ['06.1']);
    note('00.1', 'tried');
    assert.equal(progressOf('00.1').solved, false);
    resetProgress();
    assert.equal(progress().size, 0);
    assert.equal(existsSync(scratch.file()), false);
    resetProgress();
    assert.throws(() => resetProgress('99.9' as '00.1'), /no exercise '99\.9'.*00\.1/);
  });

  it('says so when it cannot save, and remembers for as long as the kernel lives', () => {
    process.env.INTERLEAVED_PROGRESS = join(scratch.file(), 'not', 'a', 'folder');
    try {
      assert.equal(note('00.1', 'solved'), 'ENOENT');
      assert.equal(progressOf('00.1').solved, true);
    } finally {
      resetProgress();
    }
    assert.equal(progressOf('00.1').solved, false);
  });

  it('holds no path, no name and no time', () => {
    note('00.1', 'solved');
    assert.equal(readFileSync(scratch.file(), 'utf8'), '\n{"id":"00.1","step":"solved"}');
  });

  it('is shown as a table', () => {
    note('00.1', 'solved');
    note('00.1', 'hint');
    const text = String(progressTable());
    assert.match(text, /Your progress: 1 of \d+ solved/);
    assert.match(text, /00\.1 +tea and toast +✓ solved +1 of 3/);
  });
});
