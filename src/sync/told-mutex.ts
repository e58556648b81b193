import { now } from '../timing/clock.ts';
import { channels, nextEventId } from '../timing/events.ts';
import { laneHere } from '../workers/lanes.ts';

/** A lock of which a recorder is told who waits for it, has it and releases it. */
interface Told {
  readonly name: string;
  /** Joins the events of the hold that lasts now; 0 when nobody listened to its beginning. */
  eventId: number;
}

const { wait: waits } = channels;
/** The id of a wait that has just ended well: that of the hold that begins now. */
let waitId = 0;

/** Tells, if anybody listens, that this thread waits. @returns to be called at the end: whether it took the lock */
export function tellMutexWait({ name }: Told): ((ok: boolean) => void) | undefined {
  if (!waits.hasSubscribers) return undefined;
  const event = { lane: laneHere(), id: nextEventId(), name };
  waits.publish({ ...event, kind: 'waiting', time: now() });
  return (ok) => {
    if (ok) waitId = event.id;
    else waits.publish({ ...event, kind: 'acquired', time: now(), ok });
  };
}

/** Tells that this thread has taken it. */
export function tellTaken(told: Told): void {
  told.eventId = waitId || nextEventId();
  waitId = 0;
  waits.publish({ kind: 'acquired', time: now(), lane: laneHere(), id: told.eventId, name: told.name });
}

/** Tells that a hold is over whose beginning was told. */
export function tellReleased(told: Told): void {
  const { eventId: id, name } = told;
  told.eventId = 0;
  waits.publish({ kind: 'released', time: now(), lane: laneHere(), id, name });
}
