import { Footprint, type Observed, observed, tape } from './accesses.ts';
import { keyOf } from './key.ts';
import { nameModels } from './models.ts';
import { type Point, turn } from './point.ts';
import { BadProgram, type Check, type Plan, placeOf } from './program.ts';

/** How one interleaving came out. */
export interface Outcome {
  /** `right`; `broken`: a check failed or a thread threw; `deadlock`; `cut`: it had too many steps. */
  readonly kind: 'right' | 'broken' | 'deadlock' | 'cut';
  /** What went wrong, as the end of "18 interleavings …". */
  readonly why: string;
  /** After how many steps that was seen. */
  readonly at: number;
}

/** What an execution notes besides running. */
export interface Watch {
  /** Note the accesses of each step. */
  readonly accesses?: boolean;
  /** Set a thread aside that goes round in a loop which changes nothing, until something changes. */
  readonly spins?: (execution: Watched, thread: number) => boolean;
}
export type Watched = Execution<object>;

/** One interleaving as it goes: the state, and where each thread stands. */
export class Execution<S extends object> {
  readonly plan: Plan<S>;
  /** Threads that have not ended, as a set of bits. */
  alive: number;
  steps = 0;
  broken: { readonly why: string; readonly at: number } | undefined;
  /** What the last step was named by: the string that it yielded or returned. */
  label = '';
  /** Whether a thread threw: nobody goes on then. */
  threw = false;
  /** What the last step read and wrote, when that is noted. */
  footprint: Footprint | undefined;
  /** The most times that one thread was passed over during one wait. */
  passedOver = 0;
  readonly bare: S;
  readonly observed: Observed<S> | undefined;
  /** Where each thread stands: the point it stopped at, for those that stopped at one. */
  readonly points: (Point | undefined)[] = [];
  /** The key of the state, when spins are watched. */
  key = '';
  readonly #threads: Generator<unknown, unknown, unknown>[] = [];
  readonly #spins: Watch['spins'];
  /** What each waiting thread's condition read, when accesses are noted. */
  readonly #conditions: (Footprint | undefined)[] = [];
  /** Whether each waiting thread could have gone on when last asked, and how often it then could not any more. */
  #could = 0;
  readonly #passed: number[] = [];
  /** Per thread: the places it came through without changing the state, the state's key then, and that of its spin. */
  readonly #round: { key: string; readonly places: Set<string>; spin: string | undefined }[] = [];

  constructor(plan: Plan<S>, watch: Watch = {}) {
    this.plan = plan;
    this.bare = plan.state();
    this.observed = watch.accesses ? observed(this.bare) : undefined;
    this.#spins = watch.spins;
    const state = this.observed?.state ?? this.bare;
    const count = plan.bodies.length;
    this.alive = 2 ** count - 1;
    for (let thread = 0; thread < count; thread++) {
      this.#threads.push(plan.bodies[thread]!(state));
      this.points.push(undefined);
      this.#passed.push(0);
    }
    if (watch.spins) {
      this.key = keyOf(this.bare);
      for (let thread = 0; thread < count; thread++) this.#round.push({ key: '', places: new Set(), spin: undefined });
    }
    for (let thread = 0; thread < count; thread++) {
      if (plan.eager[thread]) this.points[thread] = this.#threads[thread]!.next().value as Point;
    }
  }

  /** The threads that can go on, as a set of bits. */
  enabled(): number {
    let mask = 0;
    for (let thread = 0; this.alive >> thread; thread++) {
      const bit = 1 << thread;
      if (!(this.alive & bit)) continue;
      if (this.#spins && this.#round[thread]!.spin === this.key) continue;
      const ready = this.points[thread]?.ready;
      if (ready === undefined) mask |= bit;
      else if (this.#holds(ready, thread)) {
        mask |= bit;
        this.#could |= bit;
      } else if (this.#could & bit) {
        this.#could &= ~bit;
        this.#pass(thread);
      }
    }
    return mask;
  }

  #holds(ready: () => boolean, thread: number): boolean {
    turn.thread = thread;
    if (this.observed) {
      this.#conditions[thread] = new Footprint();
      tape.on = this.#conditions[thread];
    }
    try {
      return ready();
    } finally {
      tape.on = undefined;
      turn.thread = -1;
    }
  }

