import type { Message } from '../../src/exercises/lessons/07-bank.ts';
import { judges } from './table.ts';

judges('07.4', {
  'one message at a time, written out': {
    right: async (inbox, accounts, journal) => {
      for await (const message of inbox) {
        if (message.reply) {
          await message.reply.put([...accounts]);
          continue;
        }
        const { from, to, amount } = message;
        const [a, b] = [accounts[from]!, accounts[to]!];
        await journal(from, to, amount);
        accounts[from] = a - amount;
        accounts[to] = b + amount;
      }
      return accounts;
    },
  },
  'many at once, balances untouched by any await': {
    right: async (inbox, accounts, journal) => {
      const handled: unknown[] = [];
      for await (const { from, to, amount, reply } of inbox) {
        if (reply) {
          await reply.put([...accounts]);
          continue;
        }
        accounts[from]! -= amount;
        accounts[to]! += amount;
        handled.push(journal(from, to, amount));
      }
      await Promise.all(handled);
      return accounts;
    },
  },
  'the journal between the two halves': {
    wrong: async (inbox, accounts, journal) => {
      const handle = async ({ from, to, amount, reply }: Message) => {
        if (reply) return await reply.put([...accounts]);
        accounts[from]! -= amount;
        await journal(from, to, amount);
        accounts[to]! += amount;
      };
      const handled: unknown[] = [];
      for await (const message of inbox) handled.push(handle(message));
      await Promise.all(handled);
      return accounts;
    },
    fails: /whenever it is asked for: once it was 2\d\d\d/,
  },
  'without the journal': {
    wrong: async (inbox, accounts) => {
      for await (const message of inbox) {
        if (message.reply) {
          await message.reply.put([...accounts]);
          continue;
        }
        accounts[message.from]! -= message.amount;
        accounts[message.to]! += message.amount;
      }
      return accounts;
    },
    fails: /journal once: 0 of 60/,
  },
  'written, not done': {
    wrong: async (inbox, accounts, journal) => {
      for await (const { from, to, amount, reply } of inbox) {
        if (reply) await reply.put([...accounts]);
        else await journal(from, to, amount);
      }
      return accounts;
    },
    fails: /each balance is right: \[1000,1000,1000\]/,
  },
  'no answer to the auditor': {
    wrong: async (inbox, accounts, journal) => {
      for await (const message of inbox) {
        if (message.reply) continue;
        await journal(message.from, message.to, message.amount);
        accounts[message.from]! -= message.amount;
        accounts[message.to]! += message.amount;
      }
      return accounts;
    },
    limit: 500,
    fails: /it finishes: Error: it was still busy/,
  },
});
