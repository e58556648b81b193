import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CourseError, root } from './environment.ts';
import { differences, findings } from './judge.ts';
import { findLessons } from './lessons.ts';
import { type Lesson, type Notebook, readLesson, writeLesson } from './notebook.ts';
import { Progress } from './progress.ts';
import { LessonRunner } from './run.ts';
import { startServer } from './server.ts';
import { parseOptions, runTool, stopped } from './stop.ts';

const help = `npm run notebooks -- [lessons] [--timeout S] [--check] [--dir FOLDER]

Runs lessons from top to bottom, each in a fresh kernel, and writes their outputs into them. Lessons are given by number
or name; without any, all are run. A cell that fails ends it all, unless it is tagged \`raises-exception\`.
  --timeout S   the longest a cell may take, in seconds (120)
  --check       write nothing; fail where the stored outputs are clearly not those of today
  --dir FOLDER  where the lessons are (notebooks)`;

async function notebooks(args: string[]): Promise<number> {
  const { names, dir, timeout, check, help: isAsked } = read(args);
  if (isAsked) {
    console.log(help);
    return 0;
  }
  const lessons = findLessons(dir, names).map(readLesson);
  const asked = stopped();
  asked.catch(() => {});
  const progress = new Progress(
    lessons.map(({ name, notebook }) => ({
      name,
      cells: notebook.cells.filter((cell) => cell.cell_type === 'code').length,
    })),
  );
  // The lessons show how far a reader is: their stored outputs show one who begins.
  const progressFile = join(tmpdir(), `interleaved-progress-${process.pid}.jsonl`);
  const starting = startServer({ rootDir: dir, variables: { INTERLEAVED_PROGRESS: progressFile } });
  try {
    const server = await Promise.race([starting, asked]);
    const runner = new LessonRunner(server);
    for (const [index, lesson] of lessons.entries()) {
      const running = runner.run(lesson, { timeout, onCell: (cell) => progress.cell(index, cell) });
      const { notebook, durations, left } = await Promise.race([running, asked]);
      const found = findings(notebook);
      if (found.length > 0) {
        throw new CourseError(`${lesson.name} would hold what should not be committed:\n  ${found.join('\n  ')}`);
      }
      if (left.length > 0) {
        throw new CourseError(
          `${lesson.name} leaves processes running (${left.length}): close its pools, end its workers.`,
        );
      }
      if (check) compare(lesson, notebook);
      else writeLesson(lesson, notebook);
      progress.done(index, durations, check ? 'as stored' : 'written');
    }
    return 0;
  } finally {
    progress.clear();
    await (await starting.catch(() => undefined))?.close();
    rmSync(progressFile, { force: true });
  }
}

function compare(lesson: Lesson, fresh: Notebook): void {
  const found = differences(lesson.notebook, fresh);
  if (found.length > 0) {
    throw new CourseError(`${lesson.name} is not stored as it runs today:\n  ${found.join('\n  ')}`);
  }
}

const known = {
  timeout: { type: 'string' },
  check: { type: 'boolean' },
  dir: { type: 'string' },
  help: { type: 'boolean' },
} as const;

function read(args: string[]) {
  const { values, positionals } = parseOptions({ args, options: known, allowPositionals: true }, help);
  const text = values.timeout ?? '120';
  const timeout = Number(text) * 1000;
  if (!(timeout > 0)) throw new CourseError(`--timeout takes seconds, not ${JSON.stringify(text)}.`);
  return { ...values, names: positionals, dir: resolve(values.dir ?? join(root, 'notebooks')), timeout };
}

runTool(notebooks);
