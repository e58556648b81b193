import { judges } from './table.ts';

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);

judges('07.1', {
  'a constant first': {
    right: async (names, sizeOf) => {
      let bytes = 0;
      for (const size of await Promise.all(names.map(sizeOf))) bytes += size;
      return bytes;
    },
  },
  'the results added up': { right: async (names, sizeOf) => sum(await Promise.all(names.map((name) => sizeOf(name)))) },
  'by then': {
    right: (names, sizeOf) => {
      let bytes = 0;
      const add = (size: number) => {
        bytes += size;
      };
      return Promise.all(names.map((name) => sizeOf(name).then(add))).then(() => bytes);
    },
  },
  'all started, awaited in turn': {
    right: async (names, sizeOf) => {
      let bytes = 0;
      for (const size of names.map((name) => sizeOf(name))) bytes += await size;
      return bytes;
    },
  },
  'written out': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      await Promise.all(
        names.map(async (name) => {
          const before = bytes;
          bytes = before + (await sizeOf(name));
        }),
      );
      return bytes;
    },
    fails: /no size is lost: it gave \d+ of 24200/,
  },
  'one after another': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      for (const name of names) bytes += await sizeOf(name);
      return bytes;
    },
    fails: /same time: at most 1 of 6/,
  },
  'not waited for': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      for (const name of names)
        void sizeOf(name).then((size) => {
          bytes += size;
        });
      return bytes;
    },
    fails: /no size is lost: it gave 0/,
  },
  'one left out': {
    wrong: async (names, sizeOf) => sum(await Promise.all(names.slice(1).map(sizeOf))),
    fails: /asked for once: news, shop/,
  },
  'the number known beforehand': { wrong: async () => 24200, fails: /asked for once: none/ },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 3 s/ },
});

judges('07.2', {
  'closed instead': {
    right: async (queue, items) => {
      for (const item of items) await queue.put(item);
      queue.close();
    },
  },
  'sentinels, all at once': {
    right: async (queue, items, readers) => {
      const words = Array.from({ length: readers }, () => 'STOP' as const);
      await Promise.all([...items, ...words].map((item) => queue.put(item)));
    },
  },
  'sentinels, and closed as well': {
    right: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 0; i < readers; i++) await queue.put('STOP');
      queue.close();
    },
  },
  'one too few': {
    wrong: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 1; i < readers; i++) await queue.put('STOP');
    },
    fails: /every reader ends: 2 of 3 ended/,
  },
  'one too many': {
    wrong: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 0; i <= readers; i++) await queue.put('STOP');
    },
    fails: /nothing is left in the queue: 1 left/,
  },
  'sentinels first': {
    wrong: async (queue, items, readers) => {
      for (let i = 0; i < readers; i++) await queue.put('STOP');
      for (const item of items) await queue.put(item);
    },
    fails: /it finishes: Error: it was still busy/,
  },
  'all the items to each reader': {
    wrong: async (queue, items, readers) => {
      for (let i = 0; i < readers; i++) for (const item of items) await queue.put(item);
      queue.close();
    },
    fails: /only once: 0 of 30 read once, 30 more than once/,
  },
  'closed at once': {
    wrong: async (queue) => queue.close(),
    fails: /only once: 0 of 30 read once/,
  },
  'closed too early': {
    wrong: async (queue, items) => {
      queue.close();
      for (const item of items) await queue.put(item);
    },
    fails: /it finishes: QueueClosed/,
  },
  'it does nothing': { wrong: () => {}, fails: /every reader ends: 0 of 3/ },
});

judges('07.3', {
  'until the inbox is closed': {
    right: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        const result = await work(item);
        await outbox.put(result);
      }
      outbox.close();
    },
  },
  'closed in every case': {
    right: async (inbox, outbox, work) => {
      try {
        for await (const item of inbox) await outbox.put(await work(item));
      } finally {
        outbox.close();
      }
    },
  },
  'puts that nobody waits for': {
    wrong: async (inbox, outbox, work) => {
      const puts: unknown[] = [];
      for await (const item of inbox) puts.push(outbox.put(await work(item)));
      await Promise.all(puts);
      outbox.close();
    },
    fails: /at most 7 items are under way: at most (8|9|1\d|2\d) of 24/,
  },
  'all at work at once': {
    wrong: async (inbox, outbox, work) => {
      const all: unknown[] = [];
      for await (const item of inbox) all.push(work(item).then((result) => outbox.put(result)));
      await Promise.all(all);
      outbox.close();
    },
    fails: /at most 7 items are under way/,
  },
  'all results first': {
    wrong: async (inbox, outbox, work) => {
      const all: number[] = [];
      for await (const item of inbox) all.push(await work(item));
      for (const result of all) await outbox.put(result);
      outbox.close();
    },
    fails: /same time: at most 1 at once[\s\S]*under way: at most 24 of 24/,
  },
  'never closed': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) await outbox.put(await work(item));
    },
    fails: /it finishes: Error: it was still busy/,
  },
  'the first one only': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        await outbox.put(await work(item));
        break;
      }
      outbox.close();
    },
    fails: /it finishes|nothing is lost/,
  },
  'each put twice': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        const result = await work(item);
        await outbox.put(result);
        await outbox.put(result);
      }
      outbox.close();
    },
    fails: /nothing is lost, doubled or out of order: it gave 192 results/,
  },
  'it throws': {
    wrong: async () => {
      throw new Error('no idea');
    },
    fails: /it finishes: (QueueBroken|Error)/,
  },
  'without the work': {
    wrong: async (inbox, outbox) => {
      for await (const item of inbox) await outbox.put(item);
      outbox.close();
    },
    fails: /out of order: it gave 24 results, \[0,1/,
  },
});

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
      for await (const message of inbox) {
        if (message.reply) {
          await message.reply.put([...accounts]);
          continue;
        }
        const { from, to, amount } = message;
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
      const handled: unknown[] = [];
      for await (const message of inbox) {
        if (message.reply) {
          await message.reply.put([...accounts]);
          continue;
        }
        const { from, to, amount } = message;
        accounts[from]! -= amount;
        handled.push(
          journal(from, to, amount).then(() => {
            accounts[to]! += amount;
          }),
        );
      }
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
    fails: /it finishes: Error: it was still busy/,
  },
});
