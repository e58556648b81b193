import { inspect } from 'node:util';

/** A generator function of any kind; `never` lets each one say itself what may be sent to it. */
type Steps = Generator<unknown, unknown, never>;
/** What may be sent to such a generator, what it yields, what it returns. */
export type SentTo<G> = G extends Generator<unknown, unknown, infer Sent> ? Sent : never;
export type YieldedBy<G> = G extends Generator<infer Yielded, unknown, never> ? Yielded : never;
export type ReturnedBy<G> = G extends Generator<unknown, infer Returned, never> ? Returned : never;
/** What the next yield gives; undefined when the coroutine ends instead, which an endless one never does. */
type Next<Yielded, Returned> = [Returned] extends [never] ? Yielded : Yielded | undefined;

/** Something was sent to a coroutine that had ended, or its `result` was asked for before it has one. */
export class StopIteration extends Error {
  override readonly name: string = 'StopIteration';
  /** What the coroutine returned; undefined when it was closed or failed. */
  readonly value: unknown;

  constructor(message: string, value?: unknown) {
    super(message);
    this.value = value;
  }
}

/**
 * A generator that is sent values: it stands at a `yield`, and what is sent becomes what that `yield` gives. Made by
 * `coroutine` or `prime`, which run it to its first `yield`, so that it can take a value at once.
 */
export class Coroutine<Sent, Yielded, Returned> {
  readonly name: string;
  readonly #steps: Generator<Yielded, Returned, Sent>;
  #value: Yielded | undefined;
  #end: 'returned' | 'failed' | 'closed' | undefined;
  #result: Returned | undefined;

  constructor(steps: Generator<Yielded, Returned, Sent>, name = 'coroutine') {
    this.name = name;
    this.#steps = steps;
    this.#advance(() => (steps as Generator<Yielded, Returned, undefined>).next());
  }

  /** What the last `yield` gave; undefined once it has ended. */
  get value(): Next<Yielded, Returned> {
    return this.#value as Next<Yielded, Returned>;
  }

  /** Whether it has returned, failed or been closed. */
  get done(): boolean {
    return this.#end !== undefined;
  }

  /**
   * What it returned.
   *
   * @throws StopIteration while it stands at a `yield`, and when it was closed or failed
   */
  get result(): Returned {
    if (this.#end === 'returned') return this.#result as Returned;
    const why = this.#end === undefined ? 'has not returned yet: look at done first' : `${this.#end}: it has no result`;
    throw new StopIteration(`${this.name} ${this.#end === 'closed' ? 'was ' : ''}${why}.`);
  }

  /**
   * Goes on from the `yield` at which it stands, which gives `value`.
   *
   * @returns what the next `yield` gives; undefined when it returned instead: see `done` and `result`
   * @throws StopIteration when it has ended; what the coroutine throws, which ends it
   */
  send(value: Sent): Next<Yielded, Returned> {
    this.#mustLive();
    return this.#advance(() => this.#steps.next(value));
  }

  /**
   * Goes on from the `yield` at which it stands, which throws `error` there: it can catch it and yield again.
   *
   * @returns as `send`
   * @throws StopIteration when it has ended; the error, when it is not caught
   */
  throw(error: unknown): Next<Yielded, Returned> {
    this.#mustLive();
    return this.#advance(() => this.#steps.throw(error));
  }

  /** Ends it at the `yield` at which it stands: its `finally` blocks run. One that has ended stays as it is. */
  close(): void {
    if (this.#end !== undefined) return;
    let step: IteratorResult<Yielded, Returned>;
    try {
      step = this.#steps.return(undefined as Returned);
    } catch (error) {
      this.#finish('failed');
      throw error;
    }
    if (!step.done) throw new Error(`${this.name} yielded in a finally block while it was closed: it must end there.`);
    this.#finish('closed');
  }

  #mustLive(): void {
    if (this.#end === undefined) return;
    const how = { returned: `has returned ${inspect(this.#result)}`, failed: 'failed', closed: 'was closed' }[
      this.#end
    ];
    throw new StopIteration(
      `${this.name} ${how}: it takes nothing more. Make a new one, or look at done.`,
      this.#result,
    );
  }

  #advance(go: () => IteratorResult<Yielded, Returned>): Next<Yielded, Returned> {
    let step: IteratorResult<Yielded, Returned>;
    try {
      step = go();
    } catch (error) {
      this.#finish('failed');
      throw error;
    }
    if (step.done) {
      this.#result = step.value;
      this.#finish('returned');
    } else {
      this.#value = step.value;
    }
    return this.value;
  }

  #finish(how: 'returned' | 'failed' | 'closed'): void {
    this.#end = how;
    this.#value = undefined;
  }

  [inspect.custom](): string {
    const state = this.#end === undefined ? `at yield ${inspect(this.#value)}` : this.#end;
    return `Coroutine { '${this.name}', ${state} }`;
  }
}

/**
 * Makes of a generator function one that gives primed coroutines, as the decorator `@coroutine` of Python books does.
 * The types follow from the function: `const x: number = yield low` says that numbers are sent.
 *
 * @example
 * const minimum = coroutine(function* minimum() {
 *   let low = Infinity;
 *   for (;;) {
 *     const sent: number = yield low;
 *     low = Math.min(low, sent);
 *   }
 * });
 * const least = minimum();
 * least.send(10); // 10
 * least.send(4);  // 4
 * least.send(22); // 4
 * @throws TypeError for what is no generator function, at once or when it is called; what it throws before its first
 *   `yield`
 */
export function coroutine<Args extends readonly unknown[], G extends Steps>(
  fn: (...args: Args) => G,
): (...args: Args) => Coroutine<SentTo<G>, YieldedBy<G>, ReturnedBy<G>> {
  if (typeof fn !== 'function') {
    throw new TypeError(`coroutine() needs a generator function, not ${inspect(fn)}: coroutine(function* () { … }).`);
  }
  return (...args) => prime(fn(...args), fn.name || undefined);
}

/**
 * Runs a generator that has not begun yet to its first `yield`: from there on it takes values.
 *
 * @param name how errors call it
 * @throws TypeError when it is none; what it throws before its first `yield`
 * @example
 * function* echo(): Generator<string, void, string> {
 *   let said = 'ready';
 *   for (;;) said = yield said;
 * }
 * prime(echo(), 'echo').send('hi'); // 'hi'
 */
export function prime<G extends Steps>(generator: G, name?: string): Coroutine<SentTo<G>, YieldedBy<G>, ReturnedBy<G>> {
  const steps = generator as Generator<unknown, unknown, never>;
  if (typeof steps?.next !== 'function' || typeof steps[Symbol.iterator] !== 'function') {
    throw new TypeError(`Only a generator can be primed, not ${inspect(generator)}: it is what a function* gives.`);
  }
  return new Coroutine(steps as Generator<YieldedBy<G>, ReturnedBy<G>, SentTo<G>>, name);
}
