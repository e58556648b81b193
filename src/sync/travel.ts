import { randomBytes } from 'node:crypto';
import { registerShippable, ShippingError } from '../shipping/index.ts';
import { isGiven, type Shared } from '../workers/holders.ts';

/** What of an object travels: its memory, which is shared, and what it was made with, which is copied. */
export interface Memory<D> {
  /** The same in all threads: the memory itself comes as another object each time. */
  readonly id: string;
  readonly buffer: SharedArrayBuffer;
  readonly data: D;
}

let prefix: string | undefined;
let count = 0;

/** A name for new memory that no other thread gives. */
export function newMemoryId(): string {
  prefix ??= randomBytes(6).toString('hex');
  count += 1;
  return `${prefix}.${count}`;
}

/** The objects of this thread, by the name of their memory. */
const objects = new Map<string, WeakRef<object>>();
const dropped = new FinalizationRegistry<string>((id) => {
  if (objects.get(id)?.deref() === undefined) objects.delete(id);
});

function note(id: string, object: object): void {
  if (objects.get(id)?.deref() === object) return;
  objects.set(id, new WeakRef(object));
  dropped.register(object, id);
}

/**
 * Lets the objects of a class go to threads by reference: there, they are other objects over the same memory, and one
 * that comes home is the very object that left. Processes share no memory, so that is refused.
 *
 * @param home the `import.meta.url` of the module of the class
 */
export function travelsByReference<T extends object, D>(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: a class, whatever its constructor takes.
  cls: abstract new (...args: any[]) => T,
  home: string,
  ways: {
    memoryOf(object: T): Memory<D>;
    make(memory: Memory<D>): T;
    /** What must know of the end of those who were given the object. */
    sharedOf?(object: T): Shared;
  },
): void {
  registerShippable<T, Memory<D>>(
    name,
    cls,
    {
      ship(object, to) {
        if (to !== 'thread') {
          const text = `is a ${name}, which lives in memory that only the threads of one process share.`;
          throw new ShippingError(`${text} Use threads for it, or send what it says through a Queue.`, [name]);
        }
        const memory = ways.memoryOf(object);
        note(memory.id, object);
        if (ways.sharedOf !== undefined) isGiven(ways.sharedOf(object));
        return memory;
      },
      receive(memory) {
        const noted = objects.get(memory.id)?.deref();
        if (noted !== undefined) return noted as T;
        const object = ways.make(memory);
        note(memory.id, object);
        return object;
      },
    },
    home,
  );
}
