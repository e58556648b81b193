import type { Target } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import { channels } from '../timing/events.ts';
import { type Lane, takeLane } from '../workers/lanes.ts';

/** A worker of a pool on the timeline: its lane, and the events of its life. */
export class Presence {
  readonly #lane: Lane;
  /** False for a message to a cluster, which has no life of its own on a timeline. */
  readonly #isWorker: boolean;

  /** It is being started. */
  constructor(kind: Target) {
    this.#isWorker = kind !== 'remote';
    this.#lane = takeLane(kind === 'remote' ? 'cluster' : kind);
    if (this.#isWatched) channels.worker.publish({ kind: 'spawned', time: now(), lane: this.lane });
  }

  get lane(): string {
    return this.#lane.name;
  }

  /** It was ready for its first task. */
  ready(time: number): void {
    if (this.#isWatched) channels.worker.publish({ kind: 'ready', time, lane: this.lane });
  }

  /** It is gone. */
  leave(ok: boolean): void {
    if (this.#isWatched) channels.worker.publish({ kind: 'exited', time: now(), lane: this.lane, ok });
    this.#lane.release();
  }

  get #isWatched(): boolean {
    return channels.worker.hasSubscribers && this.#isWorker;
  }
}
