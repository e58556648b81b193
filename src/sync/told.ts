import { now } from '../timing/clock.ts';
import { channels, nextEventId } from '../timing/events.ts';
import { laneHere } from '../workers/lanes.ts';

/**
 * Tells a recorder, if one listens, that this thread waits from now on.
 *
 * @returns to be called at the end: whether it has what it waited for; only the first call counts
 */
export function tellWaiting(name: string): (ok: boolean) => void {
  if (!channels.wait.hasSubscribers) return nobodyListens;
  const event = { lane: laneHere(), id: nextEventId(), name };
  channels.wait.publish({ ...event, kind: 'waiting', time: now() });
  let isOver = false;
  return (ok) => {
    if (!isOver) channels.wait.publish({ ...event, kind: 'acquired', time: now(), ok });
    isOver = true;
  };
}

const nobodyListens = (): void => {};
