import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CourseError } from './environment.ts';

/** Text as notebook files hold it: whole, or as a list of lines that keep their line ends. */
export type Text = string | string[];

/** One output of a cell in the notebook format. */
export interface Output {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  name?: string;
  text?: Text;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface Cell {
  cell_type: 'code' | 'markdown' | 'raw';
  id?: string;
  source: Text;
  metadata: Record<string, unknown>;
  outputs?: Output[];
  execution_count?: number | null;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** A lesson's file as it was read. */
export interface Lesson {
  /** The file's name without `.ipynb`. */
  readonly name: string;
  readonly path: string;
  /** The file's bytes as text, to notice that somebody changed it meanwhile. */
  readonly text: string;
  readonly notebook: Notebook;
}

/**
 * Reads a lesson.
 *
 * @throws {CourseError} when the file is no notebook, with what is wrong about it
 */
export function readLesson(path: string): Lesson {
  const name = basename(path, '.ipynb');
  const text = readFileSync(path, 'utf8');
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text) as Notebook;
  } catch (error) {
    throw new CourseError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const flaw = flawOf(notebook);
  if (flaw) throw new CourseError(`${path} is not a notebook: ${flaw}.`);
  return { name, path, text, notebook };
}

function flawOf(notebook: Notebook): string | undefined {
  if (typeof notebook !== 'object' || notebook === null) return 'it holds no object';
  if (notebook.nbformat !== 4) return `nbformat is ${JSON.stringify(notebook.nbformat)}, not 4`;
  if (!Array.isArray(notebook.cells)) return 'it has no list of cells';
  for (const [index, cell] of notebook.cells.entries()) {
    if (!['code', 'markdown', 'raw'].includes(cell?.cell_type)) return `cell ${index + 1} has no known type`;
    const { source } = cell;
    const isText =
      typeof source === 'string' || (Array.isArray(source) && source.every((line) => typeof line === 'string'));
    if (!isText) return `cell ${index + 1} has no source`;
  }
  return undefined;
}

/** Whether the author gave a cell this tag. */
export function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

/** Text as one string. */
export function joined(text: Text | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}

/**
 * Text as the lines that Python's `splitlines(keepends=True)` gives, which is what Jupyter writes: besides line feeds
 * it splits at some rarer characters.
 */
export function lines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Python splits at
  return text === '' ? [] : text.split(/(?<=[\n\v\f\x1c-\x1e\x85\u2028\u2029]|\r(?!\n))/);
}

/**
 * The file's text exactly as Jupyter writes a notebook: keys sorted, one blank of indentation, text as lines. So a
 * reader who saves in JupyterLab and our runner change nothing but what is different.
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(joined(cell.source)),
    ...(cell.outputs ? { outputs: cell.outputs.map(splitOutput) } : {}),
  }));
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

function splitOutput(output: Output): Output {
  const split: Output = { ...output };
  if (output.text !== undefined) split.text = lines(joined(output.text));
  if (output.data) {
    split.data = Object.fromEntries(
      Object.entries(output.data).map(([type, value]) => [type, isJson(type) ? value : lines(joined(value as Text))]),
    );
  }
  return split;
}

/** Whether content of a MIME type is kept as JSON instead of text. */
function isJson(type: string): boolean {
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/**
 * Puts a notebook in a lesson's place in one step.
 *
 * @throws {CourseError} when the file is no longer what was read: somebody's edit would be lost
 */
export function writeLesson(lesson: Lesson, notebook: Notebook): void {
  const text = formatNotebook(notebook);
  if (readFileSync(lesson.path, 'utf8') !== lesson.text) {
    throw new CourseError(`${lesson.path} was changed while it ran, so its new outputs are not written. Run it again.`);
  }
  if (text === lesson.text) return;
  const temporary = join(dirname(lesson.path), `.${lesson.name}.${process.pid}.new`);
  try {
    writeFileSync(temporary, text, { mode: statSync(lesson.path).mode });
    renameSync(temporary, lesson.path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** A cell's own id, or one made from its place and text for a cell that has none, so that it is the same every time. */
export function idOf(cell: Cell, index: number): string {
  return (
    cell.id ??
    createHash('sha256')
      .update(`${index}\n${joined(cell.source)}`)
      .digest('hex')
      .slice(0, 8)
  );
}
