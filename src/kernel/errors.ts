import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { type Place, placeInCell, placeInSent } from './source.ts';

/** What the protocol wants to know of an error. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** The error of a cell that the reader interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What the compiler found wrong in a cell; nothing of the cell has run. */
export class TypeScriptError extends Error {
  override readonly name = 'TypeScriptError';
  readonly details: readonly string[];

  constructor(diagnostics: readonly { readonly place: Place; readonly message: string }[]) {
    const [first] = diagnostics;
    super(first ? `${first.message} (${where(first.place)})` : 'The cell cannot be compiled.');
    this.details = diagnostics.map(({ place, message }) => `${where(place)}: ${message}\n    ${place.text}`);
  }
}

const stackDepth = 25;
/** Lines of cells in a traceback; a recursion would fill a screen. */
const mostLines = 10;

/** Errors whose stack has been formatted, with the frames in cells, innermost first. */
const frames = new WeakMap<object, readonly Frame[]>();

interface Frame {
  readonly place: Place;
  readonly name: string;
}

const where = ({ cell, line, column }: Place): string => `cell ${cell}, line ${line}:${column}`;

/**
 * Makes every stack of this thread name lines of cells instead of lines of compiled scripts, and end where the
 * kernel's own calls begin. The engine calls it when a stack is first read.
 */
export function nameCellsInStacks(): void {
  // Deep enough to reach the cell through a library; the engine's own limit is 10.
  Error.stackTraceLimit = stackDepth;
  Error.prepareStackTrace = (error, sites) => {
    const found: Frame[] = [];
    const lines: string[] = [];
    for (const site of sites) {
      const script = site.getScriptNameOrSourceURL?.() ?? '';
      const place = placeInCell(script, site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0);
      if (place) {
        const name = [site.isAsync() ? 'async ' : '', site.getFunctionName() ?? ''].join('').trim();
        found.push({ place, name: name === 'async' ? '' : name });
        lines.push(name === '' ? where(place) : `${name} (${where(place)})`);
      } else if (!isKernel(script)) {
        lines.push(withoutFolders(String(site)));
      } else if (found.length > 0) {
        break;
      }
    }
    frames.set(error, found);
    return [headline(error), ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

const kernelFolder = import.meta.dirname;

/** Whether a script is the kernel's or tslab's, or what tslab puts around a cell. */
function isKernel(script: string): boolean {
  const file = script.replace('file://', '');
  return /^cell-\d+$/.test(file) || file.startsWith(kernelFolder) || file.includes('/node_modules/tslab/');
}

function headline(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** An error as a reader should see it: what, in which line of which cell, and why; no line of anyone else's code. */
export function report(error: unknown, cell?: { count: number }, note?: string): ErrorReport {
  try {
    return reportOf(error, cell, note);
  } catch {
    // It throws when it is looked at; let out here, that would end the kernel.
    return reportOf('something that cannot be shown', cell, note);
  }
}

function reportOf(error: unknown, cell?: { count: number }, note?: string): ErrorReport {
  const traceback = note === undefined ? [] : [note];
  const named = describe(error, traceback, new Set());
  if (!named && cell && !(error instanceof Interrupted)) traceback.push(`  in cell ${cell.count}`);
  const [ename, evalue] = error instanceof Error ? [error.name || 'Error', error.message] : ['Thrown', text(error)];
  return { ename: String(ename), evalue: withoutFolders(String(evalue)), traceback: traceback.map(withoutFolders) };
}

const folders = [resolve(import.meta.dirname, '..', '..'), process.cwd()].map((folder) => `${folder}/`);

/** Paths are shortened to what they are within the project or the notebook's folder. */
function withoutFolders(line: string): string {
  return folders.reduce((text, folder) => text.replaceAll(`file://${folder}`, '').replaceAll(folder, ''), line);
}

/** Adds the lines that describe an error and its causes; true when one of them names a line of a cell. */
function describe(error: unknown, lines: string[], seen: Set<unknown>): boolean {
  if (seen.has(error) || seen.size > 8) return false;
  seen.add(error);
  if (!(error instanceof Error)) {
    lines.push(`Thrown: ${text(error)}`);
    return false;
  }
  if (error instanceof TypeScriptError) {
    lines.push(error.name, ...error.details.map((detail) => `  ${detail}`));
    return true;
  }
  lines.push(headline(error));
  // Reading the stack is what makes the engine format it.
  const { stack } = error;
  const own = (frames.get(error) ?? sentFrames(String(stack))).slice(0, mostLines);
  for (const { place, name } of own) {
    lines.push(`  at ${name === '' ? '' : `${name}, `}cell ${place.cell}, line ${place.line}: ${place.text}`);
  }
  let named = own.length > 0;
  for (const one of error instanceof AggregateError ? error.errors : []) named = describe(one, lines, seen) || named;
  if (error.cause !== undefined) {
    lines.push('Caused by:');
    named = describe(error.cause, lines, seen) || named;
  }
  return named;
}

/** The frames in cells of an error that came from another thread or process, where functions of cells are `cell:name`. */
function sentFrames(stack: string): Frame[] {
  return stack.split('\n').flatMap((line) => {
    const [, name = '', file = '', row, column] = /^ +at (?:(.*) \()?cell:([^:]+):(\d+):(\d+)\)?$/.exec(line) ?? [];
    const place = placeInSent(file, Number(row), Number(column));
    return place ? [{ place, name }] : [];
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 2 });
}
