import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { Shipment } from '../../shipping/index.ts';
import type { Contents } from '../../shipping/parcel.ts';

/** The id of the job that holds the task with a key: the same whoever submits it, whenever. */
export function keyedId(key: string): string {
  return `key-${createHash('sha256').update(key).digest('base64url')}`;
}

/**
 * What is the same for two submits of the same function with the same arguments, in whatever process: it tells a caller
 * that its key is another task's. Of arguments that are no plain data it says nothing.
 *
 * @param args undefined for those
 */
export function printOf({ definitions }: Shipment, args: readonly unknown[] | undefined): string {
  const hash = createHash('sha256');
  const { root, parcel } = Object(definitions) as Partial<Contents>;
  if (parcel === undefined) hash.update(serialize(definitions));
  else hash.update(withoutNames(serialize(root))).update(withoutNames(parcel as Uint8Array));
  return hash.update(args === undefined ? '' : serialize(args)).digest('base64url');
}

/**
 * A parcel's bytes without the names that each process gives to its own classes and variables (see
 * `shipping/identity.ts`), and what follows from them: each is a text with its length before it.
 */
function withoutNames(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  // What stacks call the source: another thing in a notebook than in a program.
  const plain = text.replace(/"[\s\S](cell|function):/g, '');
  return plain
    .replace(/"[\s\S](class|exports|script|symbol) [a-z0-9]+\.[a-z0-9]+\.\d+/g, '$1')
    .replace(/"[\s\S](function|class) [\w-]{27}/g, '$1');
}
