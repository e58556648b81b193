import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Cell, Cells } from './cells.ts';
import type { StreamName } from './messages.ts';

/**
 * Takes what is written to stdout and stderr and gives it on with the cell to which it belongs.
 *
 * @param print told of each piece of text
 * @returns when a worker or process printed last, on the clock of `performance.now()`
 */
export function takeOutput(
  cells: Cells,
  print: (cell: Cell, name: StreamName, text: string) => void,
): { lastPiped(): number } {
  let lastPiped = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    /** The stream of a worker or process whose data is just being piped into this one. */
    let source: Readable | undefined;
    // Characters may be cut at the end of a chunk: each source has its own rest.
    const decoders = new WeakMap<object, StringDecoder>();
    const decode = (chunk: Uint8Array): string => {
      const key = source ?? stream;
      const decoder = decoders.get(key) ?? new StringDecoder('utf8');
      decoders.set(key, decoder);
      return decoder.write(Buffer.from(chunk));
    };
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      if (source) lastPiped = performance.now();
      const text = typeof chunk === 'string' ? asText(chunk, encoding) : decode(chunk);
      if (text !== '') print(cells.here, name, text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    };
    // `pipe` has added its own listener by now: it is called between these two.
    stream.on('pipe', (piped: Readable) => {
      piped.prependListener('data', () => {
        source = piped;
      });
      piped.on('data', () => {
        source = undefined;
      });
    });
  }
  return { lastPiped: () => lastPiped };
}

/** A string that stands for bytes (`hex`, `base64`) as the text of these bytes. */
function asText(chunk: string, encoding: unknown): string {
  if (typeof encoding !== 'string' || /^utf-?8$/i.test(encoding)) return chunk;
  return Buffer.from(chunk, encoding as BufferEncoding).toString();
}
