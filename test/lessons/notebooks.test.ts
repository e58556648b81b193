import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findings } from '../../src/course/judge.ts';
import { type Cell, formatNotebook, joined, type Output, readLesson } from '../../src/course/notebook.ts';
import { definitions } from '../../src/exercises/lessons/index.ts';
import { sameProgram } from '../../src/exercises/source.ts';

const folder = join(import.meta.dirname, '../../notebooks');
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
const compile = (source: string) => new Function(`return ${source}`)() as () => unknown;

describe('the lessons', () => {
  it('are there, numbered in reading order', () => {
    assert.ok(names.includes('00-start-here.ipynb') && names.includes('06-processes-and-pools.ipynb'));
    for (const name of names) assert.match(name, /^\d\d-[a-z]+(-[a-z]+)*\.ipynb$/);
  });

  for (const name of names) describe(name, () => lesson(name));
});

function lesson(name: string): void {
  const { notebook, text } = readLesson(join(folder, name));
  const { cells } = notebook;
  const code = cells.filter((cell) => cell.cell_type === 'code');
  const prose = cells.filter((cell) => cell.cell_type === 'markdown').map((cell) => joined(cell.source));
  const number = name.slice(0, 2);
  const exercises = Object.values(definitions).filter(({ id }) => id.startsWith(`${number}.`));

  it('is written as Jupyter writes it, for our kernel', () => {
    assert.equal(text, formatNotebook(notebook));
    assert.equal(notebook.nbformat_minor, 5);
    const { kernelspec, language_info: language } = notebook.metadata as Record<string, Record<string, unknown>>;
    assert.deepEqual(kernelspec, { display_name: 'TypeScript', language: 'typescript', name: 'tslab' });
    assert.equal(language?.name, 'typescript');
  });

  it('has cells with ids that a person can read, each once', () => {
    const ids = cells.map((cell) => cell.id ?? '');
    for (const id of ids) assert.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('follows the pattern: goal, time, the Python shape, predict, run, why, break it, exercise, what to choose', () => {
    const all = prose.join('\n\n');
    assert.match(prose[0] ?? '', /^# .+[\s\S]*\*\*Goal\.\*\*[\s\S]*\*\*Time\.\*\*/);
    assert.match(all, /```python\n/);
    const headings = [...all.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    const wanted = ['Predict', 'Run', 'Why', 'Break it', 'Exercise', 'What to choose'];
    const places = wanted.map((start) => headings.findIndex((heading) => heading.startsWith(start)));
    assert.ok(!places.includes(-1), `${wanted[places.indexOf(-1)]} is missing among: ${headings.join(', ')}`);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert.match(code.map((cell) => joined(cell.source)).join('\n'), /predict\([\s\S]*prediction: guess/);
  });

  it('has short cells of code, as plain tslab can run them', () => {
    for (const cell of code) {
      const source = joined(cell.source);
      assert.ok(source.split('\n').length <= 25, `${cell.id} is long`);
      for (const line of source.split('\n')) assert.ok(line.length <= 90, `${cell.id}: ${line}`);
      assert.doesNotMatch(source, /^\s*(await \(|for await\b)/, `${cell.id}`);
      assert.doesNotMatch(source, /^\s*(await )?using\b/m, `${cell.id}`);
    }
  });

  it('was run from top to bottom, each cell once and without error', () => {
    assert.deepEqual(
      code.map((cell) => cell.execution_count),
      code.map((_, index) => index + 1),
    );
    for (const cell of code) {
      for (const { output_type: type, name: stream } of cell.outputs ?? []) {
        assert.notEqual(type, 'error', `${cell.id}`);
        assert.notEqual(stream, 'stderr', `${cell.id}`);
      }
    }
  });

  it('stores no path, no name of a user, no warning and no time of day', () => {
    assert.deepEqual(findings(notebook), []);
  });

  it('tells every picture in words as well', () => {
    for (const cell of code) for (const output of cell.outputs ?? []) told(cell, output);
  });

  it('asks every exercise of its number, unsolved, with its solution folded in text only', async () => {
    const asked = [
      ...code
        .map((cell) => joined(cell.source))
        .join('\n')
        .matchAll(/exercise\('([\d.]+)'\)/g),
    ];
    assert.deepEqual(
      asked.map(([, id]) => id),
      exercises.map(({ id }) => id),
    );
    for (const { id, stub, solution } of exercises) {
      const index = code.findIndex((cell) => joined(cell.source).includes(`exercise('${id}')`));
      const check = code[index]!;
      assert.match(outputText(check), new RegExp(`Exercise ${id}: not attempted yet`));
      const given = withoutTypes(joined(code[index - 1]!.source));
      assert.ok(await sameProgram(compile(given), stub as () => unknown), `${id}: the cell before the check`);
      const folded = prose.filter((markdown) => markdown.includes(`\`\`\`ts\n${solution}\n\`\`\``));
      assert.equal(folded.length, 1, `${id}: the solution stands in one text`);
      assert.match(folded[0]!, /^<details><summary>.+<\/summary>\n\n```ts[\s\S]*```\n\n<\/details>$/);
      for (const cell of code) assert.ok(!joined(cell.source).includes(solution), `${cell.id} would run a solution`);
    }
    for (const cell of code) {
      const running = joined(cell.source).replace(/\/\/.*$/gm, '');
      assert.doesNotMatch(running, /\.(solution|hint)\(/, `${cell.id}`);
    }
  });
}

/** A picture has a name and a description of its own, and the output its facts as text. */
function told(cell: Cell, output: Output): void {
  const html = joined(output.data?.['text/html'] as string | undefined);
  if (html === '') return;
  const plain = joined(output.data?.['text/plain'] as string | undefined);
  assert.ok(plain.length > 20 && !plain.includes('<'), `${cell.id} has no text twin`);
  for (const [svg] of html.matchAll(/<svg[\s\S]*?<\/svg>/g)) {
    assert.match(svg, /role="img"/, `${cell.id}`);
    assert.match(svg, /<title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+<\/desc>/, `${cell.id}`);
  }
}

function outputText(cell: Cell): string {
  return (cell.outputs ?? [])
    .map((output) => joined((output.data?.['text/plain'] ?? output.text) as string))
    .join('\n');
}

/** The function of a cell without its types. */
function withoutTypes(source: string): string {
  const types =
    /: (Executor|(number|string|Thread)(\[\])?|typeof \w+|(Promise|Queue)<[^>]*>|\([^)]*\) => Promise<string>)(?=[,)])/g;
  return source.replace(types, '');
}
