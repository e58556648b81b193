/** The iterator of whatever `map` was given. @throws TypeError for what is no iterable */
export function iteratorOf(
  items: Iterable<unknown> | AsyncIterable<unknown>,
): Iterator<unknown> | AsyncIterator<unknown> {
  if (items != null && Symbol.asyncIterator in Object(items)) {
    return (items as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  if (items != null && Symbol.iterator in Object(items)) return (items as Iterable<unknown>)[Symbol.iterator]();
  throw new TypeError(
    `map needs an iterable or an async iterable of items, got ${items === null ? 'null' : typeof items}`,
  );
}

/** How many items there are, if the input says. */
export function sizeOf(items: unknown): number | undefined {
  if (Array.isArray(items)) return items.length;
  if (items instanceof Set || items instanceof Map) return items.size;
  if (ArrayBuffer.isView(items) && 'length' in items) return items.length as number;
  return undefined;
}
