import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readEnvironment } from '../../src/course/environment.ts';
import { findLessons } from '../../src/course/lessons.ts';
import { formatNotebook, lines, readLesson, writeLesson } from '../../src/course/notebook.ts';
import { folder, notebook } from './fixtures.ts';

describe('a lesson file', () => {
  it('is written byte for byte as Jupyter writes it', () => {
    const written = notebook('# Title\n\nGrüße, 안녕 \u2028 \x1c', 'const a = 1;\r\nb\rc\n\n');
    const outputs = written.cells[1]!.outputs!;
    outputs.push({ output_type: 'stream', name: 'stdout', text: 'one\ntwo\u0085three\x0b' });
    outputs.push({
      output_type: 'display_data',
      metadata: {},
      data: { 'text/plain': 'a\nb', 'text/html': '<b>\n</b>', 'application/x+json': { b: [1, {}], a: [] } },
    });
    const { dir, remove } = folder({ '01-a.ipynb': formatNotebook(written) });
    try {
      const path = join(dir, '01-a.ipynb');
      const script = 'import nbformat, sys; p = sys.argv[1]; nbformat.write(nbformat.read(p, 4), p + ".again")';
      execFileSync(readEnvironment().python, ['-c', script, path]);
      assert.equal(readFileSync(path, 'utf8'), readFileSync(`${path}.again`, 'utf8'));
    } finally {
      remove();
    }
  });

  it('loses nothing when its text is split into lines', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => lines(text).join('') === text));
  });

  it('is refused when it is no notebook, with what is wrong', () => {
    const flaws: [string, RegExp][] = [
      ['{ "cells": [', /01-a\.ipynb is not JSON: .*end/],
      ['[]', /nbformat is undefined/],
      ['{"nbformat": 3}', /nbformat is 3, not 4/],
      ['{"nbformat": 4}', /no list of cells/],
      ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}', /cell 1 has no source/],
      ['{"nbformat": 4, "cells": [{"cell_type": "coda", "source": ""}]}', /cell 1 has no known type/],
    ];
    for (const [text, message] of flaws) {
      const { dir, remove } = folder({ '01-a.ipynb': text });
      assert.throws(() => readLesson(join(dir, '01-a.ipynb')), message);
      remove();
    }
  });

  it('is not overwritten when somebody changed it meanwhile', () => {
    const { dir, remove } = folder({ '01-a.ipynb': notebook('1') });
    try {
      const path = join(dir, '01-a.ipynb');
      const lesson = readLesson(path);
      writeFileSync(path, 'an edit');
      assert.throws(() => writeLesson(lesson, notebook('2')), /was changed while it ran/);
      assert.equal(readFileSync(path, 'utf8'), 'an edit');
      assert.deepEqual(readdirSync(dir), ['01-a.ipynb']);
    } finally {
      remove();
    }
  });
});

describe('the names of lessons', () => {
  const { dir, remove } = folder({ '06-pools.ipynb': '', '00-start.ipynb': '', '10-far.ipynb': '', 'notes.ipynb': '' });
  after(remove);
  const found = (...names: string[]) => findLessons(dir, names).map((path) => path.slice(dir.length + 1));

  it('come in reading order', () => {
    assert.deepEqual(found(), ['00-start.ipynb', '06-pools.ipynb', '10-far.ipynb']);
  });

  it('may be numbers, names and paths', () => {
    for (const name of ['6', '06', '06-pools', '06-pools.ipynb', 'notebooks/06-pools.ipynb']) {
      assert.deepEqual(found(name), ['06-pools.ipynb']);
    }
    assert.deepEqual(found('10', '0'), ['00-start.ipynb', '10-far.ipynb']);
  });

  it('are refused when unknown, with those that there are', () => {
    assert.throws(() => found('6', '7'), /no lesson "7". There are:\n {2}00-start\n {2}06-pools\n {2}10-far/);
    assert.throws(() => findLessons(join(dir, 'nowhere')), /no folder/);
  });
});
