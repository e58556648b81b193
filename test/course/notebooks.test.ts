import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Notebook, readLesson } from '../../src/course/notebook.ts';
import { Command } from './command.ts';
import { folder, notebook } from './fixtures.ts';

const run = (...args: string[]) => new Command('src/course/notebooks.ts', args);
const cells = { '01-good.ipynb': notebook('# Good', 'console.log(6 * 7)') };

describe('npm run notebooks', function () {
  this.timeout(60_000);

  it('writes what ran well, stops at what fails, and leaves that as it was', async () => {
    const { dir, remove } = folder({
      ...cells,
      '02-bad.ipynb': notebook("throw new Error('on purpose')"),
      '03-later.ipynb': notebook('1'),
    });
    try {
      const before = ['02-bad', '03-later'].map((name) => readFileSync(join(dir, `${name}.ipynb`), 'utf8'));
      const command = run('--dir', dir);
      assert.equal(await command.ended(), 1);
      assert.match(command.output, /01-good: 1 cells in [\d.]+ s, written/);
      assert.match(command.output, /02-bad, cell \[1\]: Error: on purpose/);
      assert.equal(outputOf(readLesson(join(dir, '01-good.ipynb')).notebook, 1), '42\n');
      assert.deepEqual(
        ['02-bad', '03-later'].map((name) => readFileSync(join(dir, `${name}.ipynb`), 'utf8')),
        before,
      );
      assert.deepEqual(await command.left(), []);
    } finally {
      remove();
    }
  });

  it('writes nothing that must not be committed', async () => {
    const { dir, remove } = folder({ '01-tells.ipynb': notebook('console.log(process.cwd())') });
    try {
      const command = run('--dir', dir, '1');
      assert.equal(await command.ended(), 1);
      assert.match(
        command.output,
        /01-tells would hold what should not be committed:\n {2}cell \[1\] shows a path of this machine/,
      );
      assert.deepEqual(readLesson(join(dir, '01-tells.ipynb')).notebook.cells[0]?.outputs, []);
    } finally {
      remove();
    }
  });

  it('checks that outputs are those of today, and writes nothing', async () => {
    const stored = (text: string): Notebook => {
      const written = notebook('# Good', "console.log('the answer is', 6 * 7)");
      Object.assign(written.cells[1]!, { outputs: [{ output_type: 'stream', name: 'stdout', text }] });
      return written;
    };
    const lessons = { '01-good.ipynb': stored('the answer is 41\n'), '02-stale.ipynb': stored('other words\n') };
    const { dir, remove } = folder(lessons);
    try {
      const command = run('--dir', dir, '--check');
      assert.equal(await command.ended(), 1);
      assert.match(command.output, /01-good: 1 cells in [\d.]+ s, as stored/);
      assert.match(
        command.output,
        /02-stale is not stored as it runs today:\n {2}cell \[1\] is stored with the words other words and now has the answer is #/,
      );
      for (const [name, content] of Object.entries(lessons)) {
        assert.equal(readFileSync(join(dir, name), 'utf8'), JSON.stringify(content));
      }
    } finally {
      remove();
    }
  });

  it('refuses bad input before anything is started', async () => {
    const { dir, remove } = folder({ ...cells, '02-broken.ipynb': '{ "cells": [' });
    try {
      const cases: [string[], RegExp][] = [
        [['nosuch'], /no lesson "nosuch"/],
        [['2'], /02-broken\.ipynb is not JSON/],
        [['1', '--timeout', 'soon'], /--timeout takes seconds, not "soon"/],
        [['--nosuch'], /Unknown option '--nosuch'/],
      ];
      for (const [args, message] of cases) {
        const command = run('--dir', dir, ...args);
        assert.equal(await command.ended(), 1, command.output);
        assert.match(command.output, message);
        assert.doesNotMatch(command.output, /\n {4}at /, 'no stack trace');
      }
    } finally {
      remove();
    }
  });

  for (const [how, end, code] of [
    ['loses its parent', (command: Command) => command.child.disconnect(), 143],
    ['is killed', (command: Command) => command.child.kill('SIGKILL'), 'SIGKILL'],
  ] as const) {
    it(`ends all that it started when it ${how}`, async () => {
      const endless = notebook("require('node:fs').writeFileSync('running', '');", 'for (;;) {}');
      const { dir, remove } = folder({ '01-endless.ipynb': endless });
      try {
        const command = run('--dir', dir);
        const ended = command.ended();
        for (let round = 0; round < 600 && !isThere(join(dir, 'running')); round += 1) await sleep(50);
        assert.ok(isThere(join(dir, 'running')), command.output);
        await sleep(200);
        end(command);
        assert.equal(await ended, code, command.output);
        assert.deepEqual(await command.left(), []);
        assert.deepEqual(readLesson(join(dir, '01-endless.ipynb')).notebook, endless);
      } finally {
        remove();
      }
    });
  }
});

function outputOf({ cells }: Notebook, index: number): string {
  return [cells[index]?.outputs?.[0]?.text].flat().join('');
}

function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
