import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads';

/*
 * What is known of the threads of this process, in memory that all of them share: each one hands it to those it starts,
 * as Node's environment data. Threads are named by their number plus one, so that 0 is nobody.
 *
 * Invariant: a thread that has ended says so here before anybody is told of it.
 */
const key = 'interleaved:threads';
/** Threads that are kept apart; the number of one that is 8192 threads older may be taken for one that lives. */
const most = 8192;
const perThread = 3;
/** Per thread. */
const parentWord = 0;
const laneWord = 1;
const deathWord = 2;
const at = (thread: number): number => 1 + (thread % most) * perThread;
const words = new Int32Array(inherited());

/** This thread. */
export const threadHere: number = threadId + 1;

function inherited(): SharedArrayBuffer {
  const given = getEnvironmentData(key) as { readonly buffer: SharedArrayBuffer; readonly parent: number } | undefined;
  const buffer = given?.buffer ?? new SharedArrayBuffer(4 * (1 + most * perThread));
  const parent = isMainThread ? 0 : (given?.parent ?? 0);
  new Int32Array(buffer).set([parent, 0, 0], at(threadId + 1));
  setEnvironmentData(key, { buffer, parent: threadId + 1 });
  return buffer;
}

/** Called in a new thread: the number of its lane, by which readers know it. */
export function noteLane(lane: string): void {
  words[at(threadHere) + laneWord] = Number(/\d+$/.exec(lane)?.[0] ?? 0);
}

/** What a reader calls a thread: `main`, `thread 2`. */
export function threadName(thread: number): string {
  if (thread === 1) return 'main';
  const lane = words[at(thread) + laneWord];
  return lane === 0 ? `the thread with Node’s number ${thread - 1}` : `thread ${lane}`;
}

/** True when the thread, or one that started it, has ended: no thread outlives the one that started it. */
export function hasEnded(thread: number): boolean {
  for (let one = thread; one > 0; one = words[at(one) + parentWord]!) {
    if (words[at(one) + deathWord] === one) return true;
  }
  return false;
}

/** A number that no other call in this process gives. */
export const nextNumber = (): number => Atomics.add(words, 0, 1) + 1;

const listeners = new Set<() => void>();

/** Calls `listener` each time when a thread that this one started has ended. */
export function onThreadEnd(listener: () => void): void {
  listeners.add(listener);
}

/** Told by whoever started a thread, once it has ended. @param id Node's number, as it was when the thread was made */
export function threadEnded(id: number): void {
  Atomics.store(words, at(id + 1) + deathWord, id + 1);
  for (const listener of listeners) listener();
}
