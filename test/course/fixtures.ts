import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, Lesson, Notebook } from '../../src/course/notebook.ts';

/** A cell in short: Markdown as `# text`, code as it is, tags behind. */
type Short = string | [source: string, ...tags: string[]];

/** A notebook of such cells, without outputs. */
export function notebook(...cells: Short[]): Notebook {
  return {
    cells: cells.map((short, index): Cell => {
      const [source = '', ...tags] = typeof short === 'string' ? [short] : short;
      const common = { id: `cell-${index}`, source, metadata: tags.length > 0 ? { tags } : {} };
      if (source.startsWith('#')) return { cell_type: 'markdown', ...common };
      return { cell_type: 'code', ...common, outputs: [], execution_count: null };
    }),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** A lesson that lies nowhere, for what only reads it. */
export function lesson(name: string, ...cells: Short[]): Lesson {
  return { name, path: `${name}.ipynb`, text: '', notebook: notebook(...cells) };
}

/** A temporary folder with files in it. */
export function folder(files: Record<string, string | Notebook>): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'course-test-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
