import { inspect } from 'node:util';
import { nextNumber, threadHere, threadName } from '../workers/lives.ts';
import { knowMortal, sharedMortal } from './deaths.ts';
import type { Scope } from './owner.ts';
import { Core, readWriteWords } from './read-write-core.ts';
import { ReadHold, Reads, ReadWriteSide, type Ways, WriteHold } from './read-write-side.ts';
import { type Memory, type Naming, nameOf, travelsByReference } from './travel.ts';
import { type Watch, watchSymbol } from './waiters.ts';

let coreOf: (lock: ReadWriteLock) => Core;

/**
 * Many may read at the same time, or one may write alone. Readers do not hinder each other: each thread counts its own
 * in a word of its own. A writer that waits goes before readers that come after it, so readers cannot keep it out for
 * ever; writers that never pause do keep readers out.
 *
 * Inside of `with`, of a Thread or of a task, one that reads may read again, even while a writer waits; it cannot write.
 *
 * When a thread ends while it reads or writes, all who wait and all who come get `LockOwnerDied`, until `recover()`.
 *
 * @example
 * const lock = new ReadWriteLock();
 * const sum = await lock.read.with(() => table[0] + table[1]);
 * await lock.write.with(() => { table[0] -= 5; table[1] += 5; });
 */
export class ReadWriteLock {
  /** The side that many hold. */
  readonly read: ReadWriteSide;
  /** The side that one holds alone. */
  readonly write: ReadWriteSide;
  readonly #core: Core;
  /** The reads that this thread has open, and where it began to write last. */
  readonly #reads = new Reads();
  #writes: Scope | undefined;

  static {
    coreOf = (lock) => lock.#core;
  }

  /** @param options its `name`; `read-write lock 1` … by default */
  constructor(options?: Naming);
  constructor(options: Naming | Memory<string> = {}) {
    const bytes = 4 * readWriteWords;
    const core = new Core(
      'buffer' in options
        ? options
        : { number: nextNumber(), buffer: new SharedArrayBuffer(bytes), data: nameOf('read-write lock', options) },
    );
    this.#core = core;
    knowMortal(core);
    const open = this.#reads;
    const reads: Ways = {
      what: 'read',
      tryIt: (scope) => core.tryRead(open.around(scope)),
      steps: (scope) => core.read(open.around(scope)),
      stuck() {
        if (core.writer === threadHere) return 'this very thread writes';
        return core.readers.own > 0 ? 'another task of this very thread reads, and a writer waits for that' : undefined;
      },
      taken: (scope) => new ReadHold(core, scope, open),
    };
    const writes: Ways = {
      what: 'write',
      tryIt(scope) {
        if (open.around(scope)) throw new Error(`${core.name}: one that reads cannot also write; stop reading first`);
        return core.tryWrite();
      },
      steps: () => core.write(),
      stuck() {
        if (core.writer === threadHere) return 'this very thread writes';
        return core.readers.own > 0 ? 'this very thread reads' : undefined;
      },
      taken: (scope) => {
        this.#writes = scope;
        return new WriteHold(core);
      },
    };
    this.read = new ReadWriteSide(core, reads);
    this.write = new ReadWriteSide(core, writes);
  }

  /** What errors and pictures call it. */
  get name(): string {
    return this.#core.name;
  }

  /** Who writes, or waits for the last readers to leave: `thread 2`. */
  get writer(): string | undefined {
    const { writer: thread } = this.#core;
    return thread === 0 ? undefined : threadName(thread);
  }

  /** Who reads, each thread once. */
  get readers(): string[] {
    return this.#core.readers.list().map(threadName);
  }

  /**
   * Frees the lock from those that have ended: call it once what the lock guards is in order again.
   *
   * @returns false when none had died with it
   */
  recover(): boolean {
    return this.#core.recover();
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    const { name, memory, readers, writer: thread, waiting, waitingScopes } = this.#core;
    const { scopes } = this.#reads;
    // A thread that reads is one holder, but this very one is one for each of its tasks that read.
    const reading = readers.list().flatMap((one) => (one === threadHere ? scopes.map(() => one) : [one]));
    const holders = thread === 0 ? reading : [thread, ...reading];
    const here = { holders: thread === threadHere ? [this.#writes, ...scopes] : scopes, waiters: waitingScopes };
    return { name, number: memory.number, holders, waiters: waiting, here };
  }

  [inspect.custom](): string {
    const is = this.writer === undefined ? `readers: ${inspect(this.readers)}` : `writer: ${inspect(this.writer)}`;
    return `ReadWriteLock { name: ${inspect(this.name)}, ${is} }`;
  }
}

travelsByReference<ReadWriteLock, string>('ReadWriteLock', ReadWriteLock, import.meta.url, {
  memoryOf: (lock) => coreOf(lock).memory,
  make: (memory) => new ReadWriteLock(memory as never),
  sharedOf: (lock) => sharedMortal(coreOf(lock)),
});