  #pass(thread: number): void {
    this.#passed[thread]! += 1;
    if (this.#passed[thread]! > this.passedOver) this.passedOver = this.#passed[thread]!;
  }

  /** Lets a thread that can go on make one step. */
  step(thread: number): void {
    const bit = 1 << thread;
    this.steps += 1;
    this.#could &= ~bit;
    if (!this.#spins) this.#passed[thread] = 0;
    turn.thread = thread;
    if (this.observed) {
      this.footprint = new Footprint();
      if (this.points[thread]?.ready) this.footprint.add(this.#conditions[thread]!);
      tape.on = this.footprint;
    }
    try {
      const { done, value } = this.#threads[thread]!.next();
      if (done) {
        this.alive &= ~bit;
        this.points[thread] = undefined;
        this.label = typeof value === 'string' ? value : '';
      } else {
        const place = placeOf(value, this.plan.names[thread]!);
        this.points[thread] = typeof place === 'string' ? undefined : place;
        this.label = typeof place === 'string' ? place : '';
      }
    } catch (error) {
      if (error instanceof BadProgram) throw error;
      this.alive &= ~bit;
      this.points[thread] = undefined;
      this.label = 'throws';
      this.threw = true;
      this.broken ??= { why: `end in ${this.plan.names[thread]} throwing ${error}`, at: this.steps };
    } finally {
      tape.on = undefined;
      turn.thread = -1;
    }
    if (this.plan.always) this.check(this.plan.always, 'always');
    if (this.#spins) this.#watch(thread);
  }

  /** Notes what a check says; the first that fails counts. */
  check(check: Check<S>, name: string): void {
    const said = check(this.bare);
    if (said === true || this.broken) return;
    if (said !== false && typeof said !== 'string')
      throw new BadProgram(`${name} must return true, false or what went wrong, not ${said}.`);
    this.broken = {
      why: said || `break what ${name === 'always' ? 'always must hold' : 'must hold at the end'}`,
      at: this.steps,
    };
  }

  #watch(thread: number): void {
    const before = this.key;
    this.key = keyOf(this.bare);
    const round = this.#round[thread]!;
    if (this.key !== before || !(this.alive & (1 << thread))) {
      this.#passed[thread] = 0;
      round.places.clear();
      round.spin = undefined;
      return;
    }
    if (round.key !== this.key) {
      round.key = this.key;
      round.places.clear();
    }
    const place = this.label || this.points[thread]?.what || '';
    if (!round.places.has(place)) {
      round.places.add(place);
      return;
    }
    if (this.#spins!(this as unknown as Watched, thread)) {
      round.spin = this.key;
      this.#pass(thread);
    }
  }

  /** What the next step of a thread begins with, in words. */
  begins(thread: number): string {
    return this.points[thread]?.what ?? '';
  }

  /** Who stands still and why: the words for a deadlock. */
  standstill(): string {
    nameModels(this.bare);
    const waits: string[] = [];
    for (const [thread, name] of this.plan.names.entries()) {
      if (!(this.alive & (1 << thread))) continue;
      const what = this.points[thread]?.ready
        ? this.points[thread].what.replace(/^after waiting/, 'waits')
        : 'spins for ever';
      waits.push(`${name} ${what.startsWith('waits') || what.startsWith('spins') ? what : `waits to ${what}`}`);
    }
    return waits.join(', ');
  }

  /** How it came out, when nobody can go on. */
  outcome(): Outcome {
    const at = this.steps;
    if (this.alive && !this.broken) return { kind: 'deadlock', why: `deadlock (${this.standstill()})`, at };
    if (!this.broken && this.plan.atEnd) this.check(this.plan.atEnd, 'atEnd');
    return this.broken ? { kind: 'broken', ...this.broken } : { kind: 'right', why: '', at };
  }
}
