import { SourceMap } from 'node:module';

/** A place in a cell; cell, line and column as the reader counts them, from 1. */
export interface Place {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  /** The text of the line, without its indentation. */
  readonly text: string;
}

interface Source {
  readonly count: number;
  readonly lines: readonly string[];
  /** From the script that ran back to the cell: the later step of the compilation first. Parsed when an error asks. */
  maps: readonly (string | SourceMap)[];
  /** The script that ran; below it is tslab's call of it. */
  readonly output: string;
}

/** The line that tslab's compiler sees before the first line of a cell. */
const linesBefore = 1;

const sources = new Map<string, Source>();

/** Keeps a cell's text and maps (its functions may throw much later) and names its script for the engine. */
export function keepSource(
  cell: { id: number; count: number },
  code: string,
  output = '',
  maps: readonly string[] = [],
): string {
  const script = `cell-${cell.id}`;
  sources.set(script, { count: cell.count, lines: code.split('\n'), maps, output });
  return script;
}

/** The place in a cell's own text, which has not been compiled yet. */
export function placeInText(script: string, line: number, column: number): Place {
  const source = sources.get(script);
  return { cell: source?.count ?? 0, line, column, text: source?.lines[line - 1]?.trim() ?? '' };
}

/** Where a place of a running script lies in its cell; undefined when it is no cell's, or in what the compiler added. */
export function placeInCell(script: string, line: number, column: number): Place | undefined {
  const source = sources.get(script);
  if (source === undefined || source.maps.length === 0 || line > lineCount(source.output)) return undefined;
  const maps = source.maps.map((map) => (typeof map === 'string' ? new SourceMap(JSON.parse(map)) : map));
  source.maps = maps;
  let at = { line: line - 1, column: column - 1 };
  for (const map of maps) {
    const entry = map.findEntry(at.line, at.column);
    if (!('originalLine' in entry)) return undefined;
    at = { line: entry.originalLine, column: entry.originalColumn };
  }
  return placeInText(script, at.line + 1 - linesBefore, at.column + 1);
}

/**
 * Where a place of a function lies that was sent to another thread or process by its source: the cell of that source.
 *
 * @param name the function's name, one that a cell has declared
 * @param line counted from the first line of the function
 */
export function placeInSent(name: string, line: number, column: number): Place | undefined {
  const sent = (globalThis as { __tslab__?: { exports: Record<string, unknown> } }).__tslab__?.exports[name];
  if (typeof sent !== 'function') return undefined;
  const text = Function.prototype.toString.call(sent);
  for (const [script, { output }] of [...sources].toReversed()) {
    const at = output.indexOf(text);
    if (at < 0) continue;
    const before = output.slice(0, at);
    const indent = line === 1 ? before.length - (before.lastIndexOf('\n') + 1) : 0;
    return placeInCell(script, lineCount(before) + line - 1, column + indent);
  }
  return undefined;
}

/** Whether a function is written in a cell. */
export function isFromCell(fn: (...args: never[]) => unknown): boolean {
  const text = Function.prototype.toString.call(fn);
  return [...sources.values()].some(({ output }) => output.includes(text));
}

const lineCount = (text: string): number => text.split('\n').length;
