import { registerShippable, ShippingError } from '../shipping/index.ts';
import { isGiven, type Shared } from '../workers/holders.ts';

/** What of an object travels: its memory, which is shared, and what it was made with, which is copied. */
export interface Memory<D> {
  /** By `nextNumber`; the same in all threads, where the memory itself comes as another object each time. */
  readonly number: number;
  readonly buffer: SharedArrayBuffer;
  readonly data: D;
}

/** The objects of this thread, by the number of their memory. */
const objects = new Map<number, WeakRef<object>>();
const dropped = new FinalizationRegistry<number>((number) => {
  if (objects.get(number)?.deref() === undefined) objects.delete(number);
});

function note(number: number, object: object): void {
  if (objects.get(number)?.deref() === object) return;
  objects.set(number, new WeakRef(object));
  dropped.register(object, number);
}

/**
 * Lets the objects of a class go to threads by reference: there, they are other objects over the same memory, and one
 * that comes home is the very object that left. Processes share no memory, so that is refused.
 *
 * @param home the `import.meta.url` of the module of the class
 */
export function travelsByReference<T extends object, D>(
  name: string,
  cls: abstract new (...args: never[]) => T,
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
    cls as unknown as abstract new () => T,
    {
      ship(object, to) {
        if (to !== 'thread') {
          const text = `is a ${name}, which lives in memory that only the threads of one process share.`;
          throw new ShippingError(`${text} Use threads for it, or send what it says through a Queue.`, [name]);
        }
        const memory = ways.memoryOf(object);
        note(memory.number, object);
        if (ways.sharedOf !== undefined) isGiven(ways.sharedOf(object));
        return memory;
      },
      receive(memory) {
        const noted = objects.get(memory.number)?.deref();
        if (noted !== undefined) return noted as T;
        const object = ways.make(memory);
        note(memory.number, object);
        return object;
      },
    },
    home,
  );
}

/** What every primitive takes. */
export interface Naming {
  /** What errors and pictures call it. */
  readonly name?: string;
}

const counts = new Map<string, number>();

/** The name that was asked for, or the next of its kind on this thread: `event 2`. */
export function nameOf(kind: string, { name }: Naming): string {
  if (name !== undefined) return name;
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  return `${kind} ${count}`;
}
