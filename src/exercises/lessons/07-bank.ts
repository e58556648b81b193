import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from '../../channels/queue.ts';
import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { observe } from '../observe.ts';

/** A transfer; or a question for all balances, which has only `reply`. */
export interface Message {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly reply?: Queue<number[]>;
}
type Inbox = Queue<Message>;
/** Writes a transfer down, which takes its time. */
type Journal = (from: number, to: number, amount: number) => Promise<void>;
type Bank = (inbox: Inbox, accounts: number[], journal: Journal) => Promise<number[]> | number[];

const start: readonly number[] = [1000, 1000, 1000];
/** What each teller sends, in this order. */
const transfers: readonly Message[] = Array.from({ length: 30 }, (_, i) => ({
  from: i % 3,
  to: (i + 1 + (i % 2)) % 3,
  amount: 1 + ((i * i) % 11),
}));
const tellers = 2;
/** Each teller lets the balances be told after so many of its transfers, while others are under way. */
const audit = 5;
/** Messages that wait when the actor begins: among so many of two tellers there is a question behind a transfer. */
const room = 12;

/** An actor that takes one message at a time needs no lock, and one that does not would need one. */
export const bank: Definition<Bank> = {
  id: '07.4',
  title: 'the bank',
  task: 'Carry out and write down every transfer, answer every question, and let no balance be lost on the way.',
  stub: async function bank(inbox: Inbox, accounts: number[], journal: Journal) {
    const handle = async ({ from, to, amount, reply }: Message) => {
      if (reply) return await reply.put([...accounts]);
      const balance = accounts[from]!;
      await journal(from, to, amount);
      accounts[from] = balance - amount;
      accounts[to]! += amount;
    };
    const handled: Promise<unknown>[] = [];
    for await (const message of inbox) handled.push(handle(message));
    await Promise.all(handled);
    return accounts;
  },
  hints: [
    'How many messages are being handled at one moment? What may happen to a balance between its reading and its writing?',
    'Either finish one message before you take the next, or read and write the balances with no await between.',
    'In the loop: await handle(message). The list of promises is not needed then.',
  ],
  solution: `async function bank(inbox, accounts, journal) {
  for await (const { from, to, amount, reply } of inbox) {
    if (reply) {
      await reply.put([...accounts]);
    } else {
      await journal(from, to, amount);
      accounts[from] -= amount;
      accounts[to] += amount;
    }
  }
  return accounts;
}`,
  async judge(answer, that) {
    const inbox: Inbox = new Queue(room);
    const replies = new Queue<number[]>();
    const final = new Queue<number[]>();
    const written = new Int32Array(new SharedArrayBuffer(4));
    const actor = new Thread(runBank, answer, inbox, [...start], written, final);
    const senders = Array.from({ length: tellers }, () => new Thread(send, inbox, transfers, audit, replies));
    try {
      const { value, trouble } = await observe(async () => {
        for (const thread of senders) thread.start();
        while ((await inbox.size()) < room) await sleep(1);
        actor.start();
        const answers: number[][] = [];
        const questions = tellers * (transfers.length / audit);
        while (answers.length < questions) answers.push(await replies.get());
        for (const thread of senders) await thread.join();
        inbox.close();
        const last = await final.get();
        await actor.join();
        return { answers, last };
      }, 8_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const { answers, last } = value as { answers: number[][]; last: unknown };
      const totals = [...answers, last].map(sum);
      const wrong = totals.filter((total) => total !== sum(start));
      const seen = wrong.length === 0 ? `${totals.length} times ${sum(start)}` : `once it was ${wrong[0]}`;
      that('the total is 3000 whenever it is asked for', wrong.length === 0, seen);
      that('at the end each balance is right', same(last, expected()), `${JSON.stringify(last)}`);
      const count = written[0]!;
      const all = tellers * transfers.length;
      that('each transfer is in the journal once', count === all, `${count} of ${all} entries`);
    } finally {
      for (const queue of [inbox, replies, final]) queue.close();
      for (const thread of [actor, ...senders]) thread.terminate();
    }
  },
};

function sum(numbers: unknown): number {
  return Array.isArray(numbers) ? numbers.reduce((total: number, n: number) => total + n, 0) : Number.NaN;
}

function expected(): number[] {
  const accounts = [...start];
  for (const { from, to, amount } of transfers) {
    accounts[from]! -= tellers * amount;
    accounts[to]! += tellers * amount;
  }
  return accounts;
}

/** The actor in its thread. */
async function runBank(
  answer: Bank,
  inbox: Inbox,
  accounts: number[],
  written: Int32Array,
  final: Queue<number[]>,
): Promise<void> {
  const journal: Journal = async () => {
    Atomics.add(written, 0, 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await final.put(await answer(inbox, accounts, journal));
}

/** A teller in its thread. */
async function send(inbox: Inbox, list: readonly Message[], every: number, reply: Queue<number[]>): Promise<void> {
  for (const [index, transfer] of list.entries()) {
    await inbox.put(transfer);
    if ((index + 1) % every === 0) await inbox.put({ reply } as Message);
  }
}
