import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Cell, Cells } from './cells.ts';
import type { StreamName } from './messages.ts';
import type { OwnedWorkers } from './owned.ts';

/**
 * Takes what is written to stdout and stderr and gives it on with the cell to which it belongs.
 *
 * @param print told of each piece of text
 */
export function takeOutput(
  cells: Cells,
  owned: OwnedWorkers,
  print: (cell: Cell, name: StreamName, text: string) => void,
): { lastForwarded(): number } {
  let lastForwarded = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    /** The stream of a worker or child whose data is just being piped into this one. */
    let source: Readable | undefined;
    const decoders = new WeakMap<object, StringDecoder>();
    const decode = (chunk: Uint8Array): string => {
      const key = source ?? stream;
      const decoder = decoders.get(key) ?? new StringDecoder('utf8');
      decoders.set(key, decoder);
      return decoder.write(Buffer.from(chunk));
    };
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : decode(chunk);
      if (source) lastForwarded = performance.now();
      const cell = (source && owned.cellOf(source)) ?? cells.here;
      if (text !== '') print(cell, name, text);
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
  return { lastForwarded: () => lastForwarded };
}
