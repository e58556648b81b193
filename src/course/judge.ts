import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { root } from './environment.ts';
import { hasTag, joined, type Notebook, type Output, type Text } from './notebook.ts';

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
  return notebook.cells.flatMap((cell) => {
    const found = (cell.outputs ?? []).flatMap((output) => findingsIn(output, joined(cell.source)));
    return [...new Set(found)].map((finding) => `cell [${cell.execution_count}] shows ${finding}`);
  });
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

/** The share of words that stored and fresh outputs must have in common. Stale outputs have few. */
const likeness = 0.3;

/**
 * Where the stored outputs of a lesson differ from fresh ones in more than what may differ from run to run and from
 * machine to machine. Kinds of output must be the same, and a fair part of the words, numbers aside: a verdict may turn
 * on a slow machine, a figure may have more lanes, a state may not occur. A cell tagged `varies` agrees by its kinds of
 * output alone.
 *
 * @returns one text for each cell that differs; empty when all agree
 */
export function differences(stored: Notebook, fresh: Notebook): string[] {
  return fresh.cells.flatMap((cell, index) => {
    const before = stored.cells[index]?.outputs ?? [];
    const now = cell.outputs ?? [];
    const where = `cell [${cell.execution_count}]`;
    const [kindsBefore, kindsNow] = [before, now].map((outputs) => outputs.map(kindOf).join(', ') || 'no output');
    if (kindsBefore !== kindsNow) return [`${where} is stored with ${kindsBefore} and now has ${kindsNow}`];
    if (hasTag(cell, 'varies')) return [];
    const [old, current] = [wordsOf(before), wordsOf(now)];
    const both = [...old].filter((word) => current.has(word)).length;
    const all = old.size + current.size - both;
    if (all === 0 || both / all >= likeness) return [];
    return [`${where} is stored with the words ${[...old].join(' ')} and now has ${[...current].join(' ')}`];
  });
}

function kindOf({ output_type, name, ename, data = {} }: Output): string {
  return [output_type, name, ename, ...Object.keys(data).sort()].filter(Boolean).join(' ');
}

/** The words of all that is text, a number of any kind being one word. */
function wordsOf(outputs: readonly Output[]): Set<string> {
  const text = outputs.map(({ text, data }) => joined(text ?? (data?.['text/plain'] as Text | undefined))).join('\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
  const words = text.replace(/\x1b\[[\d;]*m/g, '').match(/\p{L}+|\d[\d.,]*/gu) ?? [];
  return new Set(words.map((word) => (/^\d/.test(word) ? '#' : word.toLowerCase())));
}
