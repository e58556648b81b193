import { inspect } from 'node:util';
import { plain } from './format.ts';
import { escapeHtml, type Part, Shown } from './parts.ts';

/** One column of a table. */
export interface Column {
  /** The property of each row that the column shows. */
  readonly key: string;
  /** What stands above it; the key if absent. */
  readonly title?: string;
  /** Added to the title in brackets. */
  readonly unit?: string;
  /** Numbers stand on the right if absent. */
  readonly align?: 'left' | 'right';
  /** How a value is written. */
  readonly format?: (value: unknown) => string;
}

export interface TableOptions {
  /** A line above the table that says what it shows. */
  readonly caption?: string;
  /** Which columns, in order; all properties of the first row if absent. */
  readonly columns?: readonly (string | Column)[];
}

/** A row: property names to values. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A table that shows itself: as `<table>` with caption and header cells in a notebook, as aligned columns elsewhere.
 *
 * The first column names its row. Numbers have three significant digits and stand on the right.
 *
 * @throws RangeError when there is neither a row nor a list of columns
 * @example
 * table([{ engine: 'threads', ms: 182.4 }, { engine: 'processes', ms: 190 }], { caption: 'Two engines' })
 */
export function table(rows: Iterable<Row>, options: TableOptions = {}): Table {
  return new Table([...rows], options);
}

/** Rows and columns, made by `table`; it shows itself. */
export class Table extends Shown {
  readonly caption: string | undefined;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];

  constructor(rows: readonly Row[], { caption, columns }: TableOptions) {
    super();
    const named = columns ?? Object.keys(rows[0] ?? {});
    if (named.length === 0) throw new RangeError('A table needs a row, or { columns: [...] } that says what it has.');
    this.caption = caption;
    this.rows = rows;
    this.columns = named.map((column) => (typeof column === 'string' ? { key: column } : column));
  }

  protected override parts(): readonly Part[] {
    const titles = this.columns.map(({ key, title = key, unit }) => (unit ? `${title} (${unit})` : title));
    const right = this.columns.map(({ key, align }) =>
      align ? align === 'right' : this.rows.length > 0 && this.rows.every((row) => isNumber(row[key])),
    );
    const cells = this.rows.map((row) => this.columns.map(({ key, format = write }) => format(row[key])));
    return [{ html: toHtml(this.caption, titles, cells, right), text: toText(this.caption, titles, cells, right) }];
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value === undefined || value === null;
}

function write(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return plain(value);
  if (typeof value === 'string') return value;
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 1, maxArrayLength: 10, maxStringLength: 60 });
}

function toHtml(caption: string | undefined, titles: string[], cells: string[][], right: boolean[]): string {
  const side = (index: number) => (right[index] ? ' class="il-right"' : '');
  const head = titles.map((title, index) => `<th scope="col"${side(index)}>${escapeHtml(title)}</th>`).join('');
  const body = cells.map((row) => {
    const line = row.map((cell, index) => {
      const kind = right[index] ? ' class="il-right"' : cell.length > 28 ? ' class="il-long"' : '';
      return index === 0 ? `<th scope="row"${kind}>${escapeHtml(cell)}</th>` : `<td${kind}>${withDetail(cell)}</td>`;
    });
    return `<tr>${line.join('')}</tr>`;
  });
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`;
  return `<div class="il-scroll"><table>${title}<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** `182 ms (175–190)` puts what stands in brackets on a line of its own, so that the table fits on a phone. */
function withDetail(cell: string): string {
  const [, main, detail] = /^(.{1,14}) (\([^()]*\))$/.exec(cell) ?? [];
  return main && detail ? `${escapeHtml(main)} <small>${escapeHtml(detail)}</small>` : escapeHtml(cell);
}

function toText(caption: string | undefined, titles: string[], cells: string[][], right: boolean[]): string {
  const all = [titles, ...cells];
  const widths = titles.map((_, index) => Math.max(...all.map((row) => textWidth(row[index]!))));
  const line = (row: string[]) =>
    row
      .map((cell, index) => {
        const space = ' '.repeat(widths[index]! - textWidth(cell));
        return right[index] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [...(caption === undefined ? [] : [caption]), line(titles), rule, ...cells.map(line)].join('\n');
}

/** Columns that a text takes in a terminal: wide East Asian letters take two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    if (/\p{Mark}/u.test(sign)) continue;
    const wide =
      (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3);
    width += wide || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f300 ? 2 : 1;
  }
  return width;
}
