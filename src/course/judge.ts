import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { root } from './environment.ts';
import { type Cell, joined, type Notebook, type Output, type Text } from './notebook.ts';

/** Words that a machine's user may be called, and a lesson may say. */
const commonNames = new Set([
  'root',
  'user',
  'node',
  'admin',
  'runner',
  'jovyan',
  'student',
  'ubuntu',
  'main',
  'localhost',
]);

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What committed outputs must not hold: it would tell of the author's machine, or change with every run. */
const unwanted: readonly { readonly sign: RegExp; readonly what: string }[] = [
  ...[root, homedir(), tmpdir()]
    .filter((dir) => dir.length > 1)
    .map((dir) => ({ sign: new RegExp(`${literal(dir)}(?![\\w-])[^\\s'"<>)]*`), what: 'a path of this machine' })),
  { sign: /\/(?:home|Users)\/[\w.-]+[^\s'"<>)]*/, what: 'a path of a home folder' },
  { sign: /file:\/\/[^\s'"<>)]*/, what: 'a path as an address' },
  ...[userInfo().username, hostname()]
    .filter((name) => name.length > 2 && !commonNames.has(name))
    .map((name) => ({
      sign: new RegExp(`(?<![\\w-])${literal(name)}(?![\\w-])`),
      what: 'the name of the user or the machine',
    })),
  { sign: /\(node:\d+\).*|\b\w*Warning: .*/, what: 'a warning' },
  { sign: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*/, what: 'a time of day' },
  {
    sign: /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d? .*/,
    what: 'a time of day',
  },
];

/**
 * What a notebook's outputs hold that must not be committed.
 *
 * @returns one sentence for each finding, naming the cell; empty when all is well
 */
export function findings(notebook: Notebook): string[] {
  return notebook.cells.flatMap((cell, index) =>
    [...new Set((cell.outputs ?? []).flatMap((output) => findingsIn(output, joined(cell.source))))].map(
      (finding) => `cell ${index + 1} shows ${finding}`,
    ),
  );
}

function findingsIn(output: Output, source: string): string[] {
  const text = textOf(output);
  return unwanted.flatMap(({ sign, what }) => {
    const found = sign.exec(text)?.[0];
    // What the cell itself says is no secret.
    return found === undefined || source.includes(found) ? [] : [`${what}: ${found.slice(0, 120)}`];
  });
}

function textOf({ text, data = {}, evalue = '', traceback = [] }: Output): string {
  const texts = Object.values(data).map((value) =>
    typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : joined(value as Text),
  );
  return [joined(text), evalue, ...traceback, ...texts].join('\n');
}

/**
 * What remains of a cell's outputs when everything that may differ from run to run and from machine to machine is
 * masked: numbers and their units, the length of bars and gaps, how often a kind of line is repeated. Stored outputs
 * and fresh ones must agree in this. A cell tagged `varies` agrees by its kinds of output alone.
 */
export function shapeOf(cell: Cell): string[] {
  const tags = Array.isArray(cell.metadata.tags) ? cell.metadata.tags : [];
  return (cell.outputs ?? []).map((output) => {
    const kind = [output.output_type, output.name, output.ename, ...Object.keys(output.data ?? {}).sort()]
      .filter(Boolean)
      .join(' ');
    return tags.includes('varies')
      ? kind
      : `${kind}\n${masked(joined(output.text ?? (output.data?.['text/plain'] as Text | undefined)))}`;
  });
}

function masked(text: string): string {
  const rows = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
    .replace(/\x1b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) =>
      line
        .replace(/[\u2500-\u259f█▁-▏]+/g, '─')
        .replace(/[-+]?\d[\d,.\u2009\u202f]*(?:e[-+]?\d+)?/gi, '#')
        .replace(/# ?(?:ns|µs|us|ms|s|min|B|kB|KB|MB|GB)\b/g, '# unit')
        .replace(/\s+/g, ' ')
        .trim(),
    );
  return rows.filter((row, index) => row !== rows[index - 1]).join('\n');
}
