import { channels, type RecordedEvent } from '../../src/timing/events.ts';

/** A task's life in one line: when it was submitted, started, finished and received. */
export function task(
  id: number,
  lane: string,
  [submitted, started, finished, received]: readonly (number | undefined)[],
  { name = `t${id}`, ok = true }: { name?: string; ok?: boolean } = {},
): RecordedEvent[] {
  const events: (RecordedEvent | undefined)[] = [
    submitted === undefined ? undefined : { kind: 'submitted', time: submitted, lane: 'main', id, name },
    started === undefined ? undefined : { kind: 'started', time: started, lane, id, name },
    finished === undefined ? undefined : { kind: 'finished', time: finished, lane, id, name, ok },
    received === undefined ? undefined : { kind: 'received', time: received, lane: 'main', id, name, ok },
  ];
  return events.filter((event) => event !== undefined);
}

export function worker(lane: string, spawned: number, ready: number, exited?: number): RecordedEvent[] {
  const events: RecordedEvent[] = [
    { kind: 'spawned', time: spawned, lane },
    { kind: 'ready', time: ready, lane },
  ];
  return exited === undefined ? events : [...events, { kind: 'exited', time: exited, lane }];
}

export function wait(id: number, lane: string, [waiting, acquired, released]: readonly number[]): RecordedEvent[] {
  const common = { lane, id, name: 'lock' };
  const events: RecordedEvent[] = [{ kind: 'waiting', time: waiting!, ...common }];
  if (acquired !== undefined) events.push({ kind: 'acquired', time: acquired, ...common });
  if (released !== undefined) events.push({ kind: 'released', time: released, ...common });
  return events;
}

/** Publishes events as executors do: only while somebody listens. */
export function publish(events: readonly RecordedEvent[]): void {
  for (const event of events) if (channels.task.hasSubscribers) channels.task.publish(event);
}
