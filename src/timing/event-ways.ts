import { channels, type RecordedEvent } from './events.ts';
import type { KeptEvents } from './kept.ts';
import { Ring } from './ring.ts';

/** What a new thread is given, so that its events reach the recorders of the thread that starts it. */
export interface EventWay {
  readonly ring: SharedArrayBuffer;
  /** One word: how many recorders listen. All threads of the process share it. */
  readonly listeners: SharedArrayBuffer;
}

/** Ms after which rings are read again while a recorder listens. */
const interval = 5;

let listeners: Int32Array<SharedArrayBuffer> | undefined;
/** The rings of the threads that this one has started. */
const rings = new Set<Ring>();
/** Those who want to hear of lost events. */
const listening = new Set<(lost: number) => void>();
let timer: NodeJS.Timeout | undefined;

function listenersHere(): Int32Array<SharedArrayBuffer> {
  listeners ??= new Int32Array(new SharedArrayBuffer(4));
  return listeners;
}

/**
 * A way for the events of a thread that is about to be started.
 *
 * @returns what to give to it, and what to call when it has ended: its last events are read then
 */
export function openEventWay(): { way: EventWay; close: () => void } {
  const ring = new Ring();
  rings.add(ring);
  return {
    way: { ring: ring.memory, listeners: listenersHere().buffer },
    close: () => {
      if (rings.delete(ring)) readRing(ring);
    },
  };
}

/** Called once in a new thread: what it publishes goes that way while a recorder listens. */
export function useEventWay(way: EventWay): void {
  listeners = new Int32Array(way.listeners);
  const ring = new Ring(way.ring);
  const tell = (event: RecordedEvent): void => ring.write(event);
  for (const channel of Object.values(channels)) channel.reach(listeners, tell);
}

/**
 * From now on the events of the threads that this one has started, or will start, are published here; those from before
 * are not. They come some ms late, and in the order of time only within one thread.
 *
 * @param onLost told how many events found no room in a ring
 * @returns to be called to end it: what was published until then has come when it returns
 */
export function listen(onLost: (lost: number) => void): () => void {
  readRings();
  listening.add(onLost);
  Atomics.add(listenersHere(), 0, 1);
  timer ??= setInterval(readRings, interval).unref();
  return () => {
    if (!listening.has(onLost)) return;
    Atomics.sub(listenersHere(), 0, 1);
    readRings();
    listening.delete(onLost);
    if (listening.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Publishes here what came with a message of a process. */
export function publishKept({ events, lost }: KeptEvents): void {
  for (const event of events) publish(event);
  if (lost > 0) for (const onLost of listening) onLost(lost);
}

function readRings(): void {
  for (const ring of rings) readRing(ring);
}

function readRing(ring: Ring): void {
  ring.readAll(publish);
  const lost = ring.takeLost();
  if (lost > 0) for (const onLost of listening) onLost(lost);
}

function publish(event: RecordedEvent): void {
  channelOf(event).publish(event);
}

function channelOf({ kind }: RecordedEvent) {
  switch (kind) {
    case 'waiting':
    case 'acquired':
    case 'released':
      return channels.wait;
    case 'spawned':
    case 'ready':
    case 'exited':
      return channels.worker;
    default:
      return channels.task;
  }
}
