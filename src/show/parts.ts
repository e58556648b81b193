import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { type Displayable, displaySymbol } from './display.ts';
import { style } from './style.ts';

/** One piece of what a result shows: the same facts as HTML and as text. */
export interface Part {
  readonly html: string;
  readonly text: string;
}

/** A result that shows itself in a cell as HTML, and everywhere else as text. */
export abstract class Shown implements Displayable {
  /** The pieces to show, from top to bottom. */
  protected abstract parts(): readonly Part[];

  [displaySymbol](): Record<string, string> {
    return bundle(this.parts());
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** The text twin of what a cell shows. */
  toString(): string {
    return this.parts()
      .map((part) => part.text)
      .join('\n\n');
  }
}

/** The pieces of another result, to be shown inside a larger one. */
export function partsOf(shown: Shown): readonly Part[] {
  return (shown as unknown as { parts(): readonly Part[] }).parts();
}

/** One MIME bundle out of several pieces. */
export function bundle(parts: readonly Part[]): Record<string, string> {
  const html = parts.map((part) => part.html).join('\n');
  return {
    'text/html': `<div class="il">${style}\n${html}</div>`,
    'text/plain': parts.map((part) => part.text).join('\n\n'),
  };
}

/** A line of words. */
export function paragraph(text: string): Part {
  return { text, html: `<p>${escapeHtml(text)}</p>` };
}

/** Text made safe inside HTML, also inside an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

let figures = 0;

/** An id that no other figure of the page has: pages join outputs of several kernels, so a count alone would repeat. */
export function uniqueId(content: string): string {
  figures += 1;
  return `il${createHash('sha1').update(`${figures} ${content}`).digest('hex').slice(0, 8)}`;
}
