import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { hasEnded, threadHere, threadName } from '../workers/lives.ts';
import type { Scope } from './owner.ts';

/** A lock, as far as the order in which locks are taken concerns it. */
export interface Ordered {
  readonly what: string;
  /** Its number in this process. */
  readonly number: number;
  readonly isHeldHere: boolean;
  /** The scope that holds it, on this thread. */
  readonly heldBy: Scope | undefined;
}

/** That one lock was taken while another was held. */
interface Order {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
  /** The outermost lock that was held beside `from` whenever this order was taken; 0 for none. */
  readonly gate: number;
}

/** Orders that a process remembers; those that come later are not warned of. */
const most = 1024;
const nameBytes = 64;
/*
 * Every order that was taken, in memory that all threads have, as no thread knows all locks of a circle.
 *
 * Invariant: slots fill from the first on, none twice by the same pair; a pair stays, and counts once it has a taker.
 */
const key = 'interleaved:orders';
const shared = (getEnvironmentData(key) ?? new SharedArrayBuffer(most * (16 + nameBytes))) as SharedArrayBuffer;
setEnvironmentData(key, shared);
/** The number of the lock that was held and, in the low half, that of the one that was taken. */
const pairs = new BigInt64Array(shared, 0, most);
/** Who took them so first, and `warned` once a circle was told that this order closed. */
const takers = new Int32Array(shared, 8 * most, most);
const gates = new Int32Array(shared, 12 * most, most);
const warned = 0x4000_0000;
/** What readers call the lock that was held. */
const nameAt = (slot: number): Buffer => Buffer.from(shared, 16 * most + slot * nameBytes, nameBytes);

/**
 * The lock that this thread took last, while it never held two; such a thread pays for one comparison, and for nothing
 * when it releases.
 */
let last: Ordered | undefined;
/** Once it held two: those that it holds, in the order in which it took them, and perhaps some that it has released. */
const several = new Set<Ordered>();
/** The orders that this thread has noted, and the gate of each. */
const noted = new Map<number, number>();
/** There is no room for more. */
let isFull = false;

/** This thread took a lock. @returns true when it held no other: nothing is to be noted when it takes it again next */
export function took(lock: Ordered): boolean {
  if (last !== lock) tookAnother(lock);
  return last === lock;
}

function tookAnother(lock: Ordered): void {
  if (last !== undefined) several.add(last);
  for (const held of several) if (held === lock || !held.isHeldHere) several.delete(held);
  if (several.size === 0) {
    last = lock;
    return;
  }
  last = undefined;
  const { heldBy } = lock;
  if (heldBy !== undefined) {
    let outermost = 0;
    for (const held of several) {
      if (!heldBy.isWithin(held.heldBy)) continue;
      note(held, lock, outermost);
      outermost ||= held.number;
    }
  }
  several.add(lock);
}

/** `next` was taken by one that holds `held`: warns if that closes a circle of such orders, of whichever threads. */
function note(held: Ordered, next: Ordered, gate: number): void {
  const both = held.number * 2 ** 26 + next.number;
  const before = noted.get(both);
  if (before === gate || before === 0 || isFull) return;
  const pair = (BigInt(held.number) << 32n) | BigInt(next.number);
  let slot = -1;
  let known: bigint;
  do {
    slot += 1;
    isFull = slot === most;
    if (isFull) return;
    known = Atomics.compareExchange(pairs, slot, 0n, pair);
  } while (known !== 0n && known !== pair);
  let isNews = true;
  if (known === 0n) {
    nameAt(slot).write(held.what);
    Atomics.store(gates, slot, gate);
    Atomics.store(takers, slot, threadHere);
  } else if (Atomics.load(gates, slot) === gate) {
    isNews = false;
  } else {
    // Not always taken behind that gate, so the gate keeps nobody out.
    isNews = Atomics.exchange(gates, slot, 0) !== 0;
  }
  const order = { slot, from: held.number, to: next.number, gate: Atomics.load(gates, slot) };
  noted.set(both, order.gate);
  const circle = isNews ? circleOf(order) : undefined;
  if (circle !== undefined) warn(circle);
}

/**
 * The shortest way from the end of an order back to its beginning, along others that were taken. Two that were taken
 * behind the same gate are never taken at the same time, so no circle leads through both.
 */
function circleOf(closing: Order): Order[] | undefined {
  const next = new Map<number, Order[]>();
  for (const order of taken()) next.set(order.from, [...(next.get(order.from) ?? []), order]);
  const seen = new Set([closing.to]);
  const ways = [[closing]];
  for (const way of ways) {
    const end = way.at(-1)!.to;
    if (end === closing.from) return way;
    for (const order of next.get(end) ?? []) {
      if (seen.has(order.to) || way.some(({ gate }) => gate !== 0 && gate === order.gate)) continue;
      seen.add(order.to);
      ways.push([...way, order]);
    }
  }
  return undefined;
}

function* taken(): Generator<Order, void> {
  for (let slot = 0; slot < most; slot += 1) {
    const pair = Atomics.load(pairs, slot);
    if (pair === 0n) return;
    if (Atomics.load(takers, slot) === 0) continue;
    const [from, to] = [Number(pair >> 32n), Number(pair & 0xffff_ffffn)];
    yield { slot, from, to, gate: Atomics.load(gates, slot) };
  }
}

/** Two threads that close a circle at once both find it: the one that comes first to its latest order tells. */
function warn(circle: readonly Order[]): void {
  const latest = Math.max(...circle.map(({ slot }) => slot));
  if (Atomics.or(takers, latest, warned) & warned) return;
  const names = circle.map(({ slot }) => nameAt(slot).toString().replace(/\0+$/, ''));
  const [, ...others] = circle.map(({ slot }, at) => {
    const [from, to] = [names[at], names[(at + 1) % names.length]];
    return `${takerAt(slot)} took ${to} while it held ${from}`;
  });
  const now = [`${threadName(threadHere)} takes ${names[1]} while it holds ${names[0]}`, ...others];
  const all = `${now.slice(0, -1).join(', ')}, and ${now.at(-1)}`;
  const end =
    circle.length === 2
      ? 'Some day each will hold one and wait for the other: take both in the same order everywhere.'
      : `A circle of ${circle.length}: ${[...names, names[0]].join(' → ')}. Some day each will hold one and wait for the ` +
        'next: take them in the same order everywhere.';
  console.warn(`lock order: ${all}. ${end}`);
}

function takerAt(slot: number): string {
  const taker = Atomics.load(takers, slot) & ~warned;
  if (taker === threadHere) return `${threadName(taker)} earlier`;
  return `${threadName(taker)}${hasEnded(taker) ? ', now ended,' : ''}`;
}
