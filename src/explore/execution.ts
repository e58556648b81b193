import { Footprint, type Observed, observed, tape } from './accesses.ts';
import { keyOf } from './key.ts';
import { nameModels } from './models.ts';
import { type Point, turn } from './point.ts';
import { BadProgram, type Check, type Plan, placeOf, type Stepper } from './program.ts';

/** What came of an interleaving. */
export interface Outcome {
  /** `broken`: a check failed or a thread threw; `starved`: a thread was passed over too often. */
  readonly kind: 'broken' | 'deadlock' | 'starved';
  /** What went wrong, as the end of "18 interleavings …". */
  readonly why: string;
  /** After how many steps that was seen. */
  readonly at: number;
}

/** What an execution notes besides running. */
interface Watch {
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
  /** The thread that is to make the next step. */
  chosen = 0;
  /** What went wrong so far, each kind once, the first time. */
  readonly faults: Outcome[] = [];
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
  readonly #threads: Stepper[] = [];
  readonly #spins: Watch['spins'];
  /** What each waiting thread's condition read, when accesses are noted. */
  readonly #conditions: (Footprint | undefined)[] = [];
  /** Whether each waiting thread could have gone on when last asked, and how often it then could not any more. */
  #could = 0;
  readonly #passed: number[] = [];
  /** Threads set aside that could look again when last asked. */
  #stirred = 0;
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
      if (plan.eager[thread])
        this.points[thread] = (this.#threads[thread]!.next() as IteratorResult<unknown>).value as Point;
    }
  }

  /** The threads that can go on, as a set of bits. */
  enabled(): number {
    let mask = 0;
    for (let thread = 0; this.alive >> thread; thread++) {
      const bit = 1 << thread;
      if (!(this.alive & bit)) continue;
      if (this.#spins && this.#rests(thread, bit)) continue;
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

  /** Whether a thread that spins is set aside; it was passed over when the state came back to what it spins in. */
  #rests(thread: number, bit: number): boolean {
    const { spin } = this.#round[thread]!;
    if (spin === undefined) return false;
    if (spin !== this.key) {
      this.#stirred |= bit;
      return false;
    }
    if (this.#stirred & bit) this.#pass(thread);
    this.#stirred &= ~bit;
    return true;
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
    this.#enter(thread);
    try {
      this.#stopped(thread, this.#threads[thread]!.next() as IteratorResult<unknown>);
    } catch (error) {
      this.#fail(thread, error);
    } finally {
      this.#leave(thread);
    }
  }

  /** The same for a task, whose step may take several turns of the event loop. */
  async stepTask(thread: number): Promise<void> {
    this.#enter(thread);
    try {
      this.#stopped(thread, await this.#threads[thread]!.next());
    } catch (error) {
      this.#fail(thread, error);
    } finally {
      this.#leave(thread);
    }
  }

  #enter(thread: number): void {
    this.steps += 1;
    this.#could &= ~(1 << thread);
    this.#stirred &= ~(1 << thread);
    if (!this.#spins) this.#passed[thread] = 0;
    turn.thread = thread;
    if (!this.observed) return;
    this.footprint = new Footprint();
    if (this.points[thread]?.ready) this.footprint.add(this.#conditions[thread]!);
    tape.on = this.footprint;
  }

  #stopped(thread: number, { done, value }: IteratorResult<unknown>): void {
    if (done) {
      this.#end(thread, typeof value === 'string' ? value : '');
      return;
    }
    const place = placeOf(value, this.plan.names[thread]!);
    this.points[thread] = typeof place === 'string' ? undefined : place;
    this.label = typeof place === 'string' ? place : '';
  }

  #fail(thread: number, error: unknown): void {
    if (error instanceof BadProgram) throw error;
    this.#end(thread, 'throws');
    this.threw = true;
    nameModels(this.bare);
    this.#fault('broken', `end in ${this.plan.names[thread]} throwing ${error}`);
  }

  #end(thread: number, label: string): void {
    this.alive &= ~(1 << thread);
    this.points[thread] = undefined;
    this.label = label;
  }

  #leave(thread: number): void {
    tape.on = undefined;
    turn.thread = -1;
    if (this.plan.always) this.#check(this.plan.always, 'always');
    if (this.#spins) this.#watch(thread);
  }

  #check(check: Check<S>, name: 'always' | 'atEnd'): void {
    const said = check(this.bare);
    if (said === true) return;
    if (said !== false && typeof said !== 'string')
      throw new BadProgram(`${name} must return true, false or what went wrong, not ${said}.`);
    this.#fault('broken', said || `break what must hold ${name === 'always' ? 'always' : 'at the end'}`);
  }

  #fault(kind: Outcome['kind'], why: string): void {
    if (!this.faults.some((fault) => fault.why === why)) this.faults.push({ kind, why, at: this.steps });
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

  /** What went wrong, when nobody can go on. A broken check hides no deadlock, nor the other way round. */
  end(): readonly Outcome[] {
    if (this.threw) return this.faults;
    if (this.alive) this.#fault('deadlock', `deadlock (${this.standstill()})`);
    else if (this.plan.atEnd) this.#check(this.plan.atEnd, 'atEnd');
    return this.faults;
  }
}
