import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../src/course/environment.ts';
import { differences, findings } from '../../src/course/judge.ts';
import { findLessons } from '../../src/course/lessons.ts';
import { type Notebook, readLesson } from '../../src/course/notebook.ts';
import { plainKernel, sharedServer } from '../course/shared.ts';

/** A lesson takes half a minute; a machine that does something else besides gets much more. */
const wideLimit = 240_000;
const timeout = 120_000;

/** All lessons; none instead of an error, which would keep every other test file from running. */
const paths = readdirSync(root).includes('notebooks') ? findLessons(join(root, 'notebooks')) : [];

it('there are lessons', () => {
  assert.ok(paths.length > 0);
});

for (const path of paths) {
  const lesson = readLesson(path);
  const stored = lesson.notebook;

  describe(`lesson ${lesson.name}`, () => {
    let fresh: Notebook;
    let left: number[];

    before('runs on a real server', async function () {
      this.timeout(wideLimit);
      const { runner } = await sharedServer();
      ({ notebook: fresh, left } = await runner.run(lesson, { timeout }));
    });

    it('is stored with the outputs of a run from top to bottom', () => {
      const counts = (notebook: Notebook) => notebook.cells.map((cell) => cell.execution_count);
      assert.deepEqual(counts(stored), counts(fresh), 'run `npm run notebooks`');
      assert.deepEqual(stored.metadata, fresh.metadata);
    });

    it('is stored much as it runs today', () => {
      assert.deepEqual(
        differences(stored, fresh),
        [],
        'run `npm run notebooks`; a cell whose words depend on the machine is tagged `varies`',
      );
    });

    it('shows no path, no name, no warning and no time of day', () => {
      assert.deepEqual(findings(fresh), []);
    });

    it('ends the processes that it starts, and its kernel ends', async () => {
      assert.deepEqual(left, []);
      const { server } = await sharedServer();
      for (let round = 0; server.processes().length > 1 && round < 100; round += 1) await sleep(50);
      assert.deepEqual(server.processes(), [server.pid]);
    });
  });
}

describe('the first lesson under plain tslab', () => {
  it('runs and shows the same in text', async function () {
    this.timeout(wideLimit);
    const { runner } = await sharedServer();
    const lesson = readLesson(paths[0]!);
    const { notebook } = await runner.run(lesson, { timeout, kernelName: plainKernel });
    for (const [index, cell] of notebook.cells.entries()) {
      const stored = lesson.notebook.cells[index]?.outputs ?? [];
      if (stored.length > 0) assert.ok(cell.outputs?.length, `cell ${cell.id} shows nothing`);
      assert.deepEqual(
        cell.outputs?.filter(({ output_type, name }) => output_type === 'error' || name === 'stderr') ?? [],
        [],
      );
    }
  });
});
