import type { RecordedEvent } from './events.ts';

/**
 * One task and its four times, in ms of `now()`; a time is absent when the recorder did not see it.
 *
 * The phases of a task lie between them: **queue** from `submitted` to `started` (it waits for a free worker, its
 * data travels), **run** from `started` to `finished`, **reply** from `finished` to `received` (its result travels,
 * and waits until the caller's thread is free to take it).
 */
export interface Task {
  readonly id: number;
  readonly name: string | undefined;
  /** The worker that ran it; the one that submitted it when it never started. */
  readonly lane: string;
  readonly submitted: number | undefined;
  readonly started: number | undefined;
  readonly finished: number | undefined;
  readonly received: number | undefined;
  /** Which message brought it: tasks of one lane with the same number came together. */
  readonly message: number | undefined;
  /** False when it failed. */
  readonly ok: boolean;
}

/** One wait for a lock, a queue or a barrier, in ms of `now()`. */
export interface Wait {
  readonly name: string | undefined;
  readonly lane: string;
  readonly waiting: number | undefined;
  readonly acquired: number | undefined;
  readonly released: number | undefined;
  /** False when it timed out. */
  readonly ok: boolean;
}

/** One life of a worker. **Start-up** lies between `spawned` and `ready`: no task can run yet. */
export interface Life {
  readonly spawned: number | undefined;
  readonly ready: number | undefined;
  readonly exited: number | undefined;
}

/** One lane: a worker with what it did. When it is replaced, the next one takes its lane. */
export interface Lane {
  readonly name: string;
  readonly lives: readonly Life[];
  readonly tasks: readonly Task[];
  readonly waits: readonly Wait[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface LaneDraft extends Lane {
  readonly lives: Draft<Life>[];
  readonly tasks: Task[];
  readonly waits: Wait[];
}

/** Sorts events into lanes: the main thread first, then by name with numbers in order. */
export function lanesOf(events: Iterable<RecordedEvent>): Lane[] {
  const lanes = new Map<string, LaneDraft>();
  const tasks = new Map<number, Draft<Task>>();
  const waits = new Map<string, Draft<Wait>>();
  let anonymous = 0;
  for (const event of events) {
    switch (event.kind) {
      case 'spawned':
      case 'ready':
      case 'exited': {
        const { lives } = laneOf(lanes, event.lane);
        if (lives.length === 0 || event.kind === 'spawned')
          lives.push({ spawned: undefined, ready: undefined, exited: undefined });
        lives.at(-1)![event.kind] = event.time;
        break;
      }
      case 'waiting':
      case 'acquired':
      case 'released': {
        // Ids are unique in the thread that publishes; a lock may be taken again and again under one id.
        const key = `${event.lane} ${event.id ?? event.name}`;
        let wait = waits.get(key);
        if (!wait || wait.released !== undefined || (wait[event.kind] !== undefined && event.kind !== 'released')) {
          wait = newWait(event);
          waits.set(key, wait);
          laneOf(lanes, event.lane).waits.push(wait);
        }
        wait[event.kind] = event.time;
        if (event.ok === false) wait.ok = false;
        break;
      }
      default: {
        anonymous -= 1;
        const id = event.id ?? anonymous;
        const task = tasks.get(id) ?? newTask(id, event);
        tasks.set(id, task);
        if (event.kind === 'started' || (event.kind === 'finished' && task.started === undefined))
          task.lane = event.lane;
        task.name ??= event.name;
        task.message ??= event.message;
        task[event.kind] = event.time;
        if (event.ok === false) task.ok = false;
      }
    }
  }
  for (const task of tasks.values()) laneOf(lanes, task.lane).tasks.push(task);
  return [...lanes.values()].sort(byName);
}

function laneOf(lanes: Map<string, LaneDraft>, name: string): LaneDraft {
  let lane = lanes.get(name);
  if (!lane) {
    lane = { name, lives: [], tasks: [], waits: [] };
    lanes.set(name, lane);
  }
  return lane;
}

function newTask(id: number, { name, lane }: RecordedEvent): Draft<Task> {
  return {
    id,
    name,
    lane,
    submitted: undefined,
    started: undefined,
    finished: undefined,
    received: undefined,
    message: undefined,
    ok: true,
  };
}

function newWait({ name, lane }: RecordedEvent): Draft<Wait> {
  return { name, lane, waiting: undefined, acquired: undefined, released: undefined, ok: true };
}

function byName(a: Lane, b: Lane): number {
  const mainFirst = Number(b.name === 'main') - Number(a.name === 'main');
  return mainFirst || a.name.localeCompare(b.name, 'en', { numeric: true });
}

export function sumOfRuns(tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + runTime(task), 0);
}

/** Ms that a task ran; 0 when that was not seen whole. */
export function runTime({ started, finished }: Task): number {
  return started === undefined || finished === undefined ? 0 : finished - started;
}
