import { channels, type RecordedEvent } from './events.ts';

/** Events of a process, which go with the next message that it sends anyway. */
export interface KeptEvents {
  readonly events: readonly RecordedEvent[];
  /** How many more there were, for which there was no room. */
  readonly lost: number;
}

/** Events that one message takes at most. */
const most = 10_000;
/** Processes count their events alike, and like this one: theirs are told apart by numbers below 0. */
const idsOfProcess = process.pid * 2 ** 31;

const listens = new Int32Array(1);
let isReached = false;
let events: RecordedEvent[] = [];
let lost = 0;

/** Called in a process that another has started: from now on what it publishes is kept for `takeEvents`, or no more. */
export function keepEvents(isRecorded: boolean): void {
  listens[0] = Number(isRecorded);
  if (isReached || !isRecorded) return;
  isReached = true;
  for (const channel of Object.values(channels)) channel.reach(listens, keep);
}

/** What was published since the last call; undefined when nothing was. */
export function takeEvents(): KeptEvents | undefined {
  if (events.length === 0) return undefined;
  const kept = { events, lost };
  events = [];
  lost = 0;
  return kept;
}

function keep(event: RecordedEvent): void {
  if (events.length >= most) lost += 1;
  else events.push(event.id === undefined ? event : { ...event, id: -(idsOfProcess + event.id) });
}
