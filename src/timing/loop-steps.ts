import { type AsyncHook, createHook } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { now } from './clock.ts';

/** What kind of turn the loop gives: `main` is the call itself. Microtasks and next ticks follow each of the others. */
export const stepKinds = ['main', 'next tick', 'microtask', 'timer', 'I/O', 'immediate'] as const;
type StepKind = (typeof stepKinds)[number];

/** One function that the loop called, with all that it called; in ms of `now()`. */
export interface LoopStep {
  readonly kind: StepKind;
  /** The callback's name where it is known; for I/O what it came from, such as `FSREQPROMISE`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** A timer's delay beyond what was asked for, in ms; only of the first time it runs. */
  readonly late?: number;
}

/** A task (a timer, I/O, an immediate or the call itself) with the next ticks and microtasks that followed it. */
export interface LoopTurn {
  readonly from: number;
  readonly to: number;
  /** In order; without those that there was no room for. */
  readonly steps: readonly LoopStep[];
}

interface Known {
  readonly kind: StepKind;
  readonly type: string;
  /** What holds the function to be called: a microtask from after it was told of, an immediate until it was called. */
  readonly resource: Callbacks;
  name?: string;
  /** When a timer is to run. */
  due?: number | undefined;
}

/** What the resources of timers, immediates, next ticks and microtasks hold: the function to be called. */
interface Callbacks {
  readonly _onTimeout?: { readonly name?: unknown };
  readonly _onImmediate?: { readonly name?: unknown };
  readonly callback?: { readonly name?: unknown };
  readonly _idleTimeout?: number;
}

const kinds: Readonly<Record<string, StepKind>> = {
  Timeout: 'timer',
  Immediate: 'immediate',
  TickObject: 'next tick',
  Microtask: 'microtask',
};

/**
 * Notes what the loop calls, from Node's own events: `async_hooks` tells of timers, immediates, I/O, next ticks and
 * `queueMicrotask`, `v8.promiseHooks` of what follows a promise (`await` and `then`).
 */
export class StepLog {
  readonly steps: LoopStep[] = [];
  readonly turns: { from: number; to: number; steps: LoopStep[] }[] = [];
  /** Steps that there was no room for; the times of their turns are right all the same. */
  dropped = 0;
  readonly #limit: number;
  readonly #known = new Map<number, Known>();
  readonly #hook: AsyncHook;
  #endPromises: (() => void) | undefined;
  /** Calls within calls; only the outermost is a step. */
  #depth = 0;
  #from = 0;
  #late: number | undefined;

  constructor(limit = 100_000) {
    this.#limit = limit;
    const hooks = {
      init: (id: number, type: string, _trigger: number, resource: object) =>
        this.#init(id, type, resource as Callbacks),
      before: (id: number) => {
        const known = this.#known.get(id);
        const due = this.#depth === 0 ? known?.due : undefined;
        if (known) {
          known.due = undefined;
          known.name ??= nameOf(known);
        }
        this.#begin(due);
      },
      after: (id: number) => {
        const known = this.#known.get(id);
        this.#end(known?.kind ?? 'I/O', known?.name ?? 'begun before');
      },
      destroy: (id: number) => void this.#known.delete(id),
      trackPromises: false, // what follows promises is told by v8, for less
    };
    this.#hook = createHook(hooks);
  }

  /** Calls `fn` as the step `main`, and notes all steps until `stop`. */
  start<T>(name: string, fn: () => T): T {
    this.#hook.enable();
    this.#endPromises = promiseHooks.createHook({
      before: () => this.#begin(undefined),
      after: () => this.#end('microtask', 'promise'),
    }) as () => void;
    this.#begin(undefined);
    try {
      return fn();
    } finally {
      this.#end('main', name);
    }
  }

  stop(): void {
    this.#hook.disable();
    this.#endPromises?.();
    this.#endPromises = undefined;
  }

  #init(id: number, type: string, resource: Callbacks): void {
    if (type === 'PROMISE') return; // an older Node tells of them all the same
    const kind = kinds[type] ?? 'I/O';
    const known: Known = { kind, type, resource };
    if (kind === 'timer' && resource._idleTimeout !== undefined) known.due = now() + resource._idleTimeout;
    this.#known.set(id, known);
  }

  #begin(due: number | undefined): void {
    this.#depth += 1;
    if (this.#depth > 1) return;
    this.#from = now();
    this.#late = due === undefined ? undefined : Math.max(0, this.#from - due);
  }

  #end(kind: StepKind, name: string): void {
    if (this.#depth === 0) return; // it began before we listened
    this.#depth -= 1;
    if (this.#depth > 0) return;
    const to = now();
    const turn = this.#turn(kind, to);
    if (this.steps.length >= this.#limit) {
      this.dropped += 1;
      return;
    }
    const step = { kind, name, from: this.#from, to };
    const noted = this.#late === undefined ? step : { ...step, late: this.#late };
    this.steps.push(noted);
    turn.steps.push(noted);
  }

  /** The turn that a step which ends now belongs to. */
  #turn(kind: StepKind, to: number): { steps: LoopStep[] } {
    const last = this.turns.at(-1);
    const follows = kind === 'microtask' || kind === 'next tick';
    if (last !== undefined && (follows || this.turns.length >= this.#limit)) {
      last.to = to;
      return last;
    }
    const turn = { from: this.#from, to, steps: [] };
    this.turns.push(turn);
    return turn;
  }
}

function nameOf({ kind, type, resource: { _onTimeout, _onImmediate, callback } }: Known): string {
  const name = (_onTimeout ?? _onImmediate ?? callback)?.name;
  if (typeof name === 'string' && name !== '') return name;
  return kind === 'I/O' ? type : kind;
}
