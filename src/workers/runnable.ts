import { type AnyFunction, shipFunction, shipValue } from '../shipping/index.ts';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import { openEventWay, publishKept } from '../timing/event-ways.ts';
import { channels, nextEventId } from '../timing/events.ts';
import type { Notice, Order } from './entry.ts';
import { giveAll, type Leave, noteShared } from './holders.ts';
import { type Lane, laneHere, takeLane } from './lanes.ts';
import { timer } from './timer.ts';

/** What `new Thread({ … })` and `new Process({ … })` take: the names are Python's. */
export interface RunnableOptions<A extends unknown[]> {
  /** The function to run there. */
  readonly target: (...args: A) => unknown;
  /** Its arguments. */
  readonly args?: A;
  /** What it is called; by default after the function. */
  readonly name?: string;
}

/** A started thread or process, as far as `Runnable` has to know. */
interface Started {
  /** Node's number of the thread, or the system's of the process. */
  readonly id: number | undefined;
  /** Asks it to end. */
  terminate(): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/** Starts a thread or a process; throws when it cannot be. */
export type Launch = (
  order: Order,
  transfer: unknown[],
  events: {
    /** Called with each message of the thread or process. */
    heard(notice: Notice): void;
    /** Called once, when it has ended and its output has been shown. */
    ended(exitCode: number): void;
  },
) => Started;

/**
 * What `Thread` and `Process` share: one shape, so that one word changes between them. Neither adds a private or
 * protected member, for then TypeScript would not let `new` choose between the two.
 */
export class Runnable<A extends unknown[]> {
  readonly name: string;
  readonly #kind: 'thread' | 'process';
  readonly #launch: Launch;
  readonly #target: (...args: A) => unknown;
  readonly #args: readonly unknown[];
  #state: 'new' | 'alive' | 'over' = 'new';
  #exitCode: number | null = null;
  #notice: Notice | undefined;
  #started: Started | undefined;
  #spawned = 0;
  #eventId = 0;
  #lane: Lane | undefined;
  #offInterrupt: (() => void) | undefined;
  /** Tells queues and the like that this one was given, if any, how it ended. */
  #leave: Leave | undefined;
  #closeEvents: (() => void) | undefined;
  readonly #over: Promise<void>;
  #settle!: () => void;

  protected constructor(
    kind: 'thread' | 'process',
    launch: Launch,
    target: ((...args: A) => unknown) | RunnableOptions<A>,
    args: readonly unknown[],
  ) {
    const options = typeof target === 'function' ? { target, args } : target;
    if (typeof options?.target !== 'function') {
      throw new TypeError(`a ${kind} needs a function to run: new X(fn, ...args) or new X({ target, args })`);
    }
    this.#kind = kind;
    this.#launch = launch;
    this.#target = options.target;
    this.#args = options.args ?? [];
    this.name = ('name' in options && options.name) || options.target.name || 'anonymous';
    this.#over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * Starts it. It can be started once.
   *
   * @throws an error by name when the function or an argument cannot travel; nothing has run then
   */
  start(): void {
    if (this.#state !== 'new') throw new Error(`${this.#kind} '${this.name}' was started before; make a new one`);
    const transfer: unknown[] = [];
    const list = this.#kind === 'thread' ? transfer : undefined;
    const { shipped, shared } = noteShared(() => ({
      shipment: shipFunction(this.#target as AnyFunction, this.#kind),
      args: this.#args.map((arg, index) => shipValue(arg, this.#kind, list, `args[${index}]`)),
    }));
    if (shared !== undefined) this.#leave = giveAll(shared);
    this.#lane = takeLane(this.#kind);
    const lane = this.#lane.name;
    const events = this.#kind === 'thread' ? openEventWay() : undefined;
    this.#closeEvents = events?.close;
    this.#spawned = now();
    try {
      this.#started = this.#launch(
        { ...shipped, lane, who: `${lane} (${this.name})`, events: events?.way ?? channels.wait.hasSubscribers },
        transfer,
        {
          heard: (notice) => {
            if (notice?.interleaved !== 'left') return;
            this.#notice = notice;
            if (notice.events !== undefined) publishKept(notice.events);
          },
          ended: (exitCode) => this.#ended(exitCode),
        },
      );
    } catch (error) {
      this.#closeEvents?.();
      this.#lane.release();
      this.#leave?.(undefined);
      throw error;
    }
    this.#state = 'alive';
    this.#offInterrupt = host()?.onInterrupt(() => this.#started?.kill());
    if (channels.worker.hasSubscribers) {
      channels.worker.publish({ kind: 'spawned', time: this.#spawned, lane, name: this.name });
    }
    if (channels.task.hasSubscribers) {
      this.#eventId = nextEventId();
      const event = { kind: 'submitted', lane: laneHere(), id: this.#eventId, name: this.name } as const;
      channels.task.publish({ ...event, time: this.#spawned });
    }
  }

  /**
   * Waits until it has ended and all it printed has been shown.
   *
   * @param timeout ms to wait at most; as in Python, running out of time is no error
   * @returns true when it has ended
   */
  async join(timeout?: number): Promise<boolean> {
    if (this.#state === 'new') throw new Error(`${this.#kind} '${this.name}' was not started: call start() first`);
    return new Promise((resolve) => {
      const clock = timer(timeout, () => resolve(false));
      void this.#over.then(() => {
        clearTimeout(clock);
        resolve(true);
      });
    });
  }

  /** True from `start()` until it has ended. */
  get alive(): boolean {
    return this.#state === 'alive';
  }

  /**
   * Null until it has ended; then 0, 1 after an error, 13 when its function waited for what nothing could bring, or what
   * it gave to `process.exit`.
   */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Node's number of the thread, or the system's of the process, once it was started. */
  get id(): number | undefined {
    return this.#started?.id;
  }

  /**
   * Ends it: a thread at once, in the middle of whatever it does (exit code 1), a process by SIGTERM (exit code -15, as
   * in Python). Without effect when it is not alive.
   */
  terminate(): void {
    if (this.alive) this.#started?.terminate();
  }

  #ended(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#state = 'over';
    this.#offInterrupt?.();
    this.#closeEvents?.();
    this.#publish(exitCode === 0);
    const isWhole = exitCode === 0 && this.#notice?.returned === true;
    this.#leave?.(isWhole ? undefined : `${this.#lane?.name} (${this.name}) ended with exit code ${exitCode}`);
    this.#lane?.release();
    this.#settle();
  }

  #publish(ok: boolean): void {
    const lane = this.#lane!.name;
    const { name } = this;
    const id = this.#eventId;
    const time = now();
    const notice = this.#notice;
    if (id !== 0 && channels.task.hasSubscribers) {
      if (notice !== undefined) {
        channels.task.publish({ kind: 'started', time: notice.started, lane, id, name });
        channels.task.publish({ kind: 'finished', time: notice.finished, lane, id, name, ok: notice.ok });
      }
      channels.task.publish({ kind: 'received', time, lane: laneHere(), id, name, ok });
    }
    if (channels.worker.hasSubscribers) {
      if (notice !== undefined) channels.worker.publish({ kind: 'ready', time: notice.ready, lane });
      channels.worker.publish({ kind: 'exited', time, lane, ok });
    }
  }
}
