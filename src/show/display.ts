/** The method by which a value says how it looks in a notebook; Deno's kernel uses the same symbol. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;

/** A value that shows itself: MIME type to content, with `text/plain` always among them. */
export interface Displayable {
  [displaySymbol](): Record<string, string>;
}
